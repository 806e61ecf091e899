// Organisations: add, read, change, and where their settings are live.
import { domainToASCII } from 'node:url'
import type { Environment, Liveness } from '@gatepost/contract/common.ts'
import type { Permission } from '@gatepost/contract/permission.ts'
import type { Tenant } from '@gatepost/contract/tenant.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { firstOperator, LOCAL_OPERATOR } from '../auth/local-operator.ts'
import { keepClaim } from '../domain/claim.ts'
import { claimableFrom } from '../domain/claim-store.ts'
import { type Page, pageOf } from '../page.ts'
import { insertDomainDefaults, insertTenantDefaults } from '../policy/defaults.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Actor, ControlDeps, Scope } from '../scope.ts'
import { changeSettings, isEmptyChange, requireRevision } from '../settings/settings.ts'
import { insertPendingDomain } from '../setup/pending-domain.ts'
import { tenantById, tenantOf, tenantsByIds } from './store.ts'

export type NewTenant = {
  readonly name: string
  readonly primaryDomain: string
  readonly environment: Environment
  readonly emergencyContact: { readonly name: string; readonly email: string; readonly phone: string }
  /** Begins with a domain that another organisation holds: it is claimed (C1). */
  readonly claim?: boolean
}

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type Person = Extract<Actor, { kind: 'person' }>

/** The organisations that the asker may see something of. */
export async function listTenants(
  asker: {
    readonly tenants: readonly { readonly id: string; readonly permissions: readonly Permission[] }[]
  },
  query: { readonly limit: number; readonly after?: string | undefined },
  { store }: Pick<Deps, 'store'>,
): Promise<Page<Tenant>> {
  const { limit, after = null } = query
  const seen = asker.tenants.filter(({ permissions }) => permissions.includes('tenant:read'))
  const ids = seen.map(({ id }) => id)
  const rows = await tenantsByIds(store.db, { ids, limit: limit + 1, after })
  return pageOf(rows, limit, { item: tenantOf, cursor: ({ id }) => id })
}

/** Adds an organisation; the operator becomes its super administrator. */
export async function createTenant(
  by: { readonly actor: Person; readonly from: string },
  input: NewTenant,
  { store, clock, link }: Deps,
): Promise<Tenant> {
  const { id } = await store.transaction((trx) =>
    insertTenant(trx, { ...by, input, inputPath: '', now: clock.now(), asOperator: true }),
  )
  link.settingsChanged()
  return tenantOf((await tenantById(store.db, id))!)
}

/**
 * Stores a new organisation with its first administrator and pending primary domain. Part of a transaction.
 */
export async function insertTenant(
  trx: Trx,
  options: {
    readonly actor: Person
    readonly from: string
    readonly input: NewTenant
    /** Where `input` stands in the request, for errors of its fields. */
    readonly inputPath: string
    readonly now: number
    /** Made for others: its people see that its first administrator acts from outside. */
    readonly asOperator?: boolean
  },
): Promise<{ readonly id: string; readonly slug: string }> {
  const { actor, from, input, now } = options
  const domain = primaryDomainOf(input.primaryDomain, options.inputPath)
  const isClaim = await isHeld(trx, domain)
  if (isClaim && !(input.claim && (await claimableFrom(trx, domain, '')))) throw problem('domain-taken')
  const id = newId('ten', now)
  const slug = await freeSlug(trx, input.name)
  const { name, email, phone } = input.emergencyContact
  await trx
    .insertInto('tenant')
    .values({
      id,
      slug,
      name: input.name,
      environment: input.environment,
      inbound_only: 0,
      contact_name: name,
      contact_email: email,
      contact_phone: phone,
      postmaster: null,
      settings_revision: 0,
      revision: 1,
      created_at: now,
    })
    .execute()
  const administrator = actor.id === LOCAL_OPERATOR ? await firstOperator(trx) : actor.id
  await trx
    .insertInto('role_binding')
    .values({
      tenant_id: id,
      person_id: administrator,
      role: 'super',
      as_operator: options.asOperator ? 1 : 0,
      created_by: actor.name,
      created_at: now,
    })
    .execute()
  const revision = await changeSettings(
    trx,
    { tenantId: id, actor, from },
    {
      action: 'tenant.created',
      subject: `organisation ${input.name}`,
      before: null,
      after: { ...input, primaryDomain: domain },
      at: now,
    },
  )
  const scope = { tenantId: id, actor, from }
  await insertTenantDefaults(trx, scope, { at: now, revision })
  await insertPrimaryDomain(trx, scope, { name: domain, isClaim, revision, now })
  return { id, slug }
}

