// Outbound mail (C6, O1, O2): which addresses may relay, which tried and were refused, and what the mail host
// enters.
import type { Outbound } from '@gatepost/contract/route.ts'
import {
  compileIpSet,
  formatIp,
  isLinkLocal,
  isPrivate,
  normalizeIp,
  parseCidr,
  parseIp,
} from '@gatepost/mail/ip.ts'
import { newId } from '#platform/random.ts'
import { sharedClouds } from '#policy/shared-clouds.ts'
import { actorName } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { readMailObservations } from '../tracking/mail-observations.ts'
import { cloudName, providers, rangesThatCount } from './ranges.ts'
import { addressesOf, findAddress } from './store.ts'

/** `listening` are the real ports of all listeners; without them the configured ones are shown. */
type Listening = { readonly listening?: readonly { readonly role: string; readonly port: number }[] }
export type OutboundDeps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config'> & Listening
type Deps = OutboundDeps

/** Addresses of one organisation: they are compiled whole into its settings. */
const ADDRESSES_MAX = 500
const SMTP_ROLES: ReadonlySet<string> = new Set(['mx', 'submission', 'submissions'])
/** Shown; the list holds what strangers tried, too. */
const REFUSED_SHOWN_MAX = 50

/** Authorised addresses, refused attempts, the first message seen, and the smart host's name. */
export async function getOutbound(
  scope: Scope,
  deps: Pick<Deps, 'store' | 'config' | 'listening'>,
): Promise<Outbound> {
  const { store, config } = deps
  const [rows, seen] = await Promise.all([
    addressesOf(store.db, scope.tenantId),
    readMailObservations(store, scope.tenantId),
  ])
  const known = new Set(rows.map(({ address }) => address))
  const ports = smtpPorts(deps)
  return {
    addresses: rows.map(({ id, address, comment, created_at, last_seen_at }) => {
      return { id, address, comment, createdAt: created_at, lastSeenAt: last_seen_at }
    }),
    refused: seen.refusedRelays
      .filter(({ address }) => !known.has(normalizeIp(address) ?? address))
      .slice(0, REFUSED_SHOWN_MAX)
      .map((refused) => ({ ...refused })),
    firstSeenAt: seen.firstOutbound?.at ?? null,
    firstMessageId: seen.firstOutbound?.messageId ?? null,
    smartHost: `${config.hostname}:${ports[0] ?? 25}`,
    smartHostPorts: ports,
  }
}

/** Authorises one address. Throws `invalid-input`, `address-exists`, `address-shared-cloud`. */
export async function authorizeOutbound(
  scope: Scope,
  input: {
    readonly address: string
    readonly comment: string
    /** Operators of the installation may enter networks, up to /24 and /64. */
    readonly mayNetwork?: boolean
  },
  deps: Deps,
): Promise<Outbound> {
  const { store, clock, link, config } = deps
  const clouds = await Promise.all(
    providers.map(async (provider) => {
      return { name: cloudName(provider), ranges: await rangesThatCount(store.db, provider) }
    }),
  )
  const address = readOutboundAddress(input.address, config.network.privateTargets, {
    mayNetwork: input.mayNetwork === true,
    clouds,
  })
  await store.transaction(async (trx) => {
    const rows = await addressesOf(trx, scope.tenantId)
    if (rows.some((row) => row.address === address)) {
      throw problem('address-exists', `${address} is authorised already.`)
    }
    if (rows.length >= ADDRESSES_MAX) {
      throw invalidInput([
        { path: '/address', message: `At most ${ADDRESSES_MAX} addresses can be authorised.` },
      ])
    }
    const at = clock.now()
    const after = { address, comment: input.comment }
    const event = {
      action: 'outbound.authorised',
      subject: `outbound address ${address}`,
      before: null,
      after,
      at,
    }
    const revision = await changeSettings(trx, scope, event)
    await trx
      .insertInto('authorized_outbound')
      .values({
        id: newId('out', at),
        tenant_id: scope.tenantId,
        address,
        comment: input.comment,
        created_at: at,
        created_by: actorName(scope.actor),
        last_seen_at: null,
        revision,
      })
      .execute()
  })
  link.settingsChanged()
  return getOutbound(scope, deps)
}

