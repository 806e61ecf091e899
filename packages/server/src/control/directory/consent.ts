// The consent of an organisation to the operator's application at Microsoft (V1): a link with a state that is
// bound to the organisation and counts once. Which tenant of Microsoft it is for is proven by a validated
// domain: the answer in the browser's address proves nothing.
import type { ConsentOutcome, EntraConsent } from '@gatepost/contract/provider-app.ts'
import { endpointsOfCloud } from '@gatepost/directory/entra-settings.ts'
import type { FetchJson } from '#platform/fetch-json.ts'
import { newSecret } from '#platform/random.ts'
import { actorName, appendAudit } from '../audit/audit.ts'
import { addTicket, takeTicket } from '../auth/ticket.ts'
import { tenantIdIn } from '../outbound/clouds.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { redirectUriOf } from './provider-app.ts'
import {
  deleteConsent,
  findApp,
  findConsent,
  isHeldElsewhere,
  type ProviderAppRow,
  putConsent,
  slugOfTenant,
  validatedDomains,
} from './provider-app-store.ts'

export type ConsentDeps = Pick<ControlDeps, 'store' | 'clock' | 'config'> & {
  readonly url: string
  readonly fetchJson: FetchJson
}

const TICKET = 'entra-consent'
/** The administrator at Microsoft may be somebody else, who gets the link by mail. */
const LINK_MS = 3_600_000
/** Domains asked for; an organisation has one tenant there, so the first usually settles it. */
const DOMAINS_ASKED_MAX = 50
/** All that the administrator granted to the app, whatever it is. */
const SCOPE = '/.default'

type Asked = { readonly tenantId: string; readonly clientId: string; readonly askedBy: string }

export async function getEntraConsent(
  scope: Pick<Scope, 'tenantId'>,
  { store }: Pick<ConsentDeps, 'store'>,
): Promise<EntraConsent> {
  const [app, row] = await Promise.all([findApp(store.db), findConsent(store.db, scope.tenantId)])
  const counts = app !== null && row !== null && row.client_id === app.client_id
  return {
    isOffered: app !== null,
    clientId: app?.client_id ?? null,
    consent: counts
      ? { entraTenant: row.entra_tenant, domain: row.domain, at: row.consented_at, askedBy: row.asked_by }
      : null,
  }
}

/** The link for an administrator at Microsoft. Throws `invalid-input`, `domain-not-validated`. */
export async function startEntraConsent(
  scope: Scope,
  deps: ConsentDeps,
): Promise<{ readonly url: string; readonly expiresAt: number }> {
  const { store, clock, url } = deps
  const app = await findApp(store.db)
  if (app === null)
    throw invalidInput([{ path: '', message: 'The operator offers no application at Microsoft.' }])
  if ((await validatedDomains(store.db, scope.tenantId)).length === 0)
    throw problem('domain-not-validated', 'Validate a domain first: it proves whose tenant it is.')
  const state = newSecret()
  const now = clock.now()
  const askedBy = actorName(scope.actor)
  const value: Asked = { tenantId: scope.tenantId, clientId: app.client_id, askedBy }
  await addTicket(store.db, { kind: TICKET, secret: state, value, now, lifeMs: LINK_MS })
  await store.transaction((trx) =>
    appendAudit(trx, scope, {
      action: 'entra-consent.asked',
      subject: 'consent at Microsoft',
      before: null,
      after: { clientId: app.client_id },
      at: now,
    }),
  )
  const { login, graph } = endpointsFor(app, deps)
  const query = new URLSearchParams({
    client_id: app.client_id,
    scope: `${graph}${SCOPE}`,
    redirect_uri: redirectUriOf(url),
    state,
  })
  return { url: `${login}/organizations/v2.0/adminconsent?${query}`, expiresAt: now + LINK_MS }
}

export async function revokeEntraConsent(scope: Scope, { store, clock }: ConsentDeps): Promise<void> {
  await store.transaction(async (trx) => {
    const before = await findConsent(trx, scope.tenantId)
    if (before === null) return
    await deleteConsent(trx, scope.tenantId)
    await appendAudit(trx, scope, {
      action: 'entra-consent.revoked',
      subject: 'consent at Microsoft',
      before: { entraTenant: before.entra_tenant, domain: before.domain },
      after: null,
      at: clock.now(),
    })
  })
}

