// A domain as the API shows it: its state, and both proof records with what each name server says.
import type { DnsRecord, RecordState } from '@gatepost/contract/common.ts'
import type { Domain } from '@gatepost/contract/domain.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import { registrableDomainOf } from '#platform/public-suffix.ts'
import type { ServerLook } from './look.ts'
import { cnameNameOf, cnameTargetOf, type ProofLook, txtValueOf } from './proof.ts'
import { MISSES_BELIEVED } from './schedule.ts'
import { type DomainRow, proofLookOf } from './store.ts'

/** What we advise for new records, in seconds: short, so that mistakes are mended soon. */
export const TTL_ADVISED = 300

export type DomainState = Domain['state']

/** `validated` is a right once given; what its record looks like today shows beside it (decisions 51). */
export function domainStateOf(
  row: Pick<DomainRow, 'validated_at' | 'validated_by' | 'failures' | 'expires_at' | 'lost_at'>,
  now: number,
): DomainState {
  if (row.validated_at === null && row.lost_at !== null) return 'lost'
  if (row.validated_at === null)
    return row.expires_at !== null && row.expires_at <= now ? 'expired' : 'pending'
  return row.validated_by !== 'parent' && row.failures >= MISSES_BELIEVED
    ? 'temporarily-failing'
    : 'validated'
}

export function domainOf(
  row: DomainRow,
  context: {
    readonly hostname: string
    readonly now: number
    readonly userCount: number
    readonly claims?: Pick<Domain, 'claim' | 'contested'>
  },
): Domain {
  return {
    id: row.id,
    name: row.name,
    unicodeName: row.unicode_name,
    primary: row.is_primary === 1,
    state: domainStateOf(row, context.now),
    validatedAt: row.validated_at,
    validatedBy: row.validated_by,
    expiresAt: row.expires_at,
    lostAt: row.validated_at === null ? row.lost_at : null,
    claim: context.claims?.claim ?? null,
    contested: context.claims?.contested ?? null,
    ownership: ownershipOf(row, context.hostname),
    checkedAt: row.checked_at,
    nextCheckAt: row.next_check_at,
    recipientMode: row.recipient_mode,
    unknownRecipient: row.unknown_recipient,
    callForward: { sender: row.call_forward_sender, whenSilent: row.call_forward_silent },
    learningUntil: row.learning_until,
    routeId: row.route_id,
    userCount: context.userCount,
    createdAt: row.created_at,
    revision: row.revision,
  }
}

/** The name as most providers want it: relative to the zone, `@` for the zone itself. */
export function relativeNameOf(name: string): string {
  const zone = registrableDomainOf(name)
  if (name === zone) return '@'
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name
}

function ownershipOf(row: DomainRow, hostname: string): DnsRecord[] {
  const look = proofLookOf(row)
  const value = txtValueOf(row)
  const target = cnameTargetOf(hostname)
  const name = cnameNameOf(row)
  const txt = { type: 'TXT', name: row.name, value } as const
  const cname = { type: 'CNAME', name, value: target } as const
  return [
    record({ ...txt, purpose: 'Proof of ownership' }, row, look, 'txt'),
    record({ ...cname, purpose: 'Proof of ownership, instead of the TXT' }, row, look, 'cname'),
  ]
}

type Wanted = Pick<DnsRecord, 'purpose' | 'name' | 'value'> & { readonly type: 'TXT' | 'CNAME' }

function record(wanted: Wanted, row: DomainRow, look: ProofLook | null, which: 'txt' | 'cname'): DnsRecord {
  const seen = look?.[which] ?? null
  const other = look?.[which === 'txt' ? 'cname' : 'txt'] ?? null
  const isSpare = row.validated_by === 'parent' || (seen?.state !== 'found' && other?.state === 'found')
  const state: RecordState = isSpare ? 'not-required' : (seen?.state ?? 'not-found-yet')
  const weSee = isSpare ? spareText(row) : weSeeOf(seen?.servers ?? [], wanted.type)
  const weExpect = weExpectOf(wanted, seen?.hint ?? null)
  return {
    ...wanted,
    relativeName: relativeNameOf(wanted.name),
    priority: null,
    ttl: TTL_ADVISED,
    state,
    weSee: english(weSee),
    weExpect: english(weExpect),
    said: { weSee, weExpect },
    servers: (seen?.servers ?? []).map(({ why: _why, ...server }) => ({
      ...server,
      values: [...server.values],
    })),
  }
}

function spareText(row: DomainRow): Said {
  return say(row.validated_by === 'parent' ? 'record.spare-parent' : 'record.spare')
}

/** What the servers say, in one sentence. */
export function weSeeOf(servers: readonly ServerLook[], type: string): Said {
  if (servers.length === 0) return say('check.not-looked')
  const all = say('part.name-servers', { count: servers.length })
  const found = servers.filter(({ state }) => state === 'found').length
  if (found > 0) return say('record.found', { found, servers: all })
  const other = servers.find(({ state }) => state === 'different-value')
  if (other) return say('record.different', { server: other.server, values: other.values.join(', ') })
  const answered = servers.filter(({ state }) => state !== 'temporary-failure')
  if (answered.length === 0)
    return say('record.no-answer', { servers: all, why: servers[0]?.why ?? say('part.silence') })
  return say('record.missing', { type, answered: answered.length, servers: all })
}

function weExpectOf({ type, name, value }: Wanted, hint: string | null): Said {
  if (hint === null) return say('record.expect', { type, name, value })
  return say('record.expect-hint', { type, name, value, hint })
}
