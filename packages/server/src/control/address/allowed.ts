// Which organisations allow our addresses: by their SPF records as they are now, and by what they confirmed
// of their firewalls.
import type { Lacking, OwnAddress } from '@gatepost/contract/own-address.ts'
import type { Dns } from '#platform/dns-types.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { forEach } from '../connect/connect.ts'
import { problem } from '../problem.ts'
import { spfNameOf } from '../readiness/zone.ts'
import type { Scope } from '../scope.ts'
import { type AddressDeps, listAddresses } from './address.ts'

/** Domains of one organisation that are looked at. */
const DOMAINS_MAX = 50
/** Organisations that are named; the operator mends a handful, and asks again. */
const TENANTS_MAX = 500

type Tenant = {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly isInbound: boolean
}

/** For the operator: each address with the organisations that do not allow it, where it is still to come. */
export async function ownAddresses(deps: AddressDeps) {
  const listed = await listAddresses(deps)
  const rows = await deps.store.db.selectFrom('own_address').select('address').execute()
  const announced = new Set(rows.map(({ address }) => address))
  const coming = listed.addresses.filter(({ state }) => state === 'coming')
  const lacking = await lackingOf(coming, deps)
  return {
    ...listed,
    items: listed.addresses.map((item) => ({
      ...item,
      announced: announced.has(item.address),
      lacking: lacking.get(item.address) ?? [],
    })),
  }
}

/** For one organisation: what of ours its own records name. */
export async function tenantAddresses(scope: Scope, deps: AddressDeps) {
  const { store } = deps
  const [listed, records, confirmed] = await Promise.all([
    listAddresses(deps),
    spfRecordsOf(scope.tenantId, deps),
    store.db.selectFrom('address_confirmation').selectAll().where('tenant_id', '=', scope.tenantId).execute(),
  ])
  return {
    ...listed,
    items: listed.addresses.map((item) => {
      const said = confirmed.find(({ address }) => address === item.address)
      return {
        ...item,
        missingIn: missingIn(records, item, deps),
        confirmedAt: said?.confirmed_at ?? null,
        confirmedBy: said?.confirmed_by ?? null,
      }
    }),
  }
}

/**
 * Says that the firewall allows it, or takes that back. Throws `not-found` for an address that is not ours.
 */
export async function confirmAddress(
  scope: Scope,
  input: { readonly address: string; readonly confirmed: boolean },
  deps: AddressDeps,
): Promise<void> {
  const { address, confirmed } = input
  const { addresses } = await listAddresses(deps)
  if (!addresses.some((item) => item.address === address)) {
    throw problem('not-found', `${address} is no address of this gateway.`)
  }
  const now = deps.clock.now()
  await deps.store.transaction(async (trx) => {
    if (confirmed) {
      const said = { confirmed_at: now, confirmed_by: scope.actor.name }
      await trx
        .insertInto('address_confirmation')
        .values({ tenant_id: scope.tenantId, address, ...said })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'address']).doUpdateSet(said))
        .execute()
    } else {
      await trx
        .deleteFrom('address_confirmation')
        .where('tenant_id', '=', scope.tenantId)
        .where('address', '=', address)
        .execute()
    }
    const action = confirmed ? 'address.confirmed' : 'address.unconfirmed'
    const event = { action, subject: `address ${address} of the gateway`, before: null, after: { confirmed } }
    await appendAudit(trx, scope, { ...event, at: now })
  })
}

async function lackingOf(
  coming: readonly OwnAddress[],
  deps: AddressDeps,
): Promise<ReadonlyMap<string, Lacking[]>> {
  const found = new Map(coming.map(({ address }) => [address, [] as Lacking[]]))
  if (coming.length === 0) return found
  const { db } = deps.store
  const tenants = await db
    .selectFrom('tenant')
    .select(['id', 'slug', 'name', 'inbound_only'])
    .orderBy('name')
    .limit(TENANTS_MAX)
    .execute()
  const confirmed = await acrossTenants(db)
    .selectFrom('address_confirmation')
    .select(['tenant_id', 'address'])
    .execute()
  const said = new Set(confirmed.map(({ tenant_id, address }) => `${tenant_id} ${address}`))
  await forEach(tenants, async ({ id, slug, name, inbound_only }) => {
    const tenant: Tenant = { id, slug, name, isInbound: inbound_only === 1 }
    const records = tenant.isInbound ? [] : await spfRecordsOf(id, deps)
    for (const item of coming) {
      const why = whyLacking(item, { records, isConfirmed: said.has(`${id} ${item.address}`) }, deps)
      if (why !== null) found.get(item.address)?.push({ tenant: id, slug, name, why })
    }
  })
  return found
}

function whyLacking(
  item: OwnAddress,
  seen: { readonly records: readonly SpfRecord[]; readonly isConfirmed: boolean },
  deps: AddressDeps,
): string | null {
  const missing = missingIn(seen.records, item, deps)
  const parts = [
    ...(missing.length > 0 ? [`The SPF record of ${missing.join(', ')} does not name it.`] : []),
    ...(seen.isConfirmed ? [] : ['Nobody confirmed that the firewall allows it.']),
  ]
  return parts.length === 0 ? null : parts.join(' ')
}

type SpfRecord = { readonly domain: string; readonly text: string | null }

/**
 * Domains whose record neither includes ours nor names the address. Such a record may name it by other ways.
 */
function missingIn(
  records: readonly SpfRecord[],
  { address, purposes }: OwnAddress,
  { config }: Pick<AddressDeps, 'config'>,
): string[] {
  if (!purposes.includes('smtp')) return []
  const include = spfNameOf(config.hostname)
  return records.flatMap(({ domain, text }) => {
    const terms = (text ?? '').toLowerCase().split(/\s+/)
    const isNamed = terms.some((term) => term.endsWith(`:${include}`) || namesAddress(term, address))
    return isNamed || terms.includes(`redirect=${include}`) ? [] : [domain]
  })
}

function namesAddress(term: string, address: string): boolean {
  return /^\+?ip[46]:/.test(term) && term.slice(term.indexOf(':') + 1).replace(/\/(32|128)$/, '') === address
}

async function spfRecordsOf(tenantId: string, { store, dns }: AddressDeps): Promise<readonly SpfRecord[]> {
  const rows = await store.db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('validated_at', 'is not', null)
    .orderBy('name')
    .limit(DOMAINS_MAX)
    .execute()
  return Promise.all(rows.map(async ({ name }) => ({ domain: name, text: await spfOf(name, dns) })))
}

async function spfOf(name: string, dns: Dns): Promise<string | null> {
  const answer = await dns.query({ name, type: 'TXT' })
  if (answer.kind !== 'found') return null
  return answer.records.find((text) => /^v=spf1( |$)/i.test(text)) ?? null
}
