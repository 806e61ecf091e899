// The named tests of a connector: each result is kept as it comes, so that a page shows them one by one (C2).
import type { Check } from '@gatepost/contract/common.ts'
import type { Connector, ConnectorTest } from '@gatepost/contract/directory.ts'
import { say, sayings, type Text } from '@gatepost/contract/sayings.ts'
import { DirectoryFault, type DirectoryStep } from '@gatepost/directory/entry.ts'
import { appendAudit } from '../audit/audit.ts'
import { addActivity } from '../connect/activity.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import {
  COOL_DOWN_MS,
  ended,
  runningTest,
  shownConnectorTest,
  TEST_MS_MAX,
  withCheck,
} from './checks-state.ts'
import { getConnector, requireConnector } from './connector.ts'
import type { DirectoryDeps } from './kind.ts'
import { kindOf } from './kinds.ts'
import { withProviderApp } from './provider-app.ts'
import { openSecret } from './secret.ts'
import { type ConnectorRow, listOf, setConnector, settingsOf } from './store.ts'

/**
 * Starts the tests; `finished` resolves when they are over and never rejects. Throws `check-too-soon`,
 * `not-found`.
 */
export async function startConnectorTest(
  scope: Scope,
  input: { readonly id: string; readonly address: string | null },
  deps: DirectoryDeps,
): Promise<{ readonly connector: Connector; readonly finished: Promise<void> }> {
  const { store, clock } = deps
  const row = await requireConnector(scope, input.id, deps)
  requirePause(row, clock.now())
  const now = clock.now()
  const test = runningTest(kindOf(row.kind).steps, now)
  await store.transaction(async (trx) => {
    await setConnector(trx, placeOf(row), { last_test: JSON.stringify(test) })
    const subject = `directory ${row.name}`
    await appendAudit(trx, scope, { action: 'directory.tested', subject, before: null, after: null, at: now })
  })
  const finished = runTest(row, { test, address: input.address }, deps)
  return { connector: await getConnector(scope, row.id, deps), finished }
}

async function runTest(
  row: ConnectorRow,
  { test: first, address }: { readonly test: ConnectorTest; readonly address: string | null },
  deps: DirectoryDeps,
): Promise<void> {
  const { store, clock, emit, secrets } = deps
  let test = first
  const keep = async (next: ConnectorTest): Promise<void> => {
    test = next
    await setConnector(store.db, placeOf(row), { last_test: JSON.stringify(test) })
  }
  try {
    const input = {
      tenantId: row.tenant_id,
      connectorId: row.id,
      ...(await withProviderApp(
        row.tenant_id,
        { settings: settingsOf(row), secret: openSecret(row, secrets) },
        deps,
      )),
      contacts: row.contacts === 1,
      attributes: listOf(row.attributes),
      address: address === '' ? null : address,
    }
    for await (const event of kindOf(row.kind).test(input, deps, AbortSignal.timeout(TEST_MS_MAX))) {
      if (event.kind === 'certificate') await keep({ ...test, certificate: event.certificate })
      else await keep(withCheck(test, event.check, clock.now()))
    }
  } catch (error) {
    const fault = error instanceof DirectoryFault ? error : OUR_FAULT
    if (!(error instanceof DirectoryFault))
      emit('control.check.failed', { check: 'directory', subject: row.id, error })
    const open = test.checks.find(({ state }) => state === 'running')
    const step = (open?.name ?? 'resolve') as DirectoryStep
    test = withCheck(test, { step, state: 'failed', saw: fault.saw, remedy: fault.remedy }, clock.now())
  }
  await keep(ended(test)).catch(() => {})
  await tell(row, test, deps).catch(() => {})
}

async function tell(row: ConnectorRow, test: ConnectorTest, { store, clock }: DirectoryDeps): Promise<void> {
  const failed = test.checks.find(({ state }) => state === 'failed')
  const text =
    failed === undefined
      ? say('activity.directory-passed', { name: row.name })
      : say('activity.directory-failed', { name: row.name, title: titleOf(failed) })
  await addActivity(store.db, {
    tenantId: row.tenant_id,
    at: clock.now(),
    kind: 'check',
    text,
    step: 'synchronize-directory',
  })
}

/** Tests are named by a closed list, as their titles are. */
function titleOf({ name, title }: Check): Text {
  const code = `connector.${name}`
  return sayings.has(code) ? { code } : title
}

const OUR_FAULT = { saw: 'The test broke off.', remedy: 'Run it again; the log of the gateway says more.' }

function requirePause(row: ConnectorRow, now: number): void {
  const last = shownConnectorTest(row, now)
  if (last === null) return
  const waitMs = last.state === 'running' ? COOL_DOWN_MS : last.startedAt + COOL_DOWN_MS - now
  if (waitMs <= 0) return
  const retryAfterSeconds = Math.ceil(waitMs / 1000)
  const detail =
    last.state === 'running'
      ? say('problem.test-running')
      : say('problem.test-wait', { seconds: retryAfterSeconds })
  throw problem('check-too-soon', detail, { retryAfterSeconds })
}

function placeOf({ tenant_id, id }: ConnectorRow) {
  return { tenantId: tenant_id, id }
}
