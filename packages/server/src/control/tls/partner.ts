// TLS with partners (C15): a list of domains, tested from an edge, and policies made from what was seen.
import { domainToASCII } from 'node:url'
import type { PolicyDraft, PolicyScope } from '@gatepost/contract/policy.ts'
import {
  type DeliveryLevel,
  TLS_PARTNERS_MAX,
  type TlsPartner,
  type TlsTest,
} from '@gatepost/contract/tls.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { createPolicy, updatePolicy } from '../policy/policy.ts'
import { draftOf, type PolicyRow } from '../policy/rows.ts'
import { enabledPolicies } from '../policy/store.ts'
import { optionText } from '../policy/text.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import {
  abandonedTlsTest,
  asksForMore,
  finishedTlsTest,
  runningTlsTest,
  shownTlsTest,
  TLS_TEST_MS_MAX,
} from './findings.ts'
import {
  deletePartner,
  findPartner,
  insertPartner,
  keepTlsTest,
  type PartnerRow,
  partnersOf,
  testOf,
} from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'emit'>
/** A partner with its test under way; `finished` never rejects. */
export type Started = { readonly partner: TlsPartner; readonly finished: Promise<void> }

const COOL_DOWN_MS = 5_000
const TYPES = ['secure-delivery', 'secure-receipt'] as const

export async function listTlsPartners(
  tenantId: string,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<{ readonly items: TlsPartner[] }> {
  const [rows, policies] = await Promise.all([
    partnersOf(store.db, tenantId),
    enabledPolicies(store.db, tenantId, TYPES),
  ])
  return { items: rows.map((row) => shownPartner(row, policies, clock.now())) }
}

/** Throws `invalid-input`, `domain-exists`, `limit-reached`, `edge-unreachable`. */
export async function addTlsPartner(scope: Scope, text: string, deps: Deps): Promise<Started> {
  const { store, clock } = deps
  const domain = domainOf(text)
  requireEdge(deps)
  await store.transaction(async (trx) => {
    const rows = await partnersOf(trx, scope.tenantId)
    if (rows.some((row) => row.domain === domain))
      throw problem('domain-exists', `${domain} is in the list already.`)
    if (rows.length >= TLS_PARTNERS_MAX)
      throw problem('limit-reached', `There are ${TLS_PARTNERS_MAX} partners. Remove one first.`)
    const at = clock.now()
    const row = { tenant_id: scope.tenantId, domain, added_at: at, added_by: scope.actor.name, test: null }
    await insertPartner(trx, row)
    const event = {
      action: 'tls-partner.added',
      subject: `partner ${domain}`,
      before: null,
      after: { domain },
    }
    await appendAudit(trx, scope, { ...event, at })
  })
  return startTest(scope, domain, deps)
}

/** Throws `not-found`, `check-too-soon`, `edge-unreachable`. */
export async function testTlsPartner(scope: Scope, text: string, deps: Deps): Promise<Started> {
  const row = await requirePartner(scope, text, deps)
  const last = shownTlsTest(testOf(row), deps.clock.now())
  const waitMs = last === null ? 0 : last.startedAt + COOL_DOWN_MS - deps.clock.now()
  if (last?.state === 'running' || waitMs > 0) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
    throw problem('check-too-soon', 'A test runs or ran a moment ago.', { retryAfterSeconds })
  }
  requireEdge(deps)
  return startTest(scope, row.domain, deps)
}

/** Makes the policies, or changes those that were made here before. */
export async function enforceTlsPartner(
  scope: Scope,
  input: {
    readonly domain: string
    readonly level: DeliveryLevel
    readonly receipt: boolean
    readonly reason: string
  },
  deps: Deps,
): Promise<TlsPartner> {
  const { store, clock } = deps
  const row = await requirePartner(scope, input.domain, deps)
  const { domain } = row
  const before = shownPartner(row, await enabledPolicies(store.db, scope.tenantId, TYPES), clock.now())
  const has = (type: string, level: DeliveryLevel | null): boolean =>
    before.policies.some((policy) => policy.type === type && policy.level === level)
  const { reason } = input
  const wanted: PolicyDraft[] = []
  if (!has('secure-delivery', input.level)) wanted.push(deliveryDraft(domain, input.level))
  if (input.receipt && !has('secure-receipt', null)) wanted.push(receiptDraft(domain))
  for (const draft of wanted) {
    // One made here before is changed: two for the same mail would only hide each other.
    const made = before.policies.find(({ type, name }) => type === draft.type && name === draft.name)
    if (made) await updatePolicy(scope, { id: made.id, draft, reason, expected: null }, deps)
    else await createPolicy(scope, { draft, reason }, deps)
  }
  return shownPartner(row, await enabledPolicies(store.db, scope.tenantId, TYPES), clock.now())
}