export type ConsentAnswer = {
  readonly outcome: ConsentOutcome
  /** Of the organisation that asked; null where the state tells none. */
  readonly slug: string | null
}

/**
 * What the browser brings back. The state is taken whatever the answer is; the tenant counts only when
 * Microsoft itself says that a validated domain of the organisation belongs to it.
 */
export async function answerEntraConsent(
  query: URLSearchParams,
  from: string,
  deps: ConsentDeps,
): Promise<ConsentAnswer> {
  const { store, clock } = deps
  const secret = (query.get('state') ?? '').slice(0, 200)
  const ticket = await takeTicket(store.db, { kind: TICKET, secret, now: clock.now() })
  if (ticket === null) return { outcome: 'expired', slug: null }
  const asked = ticket.value as Asked
  const slug = await slugOfTenant(store.db, asked.tenantId)
  const app = await findApp(store.db)
  if (slug === null || app === null || app.client_id !== asked.clientId)
    return { outcome: 'not-offered', slug }
  const isDeclined = query.has('error') || query.get('admin_consent')?.toLowerCase() !== 'true'
  if (isDeclined) return { outcome: 'declined', slug }
  const named = (query.get('tenant') ?? '').toLowerCase()
  const proof = await proofOf(asked.tenantId, { named, app }, deps)
  if (proof.kind !== 'proven') return { outcome: proof.kind, slug }
  const scope: Scope = {
    tenantId: asked.tenantId,
    actor: { kind: 'system', name: `${asked.askedBy}, by consent at Microsoft` },
    from,
  }
  return { outcome: await keep(scope, { asked, entraTenant: named, domain: proof.domain }, deps), slug }
}

type Proof =
  | { readonly kind: 'proven'; readonly domain: string }
  | { readonly kind: 'unproven' | 'unreachable' }

/** Asks Microsoft which tenant each validated domain belongs to, until one belongs to the named one. */
async function proofOf(
  tenantId: string,
  { named, app }: { readonly named: string; readonly app: ProviderAppRow },
  deps: ConsentDeps,
): Promise<Proof> {
  const { login } = endpointsFor(app, deps)
  const domains = (await validatedDomains(deps.store.db, tenantId)).slice(0, DOMAINS_ASKED_MAX)
  let isSilent = false
  for (const domain of domains) {
    const url = `${login}/${encodeURIComponent(domain)}/v2.0/.well-known/openid-configuration`
    const answer = await deps.fetchJson(url)
    if (answer.kind === 'failed' || answer.status >= 500) isSilent = true
    const id = tenantIdIn(answer)
    if (id !== null && id === named) return { kind: 'proven', domain }
  }
  return { kind: isSilent ? 'unreachable' : 'unproven' }
}

type Proven = { readonly asked: Asked; readonly entraTenant: string; readonly domain: string }

async function keep(
  scope: Scope,
  { asked, entraTenant, domain }: Proven,
  { store, clock }: ConsentDeps,
): Promise<'granted' | 'taken'> {
  return store.transaction(async (trx) => {
    if (await isHeldElsewhere(trx, scope.tenantId, entraTenant)) return 'taken'
    const before = await findConsent(trx, scope.tenantId)
    const now = clock.now()
    await putConsent(trx, {
      tenant_id: scope.tenantId,
      entra_tenant: entraTenant,
      domain,
      client_id: asked.clientId,
      consented_at: now,
      asked_by: asked.askedBy,
    })
    await appendAudit(trx, scope, {
      action: 'entra-consent.granted',
      subject: 'consent at Microsoft',
      before: before === null ? null : { entraTenant: before.entra_tenant, domain: before.domain },
      after: { entraTenant, domain, clientId: asked.clientId },
      at: now,
    })
    return 'granted'
  })
}

/** The cloud's own hosts, unless the operator of the installation named others. */
function endpointsFor({ cloud }: Pick<ProviderAppRow, 'cloud'>, { config }: Pick<ConsentDeps, 'config'>) {
  const own = endpointsOfCloud[cloud]
  const { entraLogin, entraGraph } = config.directories
  return { login: entraLogin ?? own.login, graph: entraGraph ?? own.graph }
}