/** Takes an authorisation back, by id or address. Throws `not-found`. */
export async function revokeOutbound(scope: Scope, reference: string, deps: Deps): Promise<void> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const row = await findAddress(trx, scope.tenantId, normalizeIp(reference) ?? reference)
    if (!row) throw problem('not-found', `“${reference}” is not authorised here.`)
    await changeSettings(trx, scope, {
      action: 'outbound.revoked',
      subject: `outbound address ${row.address}`,
      before: { address: row.address, comment: row.comment },
      after: null,
      at: clock.now(),
    })
    await trx
      .deleteFrom('authorized_outbound')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', row.id)
      .execute()
  })
  link.settingsChanged()
}

/** Ports on which authorised addresses may relay: 25 first, as some mail hosts know no other (O8). */
function smtpPorts({ config, listening }: Pick<Deps, 'config' | 'listening'>): number[] {
  const real = listening?.filter(({ role }) => SMTP_ROLES.has(role))
  const ports = real ?? [...config.smtp.mx, ...config.smtp.submission, ...config.smtp.submissions]
  return [...new Set(ports.map(({ port }) => port))].filter((port) => port > 0)
}

type Allowed = {
  readonly mayNetwork: boolean
  readonly clouds: readonly { readonly name: string; readonly ranges: readonly string[] }[]
}

/** The widest networks that an operator may enter (O2). */
const BITS_MIN = { 4: 24, 6: 64 } as const

/**
 * An address, or for operators a small network, that could prove an organisation, in canonical text. Throws
 * what is wrong with it.
 */
export function readOutboundAddress(
  text: string,
  privateTargets: readonly string[],
  { mayNetwork, clouds }: Allowed = { mayNetwork: false, clouds: sharedClouds },
): string {
  const bare = text.trim().replace(/^\[(.*)\]$/, '$1')
  const single = bare.replace(bare.includes(':') ? /\/128$/ : /\/32$/, '')
  const address = single.includes('/') ? readNetwork(single, mayNetwork) : readSingle(single)
  const [first = ''] = address.split('/')
  if (isLinkLocal(first)) throw refuse('Link-local addresses cannot be authorised.')
  if (isPrivate(first) && !compileIpSet(privateTargets).has(first)) {
    throw refuse(
      'This address is private: everybody has it. Write the public address that your mail host is seen with.',
    )
  }
  const cloud = clouds.find(({ ranges }) => overlaps(address, ranges))
  if (cloud === undefined) return address
  throw problem(
    'address-shared-cloud',
    [
      `${address} belongs to ${cloud.name}, from which many organisations send.`,
      'It proves none of them, so it cannot be authorised. Use Shared clouds on this page instead.',
    ].join(' '),
    { errors: [{ path: '/address', message: `Shared by all customers of ${cloud.name}.` }] },
  )
}

function readSingle(text: string): string {
  const parsed = parseIp(text)
  if (!parsed.ok) throw refuse('Write an IP address such as 198.51.100.25 or 2001:db8::25.')
  return formatIp(parsed.value)
}

function readNetwork(text: string, mayNetwork: boolean): string {
  if (!mayNetwork) {
    throw refuse(
      'Only single addresses can be authorised, not networks. Add each address of your mail host, or ask the operator of this gateway.',
    )
  }
  const parsed = parseCidr(text)
  if (!parsed.ok) throw refuse('Write a network such as 198.51.100.0/28 or 2001:db8::/64.')
  const { address, prefix } = parsed.value
  const least = BITS_MIN[address.family]
  if (prefix < least) throw refuse(`The widest network that can be authorised is /${least}.`)
  return `${formatIp(address)}/${prefix}`
}

/** Whether an address or network lies in one of the ranges, or one of them in it. */
function overlaps(address: string, ranges: readonly string[]): boolean {
  const [first = ''] = address.split('/')
  if (compileIpSet(ranges).has(first)) return true
  if (!address.includes('/')) return false
  const set = compileIpSet([address])
  return ranges.some((range) => set.has(range.split('/')[0] ?? ''))
}

function refuse(message: string) {
  return invalidInput([{ path: '/address', message }])
}