export async function removeTlsPartner(scope: Scope, text: string, deps: Deps): Promise<void> {
  const { store, clock } = deps
  const row = await requirePartner(scope, text, deps)
  await store.transaction(async (trx) => {
    await deletePartner(trx, row)
    const before = { domain: row.domain }
    const event = { action: 'tls-partner.removed', subject: `partner ${row.domain}`, before, after: null }
    await appendAudit(trx, scope, { ...event, at: clock.now() })
  })
}

async function startTest(scope: Scope, domain: string, deps: Deps): Promise<Started> {
  const { store, clock } = deps
  const test = runningTlsTest(clock.now())
  await keepTlsTest(store.db, { tenantId: scope.tenantId, domain }, test)
  const policies = await enabledPolicies(store.db, scope.tenantId, TYPES)
  const row = await findPartner(store.db, scope.tenantId, domain)
  if (row === null) throw problem('not-found')
  return {
    partner: shownPartner(row, policies, clock.now()),
    finished: runTest(scope, { domain, test }, deps),
  }
}

async function runTest(
  { tenantId }: Scope,
  { domain, test }: { readonly domain: string; readonly test: TlsTest },
  { store, clock, link, emit }: Deps,
): Promise<void> {
  try {
    const order = { kind: 'probe-tls', id: newId('prb', clock.now()), tenantId, domain } as const
    const result = await link
      .order(order, AbortSignal.timeout(TLS_TEST_MS_MAX))
      .catch((error: Error) => ({ kind: 'failed', why: error.message }) as const)
    const now = clock.now()
    const done =
      result.kind === 'probe-tls'
        ? finishedTlsTest(test, result, now)
        : abandonedTlsTest(
            test,
            result.kind === 'failed' ? result.why : 'The edge answered something else.',
            now,
          )
    // A newer test has the last word.
    await keepTlsTest(store.db, { tenantId, domain, expected: JSON.stringify(test) }, done)
    emit('control.check.ran', { check: 'tls', domain, passed: done.strongest !== null })
  } catch (error) {
    emit('control.check.failed', { check: 'tls', domain, error })
  }
}

function shownPartner(row: PartnerRow, policies: readonly PolicyRow[], now: number): TlsPartner {
  const test = shownTlsTest(testOf(row), now)
  const about = policies.flatMap((policy) => {
    const rule = draftOf(policy)
    if (rule.type !== 'secure-delivery' && rule.type !== 'secure-receipt') return []
    const side = rule.type === 'secure-delivery' ? rule.to : rule.from
    if (side.kind !== 'domain' || side.domain !== row.domain) return []
    const level = rule.type === 'secure-delivery' ? rule.option.level : null
    return [{ id: policy.id, type: rule.type, name: rule.name, text: optionText(rule), level }]
  })
  return { domain: row.domain, addedAt: row.added_at, test, policies: about, warning: warningOf(about, test) }
}

function warningOf(policies: TlsPartner['policies'], test: TlsTest | null): string | null {
  if (test === null || test.strongest === null) return null
  const { strongest } = test
  const tooMuch = policies.find(({ level }) => level !== null && asksForMore(level, strongest))
  if (tooMuch === undefined) return null
  return `“${tooMuch.name}” asks for more than the hosts can bear now: mail to them waits, and comes back after four days.`
}

const EVERYONE: PolicyScope = { kind: 'everyone' }

function deliveryDraft(domain: string, level: DeliveryLevel): PolicyDraft {
  return {
    ...drafted(`TLS for mail to ${domain}`),
    type: 'secure-delivery',
    from: EVERYONE,
    to: { kind: 'domain', domain },
    option: { level, names: [] },
  }
}

function receiptDraft(domain: string): PolicyDraft {
  return {
    ...drafted(`TLS for mail from ${domain}`),
    type: 'secure-receipt',
    from: { kind: 'domain', domain },
    to: EVERYONE,
    option: { action: 'enforce', version: '1.2' },
  }
}

function drafted(name: string) {
  return {
    name,
    description: 'Made on the TLS page.',
    addressesBasedOn: 'envelope' as const,
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    enabled: true,
  }
}

async function requirePartner(
  scope: Scope,
  text: string,
  { store }: Pick<Deps, 'store'>,
): Promise<PartnerRow> {
  const row = await findPartner(store.db, scope.tenantId, text.toLowerCase())
  if (row === null) throw problem('not-found', `${text} is not in the list of partners.`)
  return row
}

function requireEdge({ link }: Pick<Deps, 'link'>): void {
  if (link.edges().length === 0) throw problem('edge-unreachable')
}

function domainOf(text: string): string {
  const name = text.trim().replace(/^.*@/, '').replace(/\.$/, '')
  const read = parseDomain(name, { toAscii: domainToASCII, fullyQualified: true })
  if (read.ok) return read.value
  throw invalidInput([
    { path: '/domain', message: 'Write the domain of the partner, such as partner.example.' },
  ])
}
