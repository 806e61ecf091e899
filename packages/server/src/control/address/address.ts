// Our addresses as data (O7): those that the host name leads to, and those that an operator announced with a
// day.
import {
  type AddressPurpose,
  addressPurposes,
  OWN_ADDRESSES_MAX,
  type OwnAddress,
} from '@gatepost/contract/own-address.ts'
import { normalizeIp } from '@gatepost/mail/ip.ts'
import type { Machine } from '#platform/machine.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import { addressesOf, publicAddresses } from '../readiness/addresses.ts'
import { outNameOf, spfNameOf } from '../readiness/zone.ts'
import type { Actor, ControlDeps } from '../scope.ts'

export type AddressDeps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config'> & {
  readonly machine: Machine
}
export type By = { readonly actor: Actor; readonly from: string }

export type ListedAddresses = {
  readonly hostname: string
  readonly spfName: string
  readonly dnsName: string
  readonly addresses: OwnAddress[]
}

/** Active ones first, then those to come. Those that ended are left out. */
export async function listAddresses(deps: AddressDeps): Promise<ListedAddresses> {
  const { store, clock, dns, config, machine } = deps
  const now = clock.now()
  const [named, rows] = await Promise.all([addressesOf(dns, config.hostname), announcedRows(store.db, now)])
  const announced = rows.map((row) => shown(row, now))
  const known = new Set(announced.map(({ address }) => address))
  const present = publicAddresses(named, machine.addresses())
    .filter((address) => !known.has(address))
    .map((address): OwnAddress => {
      const always = { state: 'active', activeFrom: null, endsAt: null, note: '' } as const
      return { address, purposes: [...addressPurposes], ...always }
    })
  const { hostname } = config
  const addresses = [...present, ...announced].toSorted((one, other) => rank(one) - rank(other))
  return { hostname, spfName: spfNameOf(hostname), dnsName: outNameOf(hostname), addresses }
}

function rank({ state, activeFrom }: OwnAddress): number {
  return state === 'coming' ? (activeFrom ?? 0) : 0
}

/** Announces, or changes what was announced. Throws `invalid-input`, `limit-reached`. */
export async function announceAddress(
  by: By,
  input: {
    readonly address: string
    readonly purposes: readonly AddressPurpose[]
    readonly activeFrom: number
    readonly endsAt: number | null
    readonly note: string
  },
  { store, clock }: Pick<AddressDeps, 'store' | 'clock'>,
): Promise<OwnAddress> {
  const address = normalizeIp(input.address)
  if (address === null) {
    throw invalidInput([{ path: '/address', message: 'Write an IP address, such as 203.0.113.25.' }])
  }
  if (input.endsAt !== null && input.endsAt <= input.activeFrom) {
    throw invalidInput([{ path: '/endsAt', message: 'It has to end after it began.' }])
  }
  const now = clock.now()
  const fields = {
    purposes: JSON.stringify([...new Set(input.purposes)]),
    announced_at: now,
    announced_by: by.actor.name,
    active_from: input.activeFrom,
    ends_at: input.endsAt,
    note: input.note,
  }
  await store.transaction(async (trx) => {
    const before = await announcedRows(trx, now)
    if (before.length >= OWN_ADDRESSES_MAX) {
      throw problem('limit-reached', `At most ${OWN_ADDRESSES_MAX} addresses are announced.`)
    }
    await trx
      .insertInto('own_address')
      .values({ address, ...fields })
      .onConflict((conflict) => conflict.column('address').doUpdateSet(fields))
      .execute()
    const event = { action: 'address.announced', subject: `address ${address}`, before: null, at: now }
    const { activeFrom, endsAt } = input
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, after: { activeFrom, endsAt } })
  })
  return shown({ address, ...fields }, now)
}

/** Throws `not-found`. */
export async function withdrawAddress(
  by: By,
  text: string,
  { store, clock }: Pick<AddressDeps, 'store' | 'clock'>,
): Promise<void> {
  await store.transaction(async (trx) => {
    const address = normalizeIp(text) ?? text
    const row = await trx
      .deleteFrom('own_address')
      .where('address', '=', address)
      .returning('active_from')
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'This address was not announced.')
    await acrossTenants(trx).deleteFrom('address_confirmation').where('address', '=', address).execute()
    const event = { action: 'address.withdrawn', subject: `address ${address}`, after: null }
    const before = { activeFrom: row.active_from }
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, before, at: clock.now() })
  })
}

/** Announced and not over. */
export function announcedRows(db: Db, now: number): Promise<Row<'own_address'>[]> {
  return db
    .selectFrom('own_address')
    .selectAll()
    .where(({ or, eb }) => or([eb('ends_at', 'is', null), eb('ends_at', '>', now)]))
    .orderBy('address')
    .execute()
}

function shown(row: Row<'own_address'>, now: number): OwnAddress {
  const state = row.active_from > now ? 'coming' : row.ends_at === null ? 'active' : 'ending'
  return {
    address: row.address,
    purposes: JSON.parse(row.purposes) as AddressPurpose[],
    state,
    activeFrom: row.active_from,
    endsAt: row.ends_at,
    note: row.note,
  }
}
