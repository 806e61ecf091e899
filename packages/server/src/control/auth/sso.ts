// Single sign-on from beginning to end: the browser is sent away with a flow of its own, comes back with an
// answer that is checked, and finishes in the same browser. A test does all of it and signs nobody in.
import type { ProviderTest } from '@gatepost/contract/sign-in-settings.ts'
import { createPinnedFetch } from '#platform/pinned-fetch.ts'
import { digestOf, newSecret } from '#platform/random.ts'
import type { DirectoryDeps } from '../directory/kind.ts'
import { targetsOf } from '../directory/target.ts'
import { problem } from '../problem.ts'
import { barOf, tooMany } from './auth.ts'
import { findCandidate, tenantOfAddress } from './candidate.ts'
import { openFor } from './complete.ts'
import type { AuthDeps, OpenedSession, RequestOrigin } from './deps.ts'
import { type OidcChecks, type OidcPlace, oidcRequest, readOidcAnswer } from './oidc.ts'
import { profileFor } from './profile-store.ts'
import { findProvider, keepTest, oursOf, type ProviderRow, placeOfSecret, settingsOf } from './provider.ts'
import { tellRefusal } from './refusal.ts'
import {
  claimedRequestId,
  REQUEST_MS,
  type RequestIds,
  readSamlResponse,
  type SamlPlace,
  samlMetadata,
  samlRequestUrl,
} from './saml.ts'
import { vouchesForOperators } from './settings-store.ts'
import { SsoFault } from './sso-fault.ts'
import { addTicket, takeTicket } from './ticket.ts'

export type SsoDeps = AuthDeps & DirectoryDeps

/** Between the checked answer and the same browser's next request. */
const FINISH_MS = 120_000

/** What a flow is for; bound to one browser by the digest of its cookie. */
type Flow = {
  readonly providerId: string
  readonly browser: string
  /** Where to go on; an address of ours. */
  readonly next: string
  /** Signs nobody in: the outcome is kept with the provider. */
  readonly isTest: boolean
}

export type Started = {
  /** Where the browser goes. */
  readonly url: string
  /** For a cookie that comes back with the answer. */
  readonly browserSecret: string
}

/**
 * Begins at a provider; as a test where `testers` names the organisations that whoever asks may test for.
 * Throws `not-found` for one that is off, but for tests.
 */
export async function startSso(
  input: {
    readonly providerId: string
    readonly next: string
    readonly testers: readonly string[] | null
    readonly from: string
  },
  deps: SsoDeps,
): Promise<Started> {
  const waitSeconds = deps.attempts.spend('look', input.from)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
  const row = await findProvider(deps.store.db, input.providerId)
  const { next, testers } = input
  if (!row || (testers === null ? row.enabled !== 1 : !testers.includes(row.tenant_id)))
    throw problem('not-found')
  const browserSecret = newSecret()
  const isTest = testers !== null
  const flow: Flow = { providerId: row.id, browser: digestOf(browserSecret), next, isTest }
  try {
    return { url: await beginAt(row, flow, deps), browserSecret }
  } catch (error) {
    if (!(error instanceof SsoFault)) throw error
    await tellFault(row, flow, { error, from: input.from }, deps)
    throw problem('not-found', 'The identity provider cannot be reached at the moment. Try again later.')
  }
}

async function beginAt(row: ProviderRow, flow: Flow, deps: SsoDeps): Promise<string> {
  const { store, clock } = deps
  const now = clock.now()
  if (row.kind === 'saml') {
    const ids: RequestIds = {
      save: (id) =>
        addTicket(store.db, { kind: 'saml-request', secret: id, value: flow, now, lifeMs: REQUEST_MS }),
      take: async () => false,
    }
    return samlRequestUrl(samlPlaceOf(row, deps), ids)
  }
  const { url, checks } = await oidcRequest(oidcPlaceOf(row, deps))
  const value = { flow, checks }
  await addTicket(store.db, { kind: 'oidc', secret: checks.state, value, now, lifeMs: REQUEST_MS })
  return url
}

/** Where the browser goes after an answer was looked at. */
export type Answered =
  | { readonly kind: 'finish'; readonly ticket: string }
  | { readonly kind: 'tested'; readonly tenantId: string; readonly providerId: string }
  | { readonly kind: 'refused' }

/**
 * Checks what a SAML provider had the browser post. It may come from anywhere: nothing but the XML counts.
 */
