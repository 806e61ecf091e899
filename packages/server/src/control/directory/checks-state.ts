// What a connector's tests look like while they run, when they are over, and when they were interrupted.
// Pure.
import type { Check } from '@gatepost/contract/common.ts'
import type { ConnectorTest } from '@gatepost/contract/directory.ts'
import type { DirectoryStep } from '@gatepost/directory/entry.ts'
import { type ConnectorRow, testOf } from './store.ts'

/** A directory that takes longer is broken; a large one is counted in seconds. */
export const TEST_MS_MAX = 120_000
/** Between two tests of a connector. */
export const COOL_DOWN_MS = 2_000

const TITLES: { readonly [Step in DirectoryStep]: string } = {
  resolve: 'Find the directory',
  connect: 'Connect',
  tls: 'Encryption and certificate',
  'sign-in': 'Sign in',
  permission: 'Rights of the account',
  list: 'List people and groups',
  'look-up': 'Look one address up',
}

/** What nobody asked for is no failure: an address to look up need not be given. */
const OPTIONAL: ReadonlySet<string> = new Set(['look-up'])

/** The last test as shown: one that was interrupted does not run for ever. */
export function shownConnectorTest(row: Pick<ConnectorRow, 'last_test'>, now: number): ConnectorTest | null {
  const test = testOf(row)
  if (test?.state !== 'running' || now - test.startedAt < TEST_MS_MAX + COOL_DOWN_MS) return test
  return ended({ ...test, checks: test.checks.map((check) => interrupted(check)) })
}

export function runningTest(steps: readonly DirectoryStep[], now: number): ConnectorTest {
  const checks = steps.map(
    (step, index): Check => ({
      name: step,
      title: TITLES[step],
      state: index === 0 ? 'running' : 'not-run',
      saw: index === 0 ? 'Running.' : 'Not yet.',
      remedy: null,
      checkedAt: null,
      nextCheckAt: null,
    }),
  )
  return { state: 'running', startedAt: now, passed: false, checks, certificate: null }
}

/** A result put in its place; the next step that has none is running. */
export function withCheck(
  test: ConnectorTest,
  {
    step,
    state,
    saw,
    remedy,
  }: {
    readonly step: DirectoryStep
    readonly state: Check['state']
    readonly saw: string
    readonly remedy: string | null
  },
  now: number,
): ConnectorTest {
  const checks = test.checks.map((check) =>
    check.name === step ? { ...check, state, saw, remedy, checkedAt: now } : check,
  )
  if (state === 'failed') return { ...test, checks: checks.map(notReached) }
  const next = checks.findIndex(
    (check) => check.state === 'running' || (check.state === 'not-run' && check.checkedAt === null),
  )
  return {
    ...test,
    checks: checks.map((check, index) =>
      index === next ? { ...check, state: 'running', saw: 'Running.' } : check,
    ),
  }
}

function notReached(check: Check): Check {
  const isOpen = check.state === 'running' || (check.state === 'not-run' && check.checkedAt === null)
  return isOpen ? { ...check, state: 'not-run', saw: 'Not reached.' } : check
}

function interrupted(check: Check): Check {
  if (check.state !== 'running') return check
  return { ...check, state: 'not-verified', saw: 'The test was cut off.', remedy: 'Run the test again.' }
}

export function ended(test: ConnectorTest): ConnectorTest {
  const checks = test.checks.map(notReached)
  const passed = checks.every(
    ({ name, state }) =>
      state === 'passed' || state === 'warning' || (OPTIONAL.has(name) && state === 'not-run'),
  )
  return { ...test, state: 'done', checks, passed }
}
