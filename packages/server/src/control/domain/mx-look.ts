// Looks at MX records at the zone's own servers and at public resolvers, and says how far the change has come
// (C9).
import type { RecordState } from '@gatepost/contract/common.ts'
import type { Dns, MxRecord } from '#platform/dns-types.ts'
import { askAuthoritative, askPublic, lookOf, type ServerLook } from './look.ts'

/** What MX records looked like; kept as the observation `mx` of a domain. */
export type MxLook = {
  readonly servers: readonly ServerLook[]
  /** Exchanges at the authoritative servers; empty when none answered. */
  readonly records: readonly MxRecord[]
  /** Seconds that resolvers may keep the answer; null when unknown. */
  readonly ttl: number | null
  readonly outcome: 'complete' | 'partly' | 'elsewhere' | 'none' | 'unknown'
  /** When all MX records first were ours; null until then. */
  readonly completeAt: number | null
  /** Looks in a row that found otherwise after it was complete. */
  readonly misses: number
}

/** Name of the observation. */
export const MX_LOOK = 'mx'
/** Our preference among MX records: room above and below for staged changes. */
export const OUR_PREFERENCE = 10

/** Asks all servers. `before` is the look kept so far. */
export async function lookAtMx(
  name: string,
  before: MxLook | null,
  options: {
    readonly dns: Dns
    readonly hostname: string
    readonly resolvers: readonly string[]
    readonly now: number
  },
): Promise<MxLook> {
  const { dns, resolvers, now } = options
  const ours = options.hostname.toLowerCase()
  const servers = await dns.authoritativeServers(name)
  const [own, open] = await Promise.all([
    askAuthoritative(dns, servers, { name, type: 'MX' }),
    askPublic(dns, resolvers, { name, type: 'MX' }),
  ])
  const looks = [...own, ...open].map((answer) =>
    lookOf(
      answer,
      (values) => stateOf(values, ours),
      (record) => textOf(record as MxRecord),
    ),
  )
  const records = own.flatMap(({ answer }) => (answer.kind === 'found' ? answer.records : []))
  const ttls = own.flatMap(({ answer }) => (answer.kind === 'found' ? [answer.ttl] : []))
  const outcome = outcomeOf(looks)
  const isOurs = outcome === 'complete'
  // A resolver that still keeps the old answer is late: the zone itself did not change back.
  const isRight = isOurs || (before?.completeAt != null && isOursAtSource(looks))
  return {
    servers: looks,
    records: distinct(records),
    ttl: ttls.length === 0 ? null : Math.max(...ttls),
    outcome,
    completeAt: before?.completeAt ?? (isOurs ? now : null),
    misses: isRight ? 0 : (before?.misses ?? 0) + (outcome === 'unknown' ? 0 : 1),
  }
}

/** Exchanges that are not ours. */
export function leftoversOf(look: Pick<MxLook, 'records'>, hostname: string): readonly MxRecord[] {
  return look.records.filter(({ exchange }) => !isOurs(exchange, hostname.toLowerCase()))
}

/** Whether any MX record names us. */
export function namesUs(look: Pick<MxLook, 'records'>, hostname: string): boolean {
  return look.records.some(({ exchange }) => isOurs(exchange, hostname.toLowerCase()))
}

/** A null MX says that a domain takes no mail at all (RFC 7505 §3). */
export function isNullMx({ records }: Pick<MxLook, 'records'>): boolean {
  return records.length === 1 && !/[^.]/.test(records[0]!.exchange)
}

/** Named by nobody but us; twice with two preferences is odd, but mail comes here. */
export function isOnlyOurs({ state }: Pick<ServerLook, 'state'>): boolean {
  return state === 'found' || state === 'duplicate'
}

/** What the zone's own servers say that answered; empty when none did. */
function answeredOf(looks: readonly ServerLook[]): readonly ServerLook[] {
  return looks.filter(({ view, state }) => view === 'authoritative' && state !== 'temporary-failure')
}

function isOursAtSource(looks: readonly ServerLook[]): boolean {
  const own = answeredOf(looks)
  return own.length > 0 && own.every(isOnlyOurs)
}

function outcomeOf(looks: readonly ServerLook[]): MxLook['outcome'] {
  const own = answeredOf(looks)
  if (own.length === 0) return 'unknown'
  const isKept = looks.some(({ view, state }) => view === 'public' && isOld(state))
  if (isOursAtSource(looks)) return isKept ? 'partly' : 'complete'
  if (own.some(({ state }) => isOnlyOurs({ state }) || state === 'conflict')) return 'partly'
  return own.some(({ state }) => state === 'different-value') ? 'elsewhere' : 'none'
}

function isOld(state: RecordState): boolean {
  return state === 'different-value' || state === 'conflict' || state === 'not-found-yet'
}

function stateOf(values: readonly string[], ours: string): RecordState {
  const mine = values.filter((value) => isOurs(value.split(' ')[1] ?? '', ours)).length
  if (mine === 0) return 'different-value'
  if (mine < values.length) return 'conflict'
  return mine > 1 ? 'duplicate' : 'found'
}

function isOurs(exchange: string, ours: string): boolean {
  return exchange.replace(/\.$/, '').toLowerCase() === ours
}

function textOf({ preference, exchange }: MxRecord): string {
  return `${preference} ${exchange.replace(/\.$/, '')}`
}

function distinct(records: readonly MxRecord[]): MxRecord[] {
  const byText = new Map(records.map((record) => [textOf(record), record]))
  return [...byText.values()].toSorted((a, b) => a.preference - b.preference)
}
