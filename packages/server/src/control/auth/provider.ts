// Identity providers of an organisation: added, changed, switched on once a test sign-in passed. Secrets are
// sealed and never shown again.
import { X509Certificate } from 'node:crypto'
import {
  type IdentityProvider,
  OidcSettings,
  type ProviderDraft,
  ProviderTest,
  SamlSettings,
} from '@gatepost/contract/sign-in-settings.ts'
import { newId } from '#platform/random.ts'
import type { SecretPlace } from '#platform/secret-box.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import { pemOf } from './idp-metadata.ts'
import { profilesOf } from './profile-store.ts'

const PROVIDERS_MAX = 20

export type ProviderDeps = Pick<ControlDeps, 'store' | 'clock' | 'secrets' | 'link'> & {
  readonly url: string
}
export type ProviderRow = Row<'identity_provider'>

export async function providersOf(db: Db, tenantId: string): Promise<readonly ProviderRow[]> {
  return db
    .selectFrom('identity_provider')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('name')
    .orderBy('id')
    .execute()
}

/** A provider by the id in an address that anybody may open. */
export async function findProvider(db: Db, id: string): Promise<ProviderRow | null> {
  const row = await acrossTenants(db)
    .selectFrom('identity_provider')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export function settingsOf(row: ProviderRow): SamlSettings | OidcSettings {
  const json: unknown = JSON.parse(row.settings)
  return row.kind === 'saml' ? SamlSettings.parse(json) : OidcSettings.parse(json)
}

/** Our side's addresses for a provider. */
export function oursOf(url: string, id: string): IdentityProvider['ours'] {
  return {
    entityId: `${url}sso/saml/${id}/metadata`,
    acsUrl: `${url}sso/saml/${id}/acs`,
    metadataUrl: `${url}sso/saml/${id}/metadata`,
    redirectUri: `${url}sso/oidc/${id}/callback`,
    startUrl: `${url}sso/start/${id}`,
  }
}

export function placeOfSecret(row: Pick<ProviderRow, 'id' | 'tenant_id'>): SecretPlace {
  return { tenantId: row.tenant_id, column: 'identity_provider.secret', id: row.id }
}

export function presentProvider(row: ProviderRow, url: string): IdentityProvider {
  const settings = settingsOf(row)
  const test = ProviderTest.safeParse(row.test === null ? null : JSON.parse(row.test))
  return {
    id: row.id,
    name: row.name,
    settings,
    secretSetAt: row.secret_at,
    enabled: row.enabled === 1,
    test: test.success ? test.data : null,
    lastUsedAt: row.last_used_at,
    certificates: settings.kind === 'saml' ? settings.certificates.flatMap(certificateOf) : [],
    ours: oursOf(url, row.id),
    revision: row.revision,
  }
}

/** Adds a provider, switched off until it is tested. */
export async function createProvider(
  scope: Scope,
  draft: ProviderDraft,
  deps: ProviderDeps,
): Promise<IdentityProvider> {
  const { store, clock, secrets, url, link } = deps
  const settings = checked(draft)
  if (settings.kind === 'oidc' && draft.secret === undefined)
    throw invalidInput([{ path: '/secret', message: 'Enter the client secret.' }])
  const now = clock.now()
  const row = await store.transaction(async (trx) => {
    const revision = await changeSettings(trx, scope, {
      action: 'identity-provider.added',
      subject: `identity provider ${draft.name}`,
      before: null,
      after: stateOf(draft.name, settings, false),
      at: now,
    })
    if ((await providersOf(trx, scope.tenantId)).length >= PROVIDERS_MAX)
      throw problem('limit-reached', `At most ${PROVIDERS_MAX} identity providers are kept.`)
    const place = { id: newId('idp', now), tenant_id: scope.tenantId }
    return trx
      .insertInto('identity_provider')
      .values({
        ...place,
        kind: settings.kind,
        name: draft.name,
        settings: JSON.stringify(settings),
        secret: draft.secret === undefined ? null : secrets.seal(draft.secret, placeOfSecret(place)),
        secret_at: draft.secret === undefined ? null : now,
        enabled: 0,
        test: null,
        last_used_at: null,
        created_at: now,
        revision,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  link.settingsChanged()
  return presentProvider(row, url)
}

/** Changes a provider; other settings or another secret need another test. */
export async function updateProvider(
  scope: Scope,
  input: { readonly id: string; readonly draft: ProviderDraft; readonly ifMatch: number | null },
  deps: ProviderDeps,
): Promise<IdentityProvider> {
  const { store, clock, secrets, url, link } = deps
  const { id, draft, ifMatch } = input
  const settings = checked(draft)
  const now = clock.now()
  const row = await store.transaction(async (trx) => {
    const before = await ownProvider(trx, scope, id)
    requireRevision(before, ifMatch)
    if (before.kind !== settings.kind)
      throw invalidInput([
        { path: '/settings/kind', message: 'Add another identity provider for this kind.' },
      ])
    requireSameIssuer(settingsOf(before), settings, draft)
    const isSame = before.settings === JSON.stringify(settings) && draft.secret === undefined
    const enabled = isSame ? before.enabled : (0 as const)
    const revision = await changeSettings(trx, scope, {
      action: 'identity-provider.changed',
      subject: `identity provider ${draft.name}`,
      before: stateOf(before.name, settingsOf(before), before.enabled === 1),
      after: stateOf(draft.name, settings, enabled === 1),
      at: now,
    })
    return trx
      .updateTable('identity_provider')
      .set({
        name: draft.name,
        settings: JSON.stringify(settings),
        ...(draft.secret === undefined
          ? {}
          : { secret: secrets.seal(draft.secret, placeOfSecret(before)), secret_at: now }),
        enabled,
        test: isSame ? before.test : null,
        revision,
      })
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  link.settingsChanged()
  return presentProvider(row, url)
}

/** The secret that is kept goes to no other issuer: whoever may change settings could read it there. */
function requireSameIssuer(
  before: SamlSettings | OidcSettings,
  after: SamlSettings | OidcSettings,
  { secret }: ProviderDraft,
): void {
  if (after.kind !== 'oidc' || secret !== undefined || before.issuer === after.issuer) return
  const message = 'Enter the client secret again: the one that is kept is for the issuer named so far.'
  throw invalidInput([{ path: '/secret', message }])
}

/** Throws `test-first`, and `provider-in-use` where a profile would have no way to sign in left. */
export async function enableProvider(
  scope: Scope,
  { id, enabled }: { readonly id: string; readonly enabled: boolean },
  deps: ProviderDeps,
): Promise<IdentityProvider> {
  const { store, clock, url, link } = deps
  const row = await store.transaction(async (trx) => {
    const before = await ownProvider(trx, scope, id)
    const test = presentProvider(before, url).test
    if (enabled && test?.state !== 'passed')
      throw problem('test-first', 'Sign in once by it as a test first.')
    if (!enabled) await requireUnused(trx, scope, before)
    const settings = settingsOf(before)
    const revision = await changeSettings(trx, scope, {
      action: enabled ? 'identity-provider.enabled' : 'identity-provider.disabled',
      subject: `identity provider ${before.name}`,
      before: stateOf(before.name, settings, before.enabled === 1),
      after: stateOf(before.name, settings, enabled),
      at: clock.now(),
    })
    return trx
      .updateTable('identity_provider')
      .set({ enabled: enabled ? 1 : 0, revision })
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  link.settingsChanged()
  return presentProvider(row, url)
}

export async function removeProvider(scope: Scope, id: string, deps: ProviderDeps): Promise<void> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const before = await ownProvider(trx, scope, id)
    await requireUnused(trx, scope, before)
    await changeSettings(trx, scope, {
      action: 'identity-provider.removed',
      subject: `identity provider ${before.name}`,
      before: stateOf(before.name, settingsOf(before), before.enabled === 1),
      after: null,
      at: clock.now(),
    })
    await trx
      .deleteFrom('identity_provider')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .execute()
  })
  link.settingsChanged()
}

/** Keeps what a test sign-in showed. */
export async function keepTest(
  db: Db,
  row: Pick<ProviderRow, 'id' | 'tenant_id'>,
  test: ProviderTest,
): Promise<void> {
  await db
    .updateTable('identity_provider')
    .set({ test: JSON.stringify(test) })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

async function ownProvider(db: Db, { tenantId }: Scope, id: string): Promise<ProviderRow> {
  const rows = await providersOf(db, tenantId)
  const row = rows.find((one) => one.id === id)
  if (!row) throw problem('not-found')
  return row
}

async function requireUnused(db: Db, { tenantId }: Scope, { id }: ProviderRow): Promise<void> {
  const users = (await profilesOf(db, tenantId)).filter(({ providers }) => providers.includes(id))
  if (users.length === 0) return
  const names = users.map(({ name }) => `“${name}”`).join(', ')
  throw problem(
    'provider-in-use',
    `Take it out of ${users.length === 1 ? 'the profile' : 'the profiles'} ${names} first.`,
  )
}

/** Settings with certificates as PEM. Throws `invalid-input`. */
function checked({ settings }: ProviderDraft): SamlSettings | OidcSettings {
  if (settings.kind === 'oidc') return settings
  if (!/^https?:$/.test(new URL(settings.signInUrl).protocol))
    throw invalidInput([{ path: '/settings/signInUrl', message: 'Enter an https address.' }])
  const certificates = settings.certificates.map(pemOf)
  const wrong = certificates.findIndex((pem) => certificateOf(pem).length === 0)
  if (wrong >= 0) {
    const message = 'This is no X.509 certificate. Paste it as PEM or base64.'
    throw invalidInput([{ path: `/settings/certificates/${wrong}`, message }])
  }
  return { ...settings, certificates }
}

function certificateOf(pem: string): { readonly name: string; readonly validUntil: number }[] {
  try {
    const { subject, validToDate } = new X509Certificate(pem)
    const name = /CN=(.+)/.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ')
    return [{ name: name.slice(0, 200), validUntil: validToDate.getTime() }]
  } catch {
    return []
  }
}

function stateOf(name: string, settings: SamlSettings | OidcSettings, enabled: boolean) {
  const { kind, issuer } = settings
  return kind === 'saml'
    ? {
        name,
        kind,
        issuer,
        signInUrl: settings.signInUrl,
        certificates: settings.certificates.length,
        enabled,
      }
    : { name, kind, issuer, clientId: settings.clientId, addressClaim: settings.addressClaim, enabled }
}
