// Tests a delivery route from an edge, with a real message at the end; the page shows it running at once
// (C5).

import { domainToASCII } from 'node:url'
import type { Check } from '@gatepost/contract/common.ts'
import type { Route, RouteTest } from '@gatepost/contract/route.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { formatMailbox, mailboxOf } from '@gatepost/mail/address.ts'
import { routeLogin } from '#link/compile.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { addActivity } from '../connect/activity.ts'
import { validatedNames } from '../domain/store.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { tenantById } from '../tenant/store.ts'
import { readArrival, SEEN } from './arrival.ts'
import { testMessage } from './message.ts'
import {
  abandonedTest,
  finishedTest,
  type HostFinding,
  PROBE_MS_MAX,
  runningTest,
  shownTest,
  withHosts,
} from './probe-state.ts'
import { requireRoute, routeOf } from './route.ts'
import { findRoute, keepTest, type RouteRow, testJson } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config' | 'emit'>

const COOL_DOWN_MS = 5_000

/**
 * Starts a test. The route that is returned shows it running; `finished` resolves once its results are kept,
 * and never rejects. Throws `edge-unreachable`, `check-too-soon`, `invalid-input`.
 */
export async function startRouteTest(
  scope: Scope,
  input: { readonly id: string; readonly recipient: string },
  deps: Deps,
): Promise<{ readonly route: Route; readonly finished: Promise<void> }> {
  const { store, clock, link } = deps
  const row = await requireRoute(scope, input.id, deps)
  const recipient = await requireOwnMailbox(scope, input.recipient, deps)
  const now = clock.now()
  requirePause(row, now)
  if (link.edges().length === 0) throw problem('edge-unreachable')
  const test = runningTest(recipient, now, row)
  await store.transaction(async (trx) => {
    await keepTest(trx, { tenantId: scope.tenantId, id: row.id }, test)
    const event = { action: 'route.tested', subject: `route ${row.name}`, before: null, after: { recipient } }
    await appendAudit(trx, scope, { ...event, at: now })
  })
  const finished = runTest(scope, { row, test }, deps)
  return { route: routeOf({ ...row, last_test: testJson(test) }, now), finished }
}

/**
 * The reader says that the test message arrived, or shows it: `eml` is the message as the mailbox has it, and
 * what the host saw becomes checks of the test. Throws `not-found` while there is no test that passed,
 * `invalid-input` where the file is another message.
 */
export async function confirmArrival(
  scope: Scope,
  input: { readonly id: string; readonly eml?: string | undefined },
  deps: Deps,
): Promise<Route> {
  const { store, clock, config } = deps
  const { id, eml } = input
  await store.transaction(async (trx) => {
    const row = await findRoute(trx, scope.tenantId, id)
    const test = row === null ? null : shownTest(row, clock.now())
    if (!row || test === null || !test.passed) {
      throw problem('not-found', 'No test message was accepted by the mail host yet. Run the test first.')
    }
    if (test.arrivedAt !== null && eml === undefined) return
    const at = clock.now()
    const sent = { hostname: config.hostname, startedAt: test.startedAt, now: at }
    const seen = eml === undefined ? [] : seenIn(eml, sent)
    const checks = [...test.checks.filter(({ name }) => !name.startsWith(SEEN)), ...seen]
    const arrivedAt = test.arrivedAt ?? at
    await keepTest(trx, { tenantId: scope.tenantId, id }, { ...test, checks, arrivedAt })
    const event = {
      action: 'route.arrival-confirmed',
      subject: `route ${row.name}`,
      before: null,
      after: eml === undefined ? null : { message: 'shown' },
    }
    await appendAudit(trx, scope, { ...event, at })
    if (test.arrivedAt !== null) return
    const text = say('activity.arrived', { route: row.name })
    await addActivity(trx, { tenantId: scope.tenantId, at, kind: 'mail', text, step: 'prepare-inbound' })
  })
  return routeOf(await requireRoute(scope, id, deps), clock.now())
}

function seenIn(eml: string, sent: Parameters<typeof readArrival>[1]): readonly Check[] {
  const read = readArrival(eml, sent)
  if (read.ok) return read.checks
  throw invalidInput([{ path: '/eml', message: read.why }])
}