export async function answerSaml(
  input: { readonly providerId: string; readonly response: string; readonly from: string },
  deps: SsoDeps,
): Promise<Answered> {
  const row = await findProvider(deps.store.db, input.providerId)
  if (row?.kind !== 'saml') return { kind: 'refused' }
  const { store, clock } = deps
  let flow: Flow | null = null
  const ids: RequestIds = {
    save: async () => {},
    async take(id) {
      const ticket = await takeTicket(store.db, { kind: 'saml-request', secret: id, now: clock.now() })
      const found = (ticket?.value ?? null) as Flow | null
      if (found?.providerId !== row.id) return false
      flow = found
      return true
    },
  }
  try {
    const address = await readSamlResponse(input.response, samlPlaceOf(row, deps), ids)
    if (flow === null) throw new SsoFault('The answer belongs to no request.', 'Begin at our page.')
    return { kind: 'finish', ticket: await keepAnswer(flow, address, deps) }
  } catch (error) {
    if (!(error instanceof SsoFault)) throw error
    const claimed = claimedRequestId(input.response)
    if (flow === null && claimed !== null) await ids.take(claimed)
    return tellFault(row, flow, { error, from: input.from }, deps)
  }
}

/** Checks what an OpenID provider sent back by the browser's address line. */
export async function answerOidc(
  input: {
    readonly providerId: string
    /** Path and query as asked for. */
    readonly query: string
    readonly browserSecret: string | null
    readonly from: string
  },
  deps: SsoDeps,
): Promise<Answered> {
  const row = await findProvider(deps.store.db, input.providerId)
  if (row?.kind !== 'oidc') return { kind: 'refused' }
  const { store, clock, url } = deps
  const answered = new URL(`${oursOf(url, row.id).redirectUri}${input.query}`)
  const secret = answered.searchParams.get('state') ?? ''
  const ticket = await takeTicket(store.db, { kind: 'oidc', secret, now: clock.now() })
  const value = ticket?.value as { readonly flow: Flow; readonly checks: OidcChecks } | undefined
  // A state of another provider, or of another browser, is none (mix-up, abuse case 60).
  const isOurs = value?.flow.providerId === row.id && isSameBrowser(value.flow, input.browserSecret)
  if (!value || !isOurs) {
    const error = new SsoFault(
      'The answer belongs to no sign-in that is under way in this browser.',
      'Begin the sign-in at our page.',
    )
    return tellFault(row, null, { error, from: input.from }, deps)
  }
  try {
    const address = await readOidcAnswer(answered, value.checks, oidcPlaceOf(row, deps))
    return { kind: 'finish', ticket: await keepAnswer(value.flow, address, deps) }
  } catch (error) {
    if (!(error instanceof SsoFault)) throw error
    return tellFault(row, value.flow, { error, from: input.from }, deps)
  }
}

async function keepAnswer(flow: Flow, address: string, { store, clock }: SsoDeps): Promise<string> {
  const secret = newSecret()
  const value = { flow, address }
  await addTicket(store.db, { kind: 'finish', secret, value, now: clock.now(), lifeMs: FINISH_MS })
  return secret
}

export type Finished =
  | { readonly kind: 'opened'; readonly opened: OpenedSession; readonly next: string }
  | Exclude<Answered, { readonly kind: 'finish' }>

/** Ends in the browser that began: signs in, or keeps the test's outcome. */
export async function finishSso(
  input: {
    readonly ticket: string
    readonly browserSecret: string | null
    readonly replaces: string | null
    readonly origin: RequestOrigin
  },
  deps: SsoDeps,
): Promise<Finished> {
  const { store, clock } = deps
  const ticket = await takeTicket(store.db, { kind: 'finish', secret: input.ticket, now: clock.now() })
  const value = ticket?.value as { readonly flow: Flow; readonly address: string } | undefined
  if (!value || !isSameBrowser(value.flow, input.browserSecret)) return { kind: 'refused' }
  const { flow, address } = value
  const row = await findProvider(store.db, flow.providerId)
  if (!row) return { kind: 'refused' }
  const { from } = input.origin
  try {
    const candidate = await vouchedFor(row, address, { from, isTest: flow.isTest }, deps)
    if (flow.isTest) {
      const saw = `${row.name} vouched for ${candidate.email}.`
      await keepTest(store.db, row, { at: clock.now(), state: 'passed', address, saw, remedy: null })
      return { kind: 'tested', tenantId: row.tenant_id, providerId: row.id }
    }
    const shown = { method: row.id, provider: row.name, factor: null, replaces: input.replaces }
    const opened = await openFor(candidate, shown, input.origin, deps)
    await noteUse(row, deps)
    return { kind: 'opened', opened, next: flow.next }
  } catch (error) {
    if (!(error instanceof SsoFault)) throw error
    return tellFault(row, flow, { error, from, address }, deps)
  }
}

