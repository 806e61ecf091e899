// What a share link shows: the values of its step and nothing else of the organisation.
import type { DnsRecord } from '@gatepost/contract/common.ts'
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import type { SharedStep } from '@gatepost/contract/share.ts'
import { digestOf } from '#platform/random.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import type { ConnectDeps } from '../connect/connect.ts'
import { deriveConnect } from '../connect/derive.ts'
import { observe } from '../connect/observe.ts'
import { type Observed, validatedOf } from '../connect/observed.ts'
import { type MxDeps, mxViewOf } from '../domain/mx.ts'
import { domainOf } from '../domain/present.ts'
import { domainsOf } from '../domain/store.ts'
import { getOutbound } from '../outbound/outbound.ts'
import { problem } from '../problem.ts'
import { spfNameOf } from '../readiness/zone.ts'
import type { Scope } from '../scope.ts'
import type { SigningDeps } from '../signing/life.ts'
import { getSigning } from '../signing/signing.ts'
import type { ShareDeps } from './share.ts'

export type ViewDeps = ShareDeps & ConnectDeps & MxDeps & SigningDeps & Parameters<typeof getOutbound>[1]

/** Uses are noted this often at most: a page that is open asks every few seconds. */
const NOTED_MS = 60_000
/** Domains shown by a link that names none. */
const DOMAINS_MAX = 50

/** Throws `share-wrong` for a link that is over or taken back, `too-many-attempts`. */
export async function viewShare(token: string, from: string, deps: ViewDeps): Promise<SharedStep> {
  const wait = deps.attempts.spend('look', `share ${from}`)
  if (wait > 0) {
    throw problem('too-many-attempts', say('problem.wait', { seconds: wait }), { retryAfterSeconds: wait })
  }
  const row = await requireLink(token, deps)
  const actor = { kind: 'system', name: 'share link' } as const
  const scope: Scope = { tenantId: row.tenant_id, actor, from }
  const observed = await observe(row.tenant_id, deps)
  const step = deriveConnect(observed).steps.find(({ name }) => name === row.step)
  if (!step) throw wrongLink()
  await noteUse(row, deps)
  return {
    organisation: observed.tenant.name,
    environment: observed.tenant.environment,
    ...aboutStep(step),
    domain: row.domain,
    sharedBy: row.created_by,
    note: row.note,
    expiresAt: row.expires_at,
    ...(await valuesOf(scope, { observed, step: step.name, domain: row.domain }, deps)),
    // Checks of a step speak of all domains: a link to one of them does not show the others.
    checks: row.domain === null ? step.checks : [],
    checkedAt: step.checkedAt,
  }
}

function aboutStep(step: ConnectStep) {
  const { name, title, why, changesForUsers, couldBreak, undo, minutes, state } = step
  return { step: name, title, why, changesForUsers, couldBreak, undo, minutes, state }
}

type Asked = {
  readonly observed: Observed
  readonly step: StepName
  readonly domain: string | null
}
type Shown = Pick<SharedStep, 'records' | 'values' | 'instructions'>

const NONE: Shown = { records: [], values: [], instructions: null }

async function valuesOf(scope: Scope, asked: Asked, deps: ViewDeps): Promise<Shown> {
  const { hostname } = deps.config
  const names = namesOf(asked)
  switch (asked.step) {
    case 'validate-domains':
      return { ...NONE, records: await ownershipOf(scope, names, deps) }
    case 'modify-mx':
      return { ...NONE, records: await mxRecords(scope, asked, deps) }
    case 'outbound': {
      const outbound = await getOutbound(scope, deps)
      const records = await signingRecords(scope, names, deps)
      const values = [
        valueNamed(say('share.smart-host'), outbound.smartHost),
        valueNamed(say('share.spf'), `include:${spfNameOf(hostname)}`),
      ]
      return { records, values, instructions: instructionsOf(asked, 'outbound', outbound) }
    }
    case 'prepare-inbound':
    case 'secure-inbound':
    case 'firewall-lockdown': {
      const outbound = await getOutbound(scope, deps)
      const values = [valueNamed(say('share.from'), hostname)]
      const instructions =
        asked.step === 'prepare-inbound' ? instructionsOf(asked, 'inbound', outbound) : null
      return { ...NONE, values, instructions }
    }
    default:
      return NONE
  }
}

function valueNamed(said: Said, value: string): SharedStep['values'][number] {
  return { label: english(said), value, said }
}

function namesOf({ observed, domain }: Asked): readonly string[] {
  const all = observed.domains.map(({ name }) => name)
  return (domain === null ? all : all.filter((name) => name === domain)).slice(0, DOMAINS_MAX)
}

function instructionsOf(
  { observed, domain }: Asked,
  direction: 'inbound' | 'outbound',
  { smartHost, smartHostPorts }: { readonly smartHost: string; readonly smartHostPorts: readonly number[] },
): SharedStep['instructions'] {
  const [host = smartHost, port] = smartHost.split(':')
  const ports = [...new Set([...(port === undefined ? [] : [Number(port)]), ...smartHostPorts])]
  const name = domain ?? observed.domains[0]?.name ?? ''
  return { direction, smartHost: host, ports, domain: name }
}

async function ownershipOf(
  { tenantId }: Scope,
  names: readonly string[],
  { store, clock, config }: ViewDeps,
): Promise<DnsRecord[]> {
  const now = clock.now()
  const rows = (await domainsOf(store.db, tenantId)).filter(({ name }) => names.includes(name))
  return rows.flatMap((row) =>
    domainOf(row, { hostname: config.hostname, now, userCount: 0 }).ownership.filter(
      ({ state }) => state !== 'not-required',
    ),
  )
}

async function mxRecords(scope: Scope, asked: Asked, deps: ViewDeps): Promise<DnsRecord[]> {
  const open = { passed: true, saw: '' }
  const gates = { routeTested: open, outbound: open, recipients: open, firstInboundSeenAt: null }
  // A proof that is missing for a while takes nothing away.
  const own = new Set(validatedOf(asked.observed).map(({ name }) => name))
  const validated = namesOf(asked).filter((name) => own.has(name))
  const views = await Promise.all(validated.map((name) => mxViewOf(scope, name, gates, deps)))
  return views.flatMap(({ expected }) => expected)
}

/** Records of keys that are waited for, or sign. */
async function signingRecords(scope: Scope, names: readonly string[], deps: ViewDeps): Promise<DnsRecord[]> {
  const { domains } = await getSigning(scope, deps)
  return domains
    .filter(({ domain }) => names.includes(domain))
    .flatMap(({ keys }) => keys.filter(({ state }) => state !== 'gone').map(({ record }) => record))
}

async function requireLink(
  token: string,
  { store, clock }: Pick<ViewDeps, 'store' | 'clock'>,
): Promise<Row<'share_link'>> {
  const row = await acrossTenants(store.db)
    .selectFrom('share_link')
    .selectAll()
    .where('digest', '=', digestOf(token))
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  if (!row) throw wrongLink()
  return row
}

async function noteUse(
  { tenant_id, id, last_used_at }: Row<'share_link'>,
  { store, clock }: Pick<ViewDeps, 'store' | 'clock'>,
): Promise<void> {
  const now = clock.now()
  if (last_used_at !== null && last_used_at > now - NOTED_MS) return
  await store.db
    .updateTable('share_link')
    .set((set) => ({ last_used_at: now, uses: set('uses', '+', 1) }))
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .execute()
}

function wrongLink(): Error {
  return problem('share-wrong', say('problem.link-over'))
}