/** The domain the organisation begins with, and what every domain begins with. */
async function insertPrimaryDomain(
  trx: Trx,
  scope: Scope,
  domain: {
    readonly name: string
    readonly isClaim: boolean
    readonly revision: number
    readonly now: number
  },
): Promise<void> {
  const { name, isClaim, revision, now } = domain
  const { tenantId } = scope
  const id = await insertPendingDomain(trx, { tenantId, name, isPrimary: true, revision, now })
  await insertDomainDefaults(trx, scope, { id, name, at: now, revision })
  const row = { id, tenant_id: tenantId }
  if (isClaim) await keepClaim(trx, row, { claimedAt: now, provenAt: null, toldAt: null }, now)
  await appendAudit(trx, scope, {
    action: isClaim ? 'domain.claimed' : 'domain.added',
    subject: `domain ${name}`,
    before: null,
    after: { name, primary: true },
    at: now,
  })
}

export async function getTenant(scope: Scope, { store }: Pick<Deps, 'store'>): Promise<Tenant> {
  const row = await tenantById(store.db, scope.tenantId)
  if (!row) throw problem('not-found')
  return tenantOf(row)
}

export type TenantUpdate = {
  readonly name?: string | undefined
  readonly environment?: Environment | undefined
  readonly inboundOnly?: boolean | undefined
  readonly emergencyContact?: Tenant['emergencyContact'] | undefined
  readonly postmaster?: string | null | undefined
}

/** Changes an organisation. `expected` is the revision of If-Match; null changes whatever is there. */
export async function updateTenant(
  scope: Scope,
  input: { readonly change: TenantUpdate; readonly expected: number | null },
  { store, clock, link }: Deps,
): Promise<Tenant> {
  const tenant = await store.transaction(async (trx) => {
    const row = await tenantById(trx, scope.tenantId)
    if (!row) throw problem('not-found')
    requireRevision(row, input.expected)
    if (isEmptyChange(input.change)) return tenantOf(row)
    const before = fieldsOf(tenantOf(row))
    const after = { ...before, ...definedOf(input.change) }
    await requireOwnMailbox(trx, scope, after.postmaster)
    const at = clock.now()
    const subject = `organisation ${row.name}`
    const revision = await changeSettings(trx, scope, {
      action: 'tenant.changed',
      subject,
      before,
      after,
      at,
    })
    await trx
      .updateTable('tenant')
      .set({
        name: after.name,
        environment: after.environment,
        inbound_only: after.inboundOnly ? 1 : 0,
        contact_name: after.emergencyContact.name,
        contact_email: after.emergencyContact.email,
        contact_phone: after.emergencyContact.phone,
        postmaster: after.postmaster,
        revision,
      })
      .where('id', '=', scope.tenantId)
      .execute()
    return tenantOf((await tenantById(trx, scope.tenantId))!)
  })
  link.settingsChanged()
  return tenant
}

/** On how many edges the newest settings are live. */
export function getLiveness(_scope: Scope, { link }: Pick<Deps, 'link'>): Liveness {
  const version = link.coveringVersion()
  const edges = link.edges().map((edge) => ({ ...edge }))
  return { version, edges, live: edges.filter((edge) => edge.version >= version).length, total: edges.length }
}

function fieldsOf({ name, environment, inboundOnly, emergencyContact, postmaster }: Tenant) {
  return { name, environment, inboundOnly, emergencyContact, postmaster }
}

/** It takes the delivery route of its domain, so it has to be one of theirs (decisions 17). */
async function requireOwnMailbox(trx: Trx, scope: Scope, mailbox: string | null): Promise<void> {
  if (mailbox === null) return
  const domain = mailbox.slice(mailbox.lastIndexOf('@') + 1).toLowerCase()
  const row = await trx
    .selectFrom('domain')
    .select('id')
    .where('tenant_id', '=', scope.tenantId)
    .where('name', '=', domain)
    .executeTakeFirst()
  if (row) return
  const message = `Choose an address in a domain of the organisation; ${domain} is not one of them.`
  throw invalidInput([{ path: '/postmaster', message }])
}

function definedOf<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

function primaryDomainOf(text: string, inputPath: string): string {
  const parsed = parseDomain(text, { toAscii: domainToASCII, fullyQualified: true })
  if (parsed.ok) return parsed.value
  const message = `“${text}” is not a domain name; write it like acme.example.`
  throw invalidInput([{ path: `${inputPath}/primaryDomain`, message }])
}

async function isHeld(trx: Trx, name: string): Promise<boolean> {
  const taken = await acrossTenants(trx)
    .selectFrom('domain')
    .select('id')
    .where('name', '=', name)
    .where('validated_at', 'is not', null)
    .executeTakeFirst()
  return taken !== undefined
}

const SLUG_LENGTH_MAX = 40

/** A short name for addresses of pages: letters, digits and hyphens, unique in the installation. */
async function freeSlug(trx: Trx, name: string): Promise<string> {
  const folded = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const base =
    folded
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, SLUG_LENGTH_MAX) || 'organisation'
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? base : `${base}-${number}`
    const taken = await trx.selectFrom('tenant').select('id').where('slug', '=', slug).executeTakeFirst()
    if (!taken) return slug
  }
}
