// Shared clouds (O4): whether the organisation sends through one, and what proves it there. Ids at the
// provider are proven by validated domains, never typed.
import type { Cloud } from '@gatepost/contract/outbound.ts'
import { digestOf, newSecret } from '#platform/random.ts'
import type { CloudProvider } from '#policy/settings.ts'
import type { Row } from '#store/schema.ts'
import { actorName } from '../audit/audit.ts'
import { readObservation, writeObservation } from '../connect/observation-store.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { changeSettings, markDirty } from '../settings/settings.ts'
import { cloudName, providers, type RangesDeps, rangesOf } from './ranges.ts'
import { cloudLinksOf, cloudTenantsOf, holdersOfCloudIds } from './store.ts'

type Deps = RangesDeps
type Clouds = { items: Cloud[] }

export const SECRET_HEADER = 'X-Gatepost-Tenant'
const MICROSOFT_LOGIN = 'https://login.microsoftonline.com'
/** Domains asked for at once; an organisation has one id, so the first answers usually settle it. */
const DOMAINS_ASKED_MAX = 50
const ASK_AGAIN_MS = 5_000
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function listClouds(
  scope: Scope,
  { store, config }: Pick<Deps, 'store' | 'config'>,
): Promise<Clouds> {
  const [links, ids] = await Promise.all([
    cloudLinksOf(store.db, scope.tenantId),
    cloudTenantsOf(store.db, scope.tenantId),
  ])
  const items = await Promise.all(
    providers.map(async (provider): Promise<Cloud> => {
      const row = links.find((one) => one.provider === provider)
      const { ranges, ...rest } = await rangesOf(store.db, provider, config)
      return {
        provider,
        name: cloudName(provider),
        enabled: row !== undefined,
        ids: ids
          .filter((one) => one.provider === provider)
          .map(({ cloud_id, domain, proven_at, checked_at }) => {
            return { id: cloud_id, domain, provenAt: proven_at, checkedAt: checked_at }
          }),
        secretHeader: SECRET_HEADER,
        secretAt: row?.secret_at ?? null,
        ranges: { count: ranges.length, ...rest },
        lastSeenAt: row?.last_seen_at ?? null,
      }
    }),
  )
  return { items }
}

/** Throws `domain-not-validated` while nothing could be proven. */
export async function setCloud(
  scope: Scope,
  { provider, enabled }: { readonly provider: CloudProvider; readonly enabled: boolean },
  deps: Deps,
): Promise<Clouds> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  if (enabled) await domainsOf(deps, tenantId)
  await store.transaction(async (trx) => {
    const row = (await cloudLinksOf(trx, tenantId)).find((one) => one.provider === provider)
    if ((row !== undefined) === enabled) return
    const at = clock.now()
    const revision = await changeSettings(trx, scope, {
      action: enabled ? 'cloud.enabled' : 'cloud.disabled',
      subject: `shared cloud ${cloudName(provider)}`,
      before: { enabled: !enabled },
      after: { enabled },
      at,
    })
    if (enabled) {
      const values = {
        tenant_id: tenantId,
        provider,
        secret_digest: null,
        secret_at: null,
        last_seen_at: null,
      }
      const made = { created_at: at, created_by: actorName(scope.actor), revision }
      await trx
        .insertInto('cloud_link')
        .values({ ...values, ...made })
        .execute()
      return
    }
    for (const table of ['cloud_link', 'cloud_tenant'] as const) {
      await trx.deleteFrom(table).where('tenant_id', '=', tenantId).where('provider', '=', provider).execute()
    }
  })
  link.settingsChanged()
  if (enabled && provider === 'microsoft-365')
    return proveCloud(scope, provider, deps).catch(() => listClouds(scope, deps))
  return listClouds(scope, deps)
}

/**
 * Asks Microsoft which tenant each validated domain belongs to: its OpenID configuration names the id. An id
 * of another organisation here stays theirs.
 */
