// Sign-in profiles as administrators change them: checked so that nobody locks themselves out, and that only
// an operator of the installation makes the administrators' profile weaker (A3).
import type { ProfileDraft, ProfileSettings, SignInProfile } from '@gatepost/contract/sign-in-settings.ts'
import { compileIpSet, parseCidr } from '@gatepost/mail/ip.ts'
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import { ADMINISTRATORS, DEFAULT_PROFILE, type Profile, profilesOf } from './profile-store.ts'

const PROFILES_MAX = 50

export type ProfileDeps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
/** Who changes it, for what only operators may. */
export type By = { readonly isOperator: boolean }

/** Profiles with the names of their groups. */
export async function presentProfiles(db: Db, tenantId: string): Promise<readonly SignInProfile[]> {
  const profiles = await profilesOf(db, tenantId)
  const names = await groupNames(db, tenantId)
  return profiles.map((profile) => present(profile, names))
}

function present({ groupIds, ...profile }: Profile, names: ReadonlyMap<string, string>): SignInProfile {
  return { ...profile, groups: groupIds.map((id) => ({ id, name: names.get(id) ?? 'a group that is gone' })) }
}

export async function createProfile(
  scope: Scope,
  draft: ProfileDraft,
  deps: ProfileDeps,
): Promise<SignInProfile> {
  const { store, clock, link } = deps
  const now = clock.now()
  const id = newId('prf', now)
  await store.transaction(async (trx) => {
    const before = await profilesOf(trx, scope.tenantId)
    if (before.length >= PROFILES_MAX)
      throw problem('limit-reached', `At most ${PROFILES_MAX} profiles are kept.`)
    const settings = await checked(trx, scope, draft)
    if (draft.groups.length === 0)
      throw invalidInput([{ path: '/groups', message: 'Choose the groups that this profile is for.' }])
    const revision = await changeSettings(trx, scope, {
      action: 'sign-in-profile.added',
      subject: `sign-in profile ${draft.name}`,
      before: null,
      after: { name: draft.name, ...settings, groups: draft.groups },
      at: now,
    })
    await write(trx, scope, { id, name: draft.name, position: before.length, settings, draft, revision, now })
  })
  link.settingsChanged()
  return one(scope, id, deps)
}

/** Throws `not-found`, `invalid-input`, `not-allowed` for weakening, `changed-meanwhile`. */
export async function updateProfile(
  scope: Scope,
  input: { readonly id: string; readonly draft: ProfileDraft; readonly ifMatch: number | null } & By,
  deps: ProfileDeps,
): Promise<SignInProfile> {
  const { store, clock, link } = deps
  const { id, draft, ifMatch, isOperator } = input
  const now = clock.now()
  await store.transaction(async (trx) => {
    const profiles = await profilesOf(trx, scope.tenantId)
    const before = profiles.find((profile) => profile.id === id)
    if (!before) throw problem('not-found')
    requireRevision(before, ifMatch)
    const settings = await checked(trx, scope, draft)
    if (id === ADMINISTRATORS) requireStrong(scope, { before, settings, isOperator })
    const isFixed = id === ADMINISTRATORS || id === DEFAULT_PROFILE
    const { groupIds, kind: _kind, revision: _revision, id: _id, ...rest } = before
    const revision = await changeSettings(trx, scope, {
      action: 'sign-in-profile.changed',
      subject: `sign-in profile ${isFixed ? before.name : draft.name}`,
      before: { ...rest, groups: groupIds },
      after: { ...rest, ...settings, name: isFixed ? before.name : draft.name, groups: draft.groups },
      at: now,
    })
    const position = profiles.indexOf(before)
    await write(trx, scope, { id, name: draft.name, position, settings, draft, revision, now })
  })
  link.settingsChanged()
  return one(scope, id, deps)
}

/** The fixed two stay. */
export async function removeProfile(scope: Scope, id: string, deps: ProfileDeps): Promise<void> {
  if (id === DEFAULT_PROFILE || id === ADMINISTRATORS)
    throw problem('profile-stays', 'Everybody is covered by one of these two; they cannot be removed.')
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const before = (await profilesOf(trx, scope.tenantId)).find((profile) => profile.id === id)
    if (!before) throw problem('not-found')
    await changeSettings(trx, scope, {
      action: 'sign-in-profile.removed',
      subject: `sign-in profile ${before.name}`,
      before: { ...before },
      after: null,
      at: clock.now(),
    })
    await trx
      .deleteFrom('sign_in_profile')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .execute()
  })
  link.settingsChanged()
}