/**
 * Who an address is, where this provider may vouch for it: the address must be in a domain that the
 * provider's own organisation has proved, and be known here. Throws `SsoFault`.
 */
async function vouchedFor(
  row: ProviderRow,
  address: string,
  { from, isTest }: { readonly from: string; readonly isTest: boolean },
  deps: SsoDeps,
) {
  const { db } = deps.store
  const tenantId = await tenantOfAddress(db, address)
  if (tenantId !== row.tenant_id) {
    const saw = `${row.name} vouched for ${address}, whose domain is none of yours.`
    throw new SsoFault(saw, 'Validate the domain, or send another address of the person.')
  }
  const candidate = await findCandidate(db, address)
  if (!candidate) {
    const saw = `${row.name} vouched for ${address}, who is no user here.`
    throw new SsoFault(saw, 'Add the user, or synchronise the directory.')
  }
  // Whoever runs the provider could else become operator of the installation.
  if (candidate.operator && !isTest && !(await vouchesForOperators(db, tenantId))) {
    const saw = `${address} is an operator of the installation, for whom ${row.name} may not vouch.`
    throw new SsoFault(saw, 'An operator may allow it under Sign-in.')
  }
  if (isTest) return candidate
  const profile = await profileFor(db, candidate)
  const barred = barOf(candidate, profile, { from, userAgent: '' })
  if (barred) throw new SsoFault(barred.why, 'Change the profile, or the user.')
  if (!profile.providers.includes(row.id)) {
    const saw = `The profile “${profile.name}” does not let ${address} sign in by ${row.name}.`
    throw new SsoFault(saw, 'Choose the identity provider in the profile.')
  }
  return candidate
}

async function noteUse({ id, tenant_id }: ProviderRow, { store, clock }: SsoDeps): Promise<void> {
  await store.db
    .updateTable('identity_provider')
    .set({ last_used_at: clock.now() })
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .execute()
}

/** A test's fault stands with the provider; that of a sign-in in the audit log. */
async function tellFault(
  row: ProviderRow,
  flow: Flow | null,
  told: { readonly error: SsoFault; readonly from: string; readonly address?: string },
  deps: SsoDeps,
): Promise<Exclude<Answered, { readonly kind: 'finish' }>> {
  const { error, from, address = null } = told
  const { saw, remedy } = error
  if (flow?.isTest) {
    const test: ProviderTest = { at: deps.clock.now(), state: 'failed', address, saw, remedy }
    await keepTest(deps.store.db, row, test)
    return { kind: 'tested', tenantId: row.tenant_id, providerId: row.id }
  }
  const refusal = { tenantId: row.tenant_id, personId: null, name: row.name, from }
  tellRefusal({ ...refusal, email: address ?? `somebody by ${row.name}`, why: `${saw} ${remedy}` }, deps)
  return { kind: 'refused' }
}

function isSameBrowser(flow: Flow, secret: string | null): boolean {
  return secret !== null && digestOf(secret) === flow.browser
}

/** Our metadata for a SAML provider, or null. */
export async function metadataOf(providerId: string, deps: SsoDeps): Promise<string | null> {
  const row = await findProvider(deps.store.db, providerId)
  return row?.kind === 'saml' ? samlMetadata(samlPlaceOf(row, deps)) : null
}

/** A fetch for addresses that administrators enter: never inside our network (abuse case 62). */
export function outwardFetch(deps: DirectoryDeps) {
  return createPinnedFetch(async (host, port) =>
    (await targetsOf(host, port, deps)).map(({ address }) => address),
  )
}

function samlPlaceOf(row: ProviderRow, { url }: SsoDeps): SamlPlace {
  const settings = settingsOf(row)
  if (settings.kind !== 'saml') throw new Error('not a SAML provider')
  const { entityId, acsUrl } = oursOf(url, row.id)
  return { settings, entityId, acsUrl }
}

function oidcPlaceOf(row: ProviderRow, deps: SsoDeps): OidcPlace {
  const settings = settingsOf(row)
  if (settings.kind !== 'oidc') throw new Error('not an OpenID provider')
  return {
    settings,
    secret: row.secret === null ? '' : deps.secrets.open(row.secret, placeOfSecret(row)),
    redirectUri: oursOf(deps.url, row.id).redirectUri,
    fetch: outwardFetch(deps),
    allowHttp: isLoopback(deps.url),
  }
}

/** A console on loopback is a trial or a test: its identity provider may stand there too, without TLS. */
function isLoopback(url: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)
}