export async function proveCloud(scope: Scope, provider: CloudProvider, deps: Deps): Promise<Clouds> {
  const { store, clock, link, config, fetchJson } = deps
  const { tenantId } = scope
  if (provider !== 'microsoft-365') {
    throw invalidInput([
      { path: '/provider', message: 'Google gives no id that mail carries; use the secret header.' },
    ])
  }
  const present = (await cloudTenantsOf(store.db, tenantId)).filter((row) => row.provider === provider)
  await requirePause(tenantId, provider, deps)
  const domains = await domainsOf(deps, tenantId)
  const origin = config.directories.entraLogin ?? MICROSOFT_LOGIN
  const found = new Map<string, string>()
  const unknown = new Set(domains.slice(DOMAINS_ASKED_MAX))
  for (const domain of domains.slice(0, DOMAINS_ASKED_MAX)) {
    const answer = await fetchJson(
      `${origin}/${encodeURIComponent(domain)}/v2.0/.well-known/openid-configuration`,
    )
    const id = tenantIdIn(answer)
    if (id !== null && !found.has(id)) found.set(id, domain)
    if (id === null && isSilent(answer)) unknown.add(domain)
  }
  // An id whose domain could not be asked about stays proven, as long as the domain is ours (law 4).
  for (const { cloud_id: id, domain } of present) {
    if (unknown.has(domain) && !found.has(id)) found.set(id, domain)
  }
  await store.transaction(async (trx) => {
    const at = clock.now()
    const others = (await holdersOfCloudIds(trx, provider, [...found.keys()])).filter(
      (row) => row.tenant_id !== tenantId,
    )
    // Who lost or removed the domain that proved an id must not keep it from who proves it now.
    for (const { cloud_id, tenant_id } of others.filter((row) => !row.isProven)) {
      await trx
        .deleteFrom('cloud_tenant')
        .where('tenant_id', '=', tenant_id)
        .where('provider', '=', provider)
        .where('cloud_id', '=', cloud_id)
        .execute()
      await markDirty(trx, tenant_id, at)
    }
    const mine = [...found].filter(([id]) => !others.some((row) => row.isProven && row.cloud_id === id))
    await changeSettings(trx, scope, {
      action: 'cloud.proven',
      subject: `shared cloud ${cloudName(provider)}`,
      before: { ids: present.map(({ cloud_id }) => cloud_id) },
      after: { ids: mine.map(([id]) => id) },
      at,
    })
    await trx
      .deleteFrom('cloud_tenant')
      .where('tenant_id', '=', tenantId)
      .where('provider', '=', provider)
      .execute()
    for (const [cloud_id, domain] of mine) {
      const before = present.find((row) => row.cloud_id === cloud_id)
      const proven = { domain, proven_at: before?.proven_at ?? at, checked_at: at }
      await trx
        .insertInto('cloud_tenant')
        .values({ tenant_id: tenantId, provider, cloud_id, ...proven })
        .execute()
    }
  })
  link.settingsChanged()
  return listClouds(scope, deps)
}

/**
 * A secret for the host's rule; the one before ends. Throws `invalid-input` while the cloud is not switched
 * on.
 */
export async function makeCloudSecret(
  scope: Scope,
  provider: CloudProvider,
  deps: Deps,
): Promise<{ header: string; value: string }> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const value = newSecret()
  await store.transaction(async (trx) => {
    const row = (await cloudLinksOf(trx, tenantId)).find((one) => one.provider === provider)
    if (row === undefined) {
      throw invalidInput([
        { path: '/provider', message: `Say first that you send through ${cloudName(provider)}.` },
      ])
    }
    const at = clock.now()
    const revision = await changeSettings(trx, scope, {
      action: 'cloud.secret-made',
      subject: `shared cloud ${cloudName(provider)}`,
      before: { secretAt: row.secret_at },
      after: { secretAt: at },
      at,
    })
    await trx
      .updateTable('cloud_link')
      .set({ secret_digest: digestOf(value), secret_at: at, revision })
      .where('tenant_id', '=', tenantId)
      .where('provider', '=', provider)
      .execute()
  })
  link.settingsChanged()
  return { header: SECRET_HEADER, value }
}

async function domainsOf({ store }: Pick<Deps, 'store'>, tenantId: string): Promise<readonly string[]> {
  const rows: Pick<Row<'domain'>, 'name'>[] = await store.db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('validated_at', 'is not', null)
    .orderBy('name')
    .execute()
  if (rows.length === 0)
    throw problem('domain-not-validated', 'Validate a domain first: it proves whose account it is.')
  return rows.map(({ name }) => name)
}

/** One look at a time and organisation: each asks the provider about every domain. */
async function requirePause(
  tenantId: string,
  provider: CloudProvider,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<void> {
  const key = { tenantId, subject: provider, name: 'cloud-asked' }
  const now = clock.now()
  const last = await readObservation(store.db, key)
  if (last !== null && now - last.checkedAt < ASK_AGAIN_MS) throw problem('check-too-soon')
  await writeObservation(store.db, key, { value: null, checkedAt: now, nextCheckAt: null, failures: 0 })
}

/** Nobody said whether the domain has a tenant: only the provider's own “no such tenant” does (law 4). */
function isSilent(answer: Awaited<ReturnType<Deps['fetchJson']>>): boolean {
  return answer.kind === 'failed' || (answer.status !== 400 && answer.status !== 404)
}

/** `https://login.microsoftonline.com/GUID/v2.0` is the issuer of a domain's tenant. */
export function tenantIdIn(answer: Awaited<ReturnType<Deps['fetchJson']>>): string | null {
  if (answer.kind === 'failed' || answer.status !== 200) return null
  const { issuer } = (answer.body ?? {}) as { readonly issuer?: unknown }
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) return null
  const id = new URL(issuer).pathname.split('/')[1]?.toLowerCase() ?? ''
  return GUID.test(id) ? id : null
}
