// What a route test looks like while it runs, when it is done, and when it was interrupted.
import type { Check } from '@gatepost/contract/common.ts'
import type { RouteTest } from '@gatepost/contract/route.ts'
import type { ProbeCheck, ProbeResult } from '#link/orders.ts'
import { type RouteRow, testOf } from './store.ts'

/** A probe that takes longer was lost with its edge or with us. */
export const PROBE_MS_MAX = 180_000

const TITLES: { readonly [Name in ProbeCheck]: string } = {
  resolve: 'Find the mail host',
  connect: 'Connect',
  greeting: 'Greeting',
  tls: 'TLS',
  login: 'Log in',
  recipient: 'Accepts a known recipient',
  'unknown-recipient': 'Refuses an unknown recipient',
  message: 'Takes a real message',
}

/** In the order of the test; the last word is the message's. */
export const probeChecks = Object.keys(TITLES) as readonly ProbeCheck[]

/** Whoever takes every recipient still receives mail; only call-forward needs the refusal. */
const ADVISORY: ReadonlySet<string> = new Set(['unknown-recipient'])

/** The test as it begins; the login is tested where the route has one. */
export function runningTest(
  recipient: string,
  now: number,
  { login_user }: Pick<RouteRow, 'login_user'> = { login_user: null },
): RouteTest {
  const names = login_user === null ? probeChecks.filter((name) => name !== 'login') : probeChecks
  const checks = names.map((name) => checkOf(name, 'running', 'Running.', null))
  return { state: 'running', startedAt: now, checks, passed: false, recipient, arrivedAt: null }
}

/** The test with its results. */
export function finishedTest(test: RouteTest, results: readonly ProbeResult[], now: number): RouteTest {
  const byName = new Map(results.map((result) => [result.check, result]))
  const checks = namesOf(test).map((name) => {
    const result = byName.get(name)
    if (!result) return checkOf(name, 'not-run', 'Not run.', null)
    return { ...checkOf(name, result.state, result.saw, result.remedy), checkedAt: now }
  })
  return { ...test, state: 'done', checks, passed: isPassed(checks) }
}

/** What was seen of a further host of a route. */
export type HostFinding = {
  readonly host: string
  readonly results: readonly ProbeResult[]
  /** Why nobody could look; null when somebody did. */
  readonly why: string | null
}

/** The test with a check for each further host; one that fails takes the route's word back. */
export function withHosts(test: RouteTest, findings: readonly HostFinding[], now: number): RouteTest {
  if (findings.length === 0) return test
  const checks = findings.map(({ host, results, why }): Check => {
    const failed = results.find(({ check, state }) => state === 'failed' && !ADVISORY.has(check))
    const common = {
      name: `host ${host}`,
      title: `Shares the load: ${host}`,
      checkedAt: now,
      nextCheckAt: null,
    }
    if (why !== null) return { ...common, state: 'not-verified', saw: why, remedy: 'Run the test again.' }
    if (failed) return { ...common, state: 'failed', saw: failed.saw, remedy: failed.remedy }
    return { ...common, state: 'passed', saw: 'It answers like the first host.', remedy: null }
  })
  const isGood = checks.every(({ state }) => state === 'passed')
  return { ...test, checks: [...test.checks, ...checks], passed: test.passed && isGood }
}

/** The test when no edge could carry it out: what was not looked at is not a "no". */
export function abandonedTest(test: RouteTest, why: string, now: number): RouteTest {
  const checks = namesOf(test).map((name) => ({
    ...checkOf(name, 'not-verified', why, 'Run the test again.'),
    checkedAt: now,
  }))
  return { ...test, state: 'done', checks, passed: false }
}

/** The last test as shown: one that was interrupted does not run for ever. */
export function shownTest(row: Pick<RouteRow, 'last_test'>, now: number): RouteTest | null {
  const test = testOf(row)
  if (test?.state !== 'running' || now - test.startedAt < PROBE_MS_MAX) return test
  return abandonedTest(test, 'The test was cut off.', test.startedAt)
}

/** Those that the test began with. */
function namesOf(test: RouteTest): readonly ProbeCheck[] {
  return probeChecks.filter((wanted) => test.checks.some(({ name }) => name === wanted))
}

function isPassed(checks: readonly Check[]): boolean {
  const required = checks.filter(({ name }) => !ADVISORY.has(name))
  const isHeard = ['connect', 'recipient', 'message'].every((wanted) =>
    required.some(({ name, state }) => name === wanted && (state === 'passed' || state === 'warning')),
  )
  return isHeard && required.every(({ state }) => state !== 'failed')
}

function checkOf(name: ProbeCheck, state: Check['state'], saw: string, remedy: string | null): Check {
  return { name, title: TITLES[name], state, saw, remedy, checkedAt: null, nextCheckAt: null }
}
