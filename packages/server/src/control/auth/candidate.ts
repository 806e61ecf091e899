// Who an address may be at sign-in: an account, or a user of an organisation that has none yet; and which
// organisation vouches for it.
import { defaultPasswordRules, PasswordRules } from '@gatepost/contract/password.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import type { Db } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { accessOf } from './access.ts'

export type Candidate = {
  /** Null: a user without an account; one is made when the sign-in works. */
  readonly personId: string | null
  readonly userId: string | null
  /** The organisation of the address' domain, else the first one the person belongs to; null for none. */
  readonly tenantId: string | null
  readonly email: string
  readonly name: string
  /** Encoded; null where none was set. */
  readonly password: string | null
  readonly passwordSetAt: number
  readonly mustChange: boolean
  readonly operator: boolean
  /** Holds more than the portal somewhere. */
  readonly isAdministrator: boolean
  /** Disabled users do not sign in; their mail goes on (decisions 18). */
  readonly isEnabled: boolean
  readonly factorDueAt: number | null
}

type UserRow = {
  readonly id: string
  readonly tenant_id: string
  readonly email: string
  readonly name: string
  readonly enabled: number
}

/** Who signs in by this address: primary address or an alias of a user. Null for nobody we know. */
export async function findCandidate(db: Db, email: string): Promise<Candidate | null> {
  const key = addressKey(email)
  const tenantId = await tenantOfAddress(db, email)
  const user = tenantId === null ? null : await asHeld(db, await userByAddress(db, tenantId, key), email)
  const person = await db
    .selectFrom('person')
    .selectAll()
    .where((where) =>
      where.or([
        where('email_key', '=', key),
        ...(user ? [where('user_id', '=', user.id), where('email_key', '=', addressKey(user.email))] : []),
      ]),
    )
    // An account of the very address comes before one of the user behind an alias.
    .orderBy((order) => order.case().when('email_key', '=', key).then(0).else(1).end())
    .executeTakeFirst()
  if (!person) return user ? candidateOfUser(user) : null
  return candidateOfPerson(db, { person, user, tenantId })
}

/** The candidate of an account, for what comes after the first step. */
export async function candidateById(db: Db, personId: string): Promise<Candidate | null> {
  const person = await db.selectFrom('person').selectAll().where('id', '=', personId).executeTakeFirst()
  if (!person) return null
  const tenantId = await tenantOfAddress(db, person.email)
  const user = tenantId === null ? null : await userByAddress(db, tenantId, person.email_key)
  return candidateOfPerson(db, { person, user, tenantId })
}

type PersonRow = {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly password: string
  readonly operator: number
  readonly user_id: string | null
  readonly password_set_at: number
  readonly must_change: number
  readonly factor_due_at: number | null
  readonly created_at: number
}

async function candidateOfPerson(
  db: Db,
  found: { readonly person: PersonRow; readonly user: UserRow | null; readonly tenantId: string | null },
): Promise<Candidate> {
  const { person, user } = found
  const access = await accessOf(db, person.id)
  const operator = person.operator === 1
  return {
    personId: person.id,
    userId: person.user_id ?? user?.id ?? null,
    tenantId: found.tenantId ?? (await firstTenantOf(db, person.id)),
    email: person.email,
    name: person.name,
    password: person.password === '' ? null : person.password,
    passwordSetAt: person.password_set_at === 0 ? person.created_at : person.password_set_at,
    mustChange: person.must_change === 1,
    operator,
    isAdministrator:
      operator || access.some(({ permissions }) => permissions.some((one) => one !== 'portal:use')),
    // An administrator is more than the user: only who takes the role away keeps it out.
    isEnabled: user === null || user.enabled === 1,
    factorDueAt: person.factor_due_at,
  }
}

function candidateOfUser(user: UserRow): Candidate {
  return {
    personId: null,
    userId: user.id,
    tenantId: user.tenant_id,
    email: user.email,
    name: user.name === '' ? user.email : user.name,
    password: null,
    passwordSetAt: 0,
    mustChange: false,
    operator: false,
    isAdministrator: false,
    isEnabled: user.enabled === 1,
    factorDueAt: null,
  }
}

/** The organisation that has proved the domain of an address, or null. */
export async function tenantOfAddress(db: Db, email: string): Promise<string | null> {
  const domain = mailboxOf(email)?.domain ?? ''
  if (domain === '') return null
  const row = await acrossTenants(db)
    .selectFrom('domain')
    .select('tenant_id')
    .where('name', '=', domain)
    .where('validated_at', 'is not', null)
    .executeTakeFirst()
  return row?.tenant_id ?? null
}

/** A primary address in a domain that went elsewhere is nobody's here: the alias is the user's. */
async function asHeld(db: Db, user: UserRow | null, alias: string): Promise<UserRow | null> {
  if (user === null || addressKey(user.email) === addressKey(alias)) return user
  const holder = await tenantOfAddress(db, user.email)
  return holder === null || holder === user.tenant_id ? user : { ...user, email: alias }
}

async function firstTenantOf(db: Db, personId: string): Promise<string | null> {
  const row = await acrossTenants(db)
    .selectFrom('role_binding')
    .select('tenant_id')
    .where('person_id', '=', personId)
    .orderBy('as_operator')
    .orderBy('created_at')
    .orderBy('tenant_id')
    .executeTakeFirst()
  return row?.tenant_id ?? null
}

async function userByAddress(db: Db, tenantId: string, key: string): Promise<UserRow | null> {
  const row = await db
    .selectFrom('user_address')
    .innerJoin('user', 'user.id', 'user_address.user_id')
    .select(['user.id', 'user.tenant_id', 'user.email', 'user.name', 'user.enabled'])
    .where('user_address.tenant_id', '=', tenantId)
    .where('user.tenant_id', '=', tenantId)
    .where('user_address.address_key', '=', key)
    .where('user.kind', '=', 'user')
    .executeTakeFirst()
  return row ?? null
}

/** What passwords must be in an organisation. */
export async function passwordRulesOf(db: Db, tenantId: string | null): Promise<PasswordRules> {
  if (tenantId === null) return defaultPasswordRules
  const row = await db
    .selectFrom('sign_in_settings')
    .select('rules')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  const parsed = PasswordRules.safeParse(row ? JSON.parse(row.rules) : null)
  return parsed.success ? parsed.data : defaultPasswordRules
}

/** Names that no password may be made of: the organisation's and its domains'. */
export async function namesOfTenant(db: Db, tenantId: string | null): Promise<readonly string[]> {
  if (tenantId === null) return []
  const tenant = await db.selectFrom('tenant').select('name').where('id', '=', tenantId).executeTakeFirst()
  const domains = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .limit(NAMES_MAX)
    .execute()
  return [...(tenant ? [tenant.name] : []), ...domains.map(({ name }) => name)]
}

/** Domains looked at: more names would refuse ordinary words. */
const NAMES_MAX = 50
