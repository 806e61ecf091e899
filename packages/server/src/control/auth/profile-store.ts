// Sign-in profiles as stored, with the two that every organisation has, and which one counts for whom.
import { ProfileSettings, type SignInProfile } from '@gatepost/contract/sign-in-settings.ts'
import { compileIpSet } from '@gatepost/mail/ip.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import type { Candidate } from './candidate.ts'

export const DEFAULT_PROFILE = 'default'
export const ADMINISTRATORS = 'administrators'

const everybody: ProfileSettings = {
  password: true,
  directory: false,
  providers: [],
  secondFactor: 'never',
  graceDays: 14,
  trustedRanges: [],
  permittedRanges: [],
  idleMinutes: 720,
  sessionHours: 168,
}
/** Administrators need a second factor; 14 days from the first sign-in on to enrol one (decisions 49). */
const administrators: ProfileSettings = { ...everybody, secondFactor: 'always' }

type Profile = Omit<SignInProfile, 'groups'> & { readonly groupIds: readonly string[] }

/** Every profile of an organisation in the order in which they count; the two fixed ones last. */
export async function profilesOf(db: Db, tenantId: string): Promise<readonly Profile[]> {
  const rows = await db
    .selectFrom('sign_in_profile')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('position')
    .orderBy('id')
    .execute()
  const stored = new Map(rows.map((row) => [row.id, profileOf(row)]))
  const own = [...stored.values()].filter(({ kind }) => kind === 'groups')
  return [
    ...own,
    stored.get(DEFAULT_PROFILE) ?? fixed(DEFAULT_PROFILE),
    stored.get(ADMINISTRATORS) ?? fixed(ADMINISTRATORS),
  ]
}

/** The profile that counts for somebody: the administrators', that of a group, else the default. */
export async function profileFor(
  db: Db,
  who: Pick<Candidate, 'tenantId' | 'userId' | 'isAdministrator'>,
): Promise<Profile> {
  const { tenantId, userId, isAdministrator } = who
  if (tenantId === null) return fixed(isAdministrator ? ADMINISTRATORS : DEFAULT_PROFILE)
  const profiles = await profilesOf(db, tenantId)
  const of = (id: string): Profile => profiles.find((one) => one.id === id) ?? fixed(id)
  if (isAdministrator) return of(ADMINISTRATORS)
  const groups = profiles.filter(({ kind }) => kind === 'groups')
  if (groups.length === 0 || userId === null) return of(DEFAULT_PROFILE)
  const memberships = await db
    .selectFrom('group_member')
    .select('group_id')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute()
  const mine = new Set(memberships.map(({ group_id }) => group_id))
  return groups.find(({ groupIds }) => groupIds.some((id) => mine.has(id))) ?? of(DEFAULT_PROFILE)
}

/** Whether the profile lets anybody in from this address. */
export function permitsFrom({ permittedRanges }: Pick<Profile, 'permittedRanges'>, from: string): boolean {
  return permittedRanges.length === 0 || compileIpSet(permittedRanges).has(from)
}

/** Whether a second factor is asked for from this address. */
export function asksFactor(
  { secondFactor, trustedRanges }: Pick<Profile, 'secondFactor' | 'trustedRanges'>,
  from: string,
): boolean {
  if (secondFactor === 'outside') return !compileIpSet(trustedRanges).has(from)
  return secondFactor === 'always'
}

function profileOf(row: Row<'sign_in_profile'>): Profile {
  const { groups = [], ...json } = JSON.parse(row.settings) as { groups?: readonly string[] }
  const parsed = ProfileSettings.safeParse(json)
  const base = fixed(row.id)
  return {
    ...base,
    // A profile that this release cannot read is as strict as the administrators' one.
    ...(parsed.success ? parsed.data : administrators),
    name: base.kind === 'groups' ? row.name : base.name,
    groupIds: groups,
    revision: row.revision,
  }
}

function fixed(id: string): Profile {
  const kind = id === DEFAULT_PROFILE ? 'default' : id === ADMINISTRATORS ? 'administrators' : 'groups'
  const name = kind === 'administrators' ? 'Administrators' : 'Everyone'
  const settings = kind === 'administrators' ? administrators : everybody
  return { ...settings, id, kind, name, groupIds: [], revision: 0 }
}

export type { Profile }