async function runTest(
  scope: Scope,
  { row, test }: { readonly row: RouteRow; readonly test: RouteTest },
  deps: Deps,
): Promise<void> {
  const { store, clock, link, emit } = deps
  try {
    const order = await probeOrder(scope, row, test.recipient, deps)
    const result = await link
      .order(order, AbortSignal.timeout(PROBE_MS_MAX))
      .catch((error: Error) => ({ kind: 'failed', why: error.message }) as const)
    const now = clock.now()
    const done =
      result.kind === 'probe-route'
        ? withHosts(finishedTest(test, result.results, now), await probeMore(scope, row, test, deps), now)
        : abandonedTest(
            test,
            result.kind === 'failed' ? result.why : 'The edge answered something else.',
            now,
          )
    // A newer test, or a change of the route, has the last word.
    const place = { tenantId: scope.tenantId, id: row.id, expected: testJson(test) }
    if (!(await keepTest(store.db, place, done))) return
    emit('control.check.ran', { check: 'route', route: row.id, passed: done.passed })
    const text = say(done.passed ? 'activity.route-accepted' : 'activity.route-failed', { route: row.name })
    await addActivity(store.db, {
      tenantId: scope.tenantId,
      at: now,
      kind: 'check',
      text,
      step: 'prepare-inbound',
    })
  } catch (error) {
    emit('control.check.failed', { check: 'route', route: row.id, error })
  }
}

/** Each further host of the route, without a message: who shares the load must take the recipient too. */
async function probeMore(
  scope: Scope,
  row: RouteRow,
  { recipient }: RouteTest,
  deps: Deps,
): Promise<readonly HostFinding[]> {
  const hosts = JSON.parse(row.more_hosts) as readonly string[]
  return Promise.all(
    hosts.map(async (host) => {
      const order = await probeOrder(scope, { ...row, host }, recipient, deps)
      const result = await deps.link
        .order({ ...order, content: null }, AbortSignal.timeout(PROBE_MS_MAX))
        .catch((error: Error) => ({ kind: 'failed', why: error.message }) as const)
      if (result.kind === 'probe-route') return { host, results: result.results, why: null }
      return {
        host,
        results: [],
        why: result.kind === 'failed' ? result.why : 'The edge answered something else.',
      }
    }),
  )
}

async function probeOrder(scope: Scope, row: RouteRow, recipient: string, { store, clock, config }: Deps) {
  const id = newId('prb', clock.now())
  const tenant = await tenantById(store.db, scope.tenantId)
  // Our own name authenticates by our own SPF; the organisation's domain might not list us yet.
  const sender = `postmaster@${config.hostname.toLowerCase()}`
  const content = testMessage({
    id,
    hostname: config.hostname.toLowerCase(),
    sender,
    recipient,
    organisation: tenant?.name ?? '',
    now: clock.now(),
  })
  return {
    kind: 'probe-route',
    id,
    tenantId: scope.tenantId,
    host: row.host,
    port: row.port,
    tls: row.tls,
    reversePath: sender,
    forwardPath: recipient,
    content: Buffer.from(content).toString('base64'),
    ...loginOrder(row),
  } as const
}

/** The login goes to the edge as it is sealed. */
function loginOrder(row: RouteRow) {
  const { login } = routeLogin(row)
  return login === undefined ? {} : { login: { routeId: row.id, ...login } }
}

/** Tests go to one's own people only: a gateway must not be made to write to strangers. */
async function requireOwnMailbox(
  scope: Scope,
  text: string,
  { store }: Pick<Deps, 'store'>,
): Promise<string> {
  const mailbox = mailboxOf(text, { toAscii: domainToASCII })
  if (!mailbox?.domain) {
    throw invalidInput([{ path: '/recipient', message: 'Write an e-mail address such as ann@acme.example.' }])
  }
  const names = await validatedNames(store.db, scope.tenantId)
  if (!names.has(mailbox.domain)) {
    const message = `${mailbox.domain} is not a validated domain of yours. Choose a mailbox of your own.`
    throw invalidInput([{ path: '/recipient', message }])
  }
  return formatMailbox(mailbox)
}

function requirePause(row: RouteRow, now: number): void {
  const last = shownTest(row, now)
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