async function one(scope: Scope, id: string, { store }: ProfileDeps): Promise<SignInProfile> {
  const found = (await presentProfiles(store.db, scope.tenantId)).find((profile) => profile.id === id)
  if (!found) throw problem('not-found')
  return found
}

/** Normal ranges, known groups and providers, and one way to sign in at least. Throws `invalid-input`. */
async function checked(db: Db, { tenantId }: Scope, draft: ProfileDraft): Promise<ProfileSettings> {
  const { name: _name, groups, ...settings } = draft
  const errors = [
    ...rangeErrors('/permittedRanges', settings.permittedRanges),
    ...rangeErrors('/trustedRanges', settings.trustedRanges),
  ]
  const providers = await db
    .selectFrom('identity_provider')
    .select(['id', 'enabled'])
    .where('tenant_id', '=', tenantId)
    .execute()
  const usable = new Set(providers.filter(({ enabled }) => enabled === 1).map(({ id }) => id))
  for (const [at, id] of settings.providers.entries())
    if (!usable.has(id))
      errors.push({ path: `/providers/${at}`, message: 'Switch this identity provider on first.' })
  if (!settings.password && !settings.directory && settings.providers.length === 0)
    errors.push({ path: '/password', message: 'Choose at least one way to sign in.' })
  if (settings.secondFactor === 'outside' && settings.trustedRanges.length === 0)
    errors.push({
      path: '/trustedRanges',
      message: 'Name the ranges from which no second factor is asked for.',
    })
  const known = await groupNames(db, tenantId)
  for (const [at, id] of groups.entries())
    if (!known.has(id)) errors.push({ path: `/groups/${at}`, message: 'There is no such group.' })
  if (errors.length > 0) throw invalidInput(errors)
  return settings
}

function rangeErrors(path: string, ranges: readonly string[]) {
  return ranges.flatMap((text, at) =>
    parseCidr(text).ok
      ? []
      : [{ path: `${path}/${at}`, message: `“${text}” is no address or range such as 192.0.2.0/24.` }],
  )
}

/**
 * Administrators need a second factor or single sign-on; who changes the profile must be able to come back in
 * from where they are.
 */
function requireStrong(
  { from, actor }: Scope,
  change: { readonly before: Profile; readonly settings: ProfileSettings; readonly isOperator: boolean },
): void {
  const { before, settings, isOperator } = change
  const isWeaker =
    RANK[settings.secondFactor] < RANK[before.secondFactor] ||
    settings.graceDays > before.graceDays ||
    settings.trustedRanges.some((range) => !before.trustedRanges.includes(range))
  if (isWeaker && !isOperator)
    throw problem('not-allowed', 'Only an operator of the installation may ask less of administrators.')
  const isPerson = actor.kind === 'person' && actor.id !== 'local'
  if (isPerson && settings.permittedRanges.length > 0 && !compileIpSet(settings.permittedRanges).has(from)) {
    const message = `You are at ${from}, which these ranges leave out: you would lock yourself out.`
    throw invalidInput([{ path: '/permittedRanges', message }])
  }
}

const RANK = { never: 0, outside: 1, always: 2 } as const

async function write(
  trx: Trx,
  { tenantId }: Scope,
  profile: {
    readonly id: string
    readonly name: string
    readonly position: number
    readonly settings: ProfileSettings
    readonly draft: ProfileDraft
    readonly revision: number
    readonly now: number
  },
): Promise<void> {
  const { id, name, position, settings, draft, revision, now } = profile
  const isFixed = id === ADMINISTRATORS || id === DEFAULT_PROFILE
  const row = {
    name,
    position,
    settings: JSON.stringify({ ...settings, groups: isFixed ? [] : draft.groups }),
    revision,
  }
  await trx
    .insertInto('sign_in_profile')
    .values({ tenant_id: tenantId, id, created_at: now, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(row))
    .execute()
}

async function groupNames(db: Db, tenantId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('address_group')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenantId)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}
