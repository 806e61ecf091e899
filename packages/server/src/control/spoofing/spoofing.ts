// Anti-spoofing as administrators see it: each domain's protection, who outside sends with it, and the way to
// let a service through (F3, F5).
import type { Policy, PolicyDraft, PolicyWithConflicts } from '@gatepost/contract/policy.ts'
import type { SpoofedDomain, Spoofing, SpoofKey, SpoofSource } from '@gatepost/contract/spoofing.ts'
import { known } from '#policy/facts.ts'
import type { DomainSettings, TenantSettings } from '#policy/settings.ts'
import { judgeClaim } from '#policy/spoofing-judge.ts'
import { domainsOf } from '../domain/store.ts'
import { createPolicy, listPolicies, updatePolicy } from '../policy/policy.ts'
import { draftOf, ruleOf } from '../policy/rows.ts'
import { enabledPolicies, findPolicy } from '../policy/store.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { knownServiceOf } from '../service/catalogue.ts'
import type { SpoofSample } from '../tracking/protection-notes.ts'
import { exemptionsFor } from './exemptions.ts'
import { findSource, type SpoofSourceRow, sampleOf, setDismissed, spoofSources } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type SpoofingPolicy = Policy & { readonly type: 'anti-spoofing' }

const DAY_MS = 86_400_000
/** As long as tracking keeps messages, so that the newest one can be opened. */
const SEEN_DAYS = 30
const POLICIES_SHOWN_MAX = 500

export async function getSpoofing(
  scope: Scope,
  query: { readonly dismissed: 'true' | 'false' },
  deps: Deps,
): Promise<Spoofing> {
  const { store, clock } = deps
  const since = clock.now() - SEEN_DAYS * DAY_MS
  const [rows, sources, policies, settings] = await Promise.all([
    domainsOf(store.db, scope.tenantId),
    spoofSources(store.db, scope.tenantId, since),
    listPolicies(scope, { type: 'anti-spoofing', limit: POLICIES_SHOWN_MAX }, deps),
    rulesNow(scope, deps),
  ])
  const shown = policies.items.filter((policy): policy is SpoofingPolicy => policy.type === 'anti-spoofing')
  const validated = rows.filter(({ validated_at }) => validated_at !== null)
  const wanted = sources.filter(({ dismissed_at }) => query.dismissed === 'true' || dismissed_at === null)
  return {
    since,
    domains: validated.map(({ name }) => domainState(name, shown, sources)),
    sources: wanted.map((row) => shownSource(row, settings, clock.now())),
  }
}

/** Services that were stopped or let through, by name; forgers without a name of their own are none (C14). */
export async function spoofingOverview(
  tenantId: string,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<{ readonly stopped: readonly string[]; readonly exempted: readonly string[] }> {
  const now = clock.now()
  const sources = await spoofSources(store.db, tenantId, now - SEEN_DAYS * DAY_MS)
  const services = sources.filter(({ kind, dismissed_at }) => kind !== 'network' && dismissed_at === null)
  if (services.length === 0) return { stopped: [], exempted: [] }
  const settings = await rulesNow({ tenantId }, { store })
  const shown = services.map((row) => shownSource(row, settings, now))
  const named = (states: readonly SpoofSource['state'][]): readonly string[] => [
    ...new Set(shown.filter(({ state }) => states.includes(state)).map(({ name }) => name)),
  ]
  return { stopped: named(['refused', 'would-be-refused']), exempted: named(['exempt']) }
}

/** Refuses, reports or takes mail that uses a domain: changes its policy, or makes one. */
export async function setSpoofing(
  scope: Scope,
  input: {
    readonly domain: string
    readonly action: 'refuse' | 'report' | 'none'
    readonly acceptAligned: boolean
    readonly reason: string
  },
  deps: Deps,
): Promise<PolicyWithConflicts> {
  const { domain, action, acceptAligned, reason } = input
  await requireOwn(scope, domain, deps)
  const { items } = await listPolicies(scope, { type: 'anti-spoofing', limit: POLICIES_SHOWN_MAX }, deps)
  const main = mainPolicyOf(
    domain,
    items.filter((one): one is SpoofingPolicy => one.type === 'anti-spoofing'),
  )
  const option = { action, acceptAligned, spfDomains: [], dkimDomains: [] }
  if (main === null) {
    const draft = { ...draftFor(domain, `Anti-spoofing of ${domain}`), option }
    return createPolicy(scope, { draft, reason }, deps)
  }
  const row = await findPolicy(deps.store.db, scope.tenantId, main.id)
  if (!row) throw problem('not-found')
  const before = draftOf(row) as PolicyDraft & { readonly type: 'anti-spoofing' }
  const draft = { ...before, enabled: true, option: { ...before.option, action, acceptAligned } }
  return updatePolicy(scope, { id: main.id, draft, reason, expected: null }, deps)
}

/** Lets a source through by one policy that asks for what it was recognised by. */
export async function exemptSource(
  scope: Scope,
  input: SpoofKey & {
    readonly by: 'dkim' | 'host' | 'ip' | 'spf'
    readonly value: string
    readonly sender: string | null
    readonly reason: string
  },
  deps: Deps,
): Promise<PolicyWithConflicts> {
  const { domain, by, value, sender, reason } = input
  await requireOwn(scope, domain, deps)
  const service = knownServiceOf(input.source)?.name ?? input.source
  const base = draftFor(domain, `${service} may send as ${sender ?? domain}`.slice(0, 200))
  const draft: PolicyDraft = {
    ...base,
    description: `Made from mail seen from ${input.source}.`,
    from: sender === null ? base.from : { kind: 'address', address: sender },
    sourceIps: by === 'ip' ? [value] : [],
    hostNames: by === 'host' ? [value] : [],
    option: {
      action: 'none',
      acceptAligned: true,
      spfDomains: by === 'spf' ? [value] : [],
      dkimDomains: by === 'dkim' ? [value] : [],
    },
  }
  return createPolicy(scope, { draft, reason }, deps)
}

export async function dismissSource(
  scope: Scope,
  input: SpoofKey & { readonly dismissed: boolean },
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<void> {
  const { domain, kind, source } = input
  const key = { tenantId: scope.tenantId, domain, kind, source }
  if ((await findSource(store.db, key)) === null) throw problem('not-found')
  await store.transaction((trx) => setDismissed(trx, key, input.dismissed ? clock.now() : null))
}

async function requireOwn(scope: Scope, domain: string, { store }: Pick<Deps, 'store'>): Promise<void> {
  const rows = await domainsOf(store.db, scope.tenantId)
  if (rows.some(({ name, validated_at }) => name === domain && validated_at !== null)) return
  throw problem('not-found', `${domain} is no validated domain of yours.`)
}

/** The rules as edges have them, with what the judgement needs beside. */
async function rulesNow(
  scope: Pick<Scope, 'tenantId'>,
  { store }: Pick<Deps, 'store'>,
): Promise<TenantSettings> {
  const [rows, policies] = await Promise.all([
    domainsOf(store.db, scope.tenantId),
    enabledPolicies(store.db, scope.tenantId, ['anti-spoofing']),
  ])
  const domains = rows
    .filter(({ validated_at }) => validated_at !== null)
    .map(({ id, name }): DomainSettings => {
      return { id, name, recipientMode: 'accept-all', unknownRecipient: 'reject', routeId: null }
    })
  return {
    tenantId: scope.tenantId,
    slug: '',
    revision: 0,
    domains,
    authorizedOutbounds: [],
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
    rules: policies.map(ruleOf),
  }
}

/** The policy that stands for a whole domain: no condition, and no exemption. */
function mainPolicyOf(domain: string, policies: readonly SpoofingPolicy[]): SpoofingPolicy | null {
  const whole = policies.filter(
    ({ from, sourceIps, hostNames, option }) =>
      from.kind === 'domain' &&
      from.domain === domain &&
      sourceIps.length + hostNames.length === 0 &&
      (option.action !== 'none' || option.spfDomains.length + option.dkimDomains.length === 0),
  )
  return whole.find(({ state }) => state === 'active') ?? whole[0] ?? null
}

function domainState(
  domain: string,
  policies: readonly SpoofingPolicy[],
  sources: readonly SpoofSourceRow[],
): SpoofedDomain {
  const policy = mainPolicyOf(domain, policies)
  const action = policy?.state === 'active' ? policy.option.action : 'none'
  const own = sources.filter((source) => source.domain === domain)
  const sum = (field: 'refused' | 'reported' | 'accepted'): number =>
    own.reduce((total, row) => total + Number(row[field]), 0)
  return {
    domain,
    state: action === 'refuse' ? 'refuses' : action === 'report' ? 'reports' : 'unprotected',
    policy,
    acceptsAligned: policy?.option.acceptAligned ?? false,
    exemptions: policies.filter((one) => one.id !== policy?.id && isAbout(one, domain)),
    refused: sum('refused'),
    reported: sum('reported'),
    accepted: sum('accepted'),
  }
}

function isAbout({ from, option }: SpoofingPolicy, domain: string): boolean {
  if (option.action !== 'none') return false
  if (from.kind === 'domain') return from.domain === domain || from.domain.endsWith(`.${domain}`)
  return from.kind === 'address' ? from.address.endsWith(`@${domain}`) : true
}

function shownSource(row: SpoofSourceRow, settings: TenantSettings, now: number): SpoofSource {
  const sample = sampleOf(row)
  const { recipient: _recipient, reversePath: _reversePath, ...newest } = sample
  const service = knownServiceOf(row.source)
  const verdict = stateNow(sample, row.domain, settings, now)
  return {
    domain: row.domain,
    kind: row.kind,
    source: row.source,
    name: service?.name ?? row.source,
    catalogue: service?.key ?? null,
    firstSeenAt: Number(row.first_seen_at),
    lastSeenAt: Number(row.last_seen_at),
    accepted: Number(row.accepted),
    refused: Number(row.refused),
    reported: Number(row.reported),
    newest: { ...newest, signers: [...sample.signers] },
    ...verdict,
    exemptions: exemptionsFor(sample, row.domain).map((one) => ({ ...one, warnings: [...one.warnings] })),
    dismissed: row.dismissed_at !== null,
  }
}

/** What the rules of this moment would say of the newest message. */
function stateNow(
  sample: SpoofSample,
  domain: string,
  settings: TenantSettings,
  now: number,
): Pick<SpoofSource, 'state' | 'text' | 'exemptedBy'> {
  const wasListed = sample.because === 'spoofing-spf-listed' || sample.because === 'spoofing-exempt'
  const verdict = judgeClaim(
    { kind: sample.basis, address: sample.sender },
    {
      settings,
      clientIp: sample.ip,
      clientNames: known(sample.hostName === null ? [] : [sample.hostName]),
      to: sample.recipient ?? `postmaster@${domain}`,
      now,
      // SPF of a listed domain was asked when the message came; here its result stands for it.
      listedSpf: sample.spf === 'pass' || wasListed ? [{ domain: sample.spfDomain, result: 'pass' }] : [],
      authentication: {
        spf: sample.spf as 'pass',
        spfDomain: sample.spfDomain,
        spfAligned: false,
        dkim: sample.signers.map((signer) => ({
          domain: signer,
          selector: '',
          result: 'pass',
          aligned: false,
        })),
        dmarc: { result: 'none', policy: null, domain: null },
        arc: 'none',
      },
    },
  )
  const { outcome, because, rule } = verdict
  if (outcome === 'refused' || outcome === 'unsure') {
    return { state: 'refused', text: 'Refused: nothing of the domain vouches for it.', exemptedBy: null }
  }
  if (outcome === 'reported') {
    const text = 'Taken for now, because the policy only reports. It would be refused.'
    return { state: 'would-be-refused', text, exemptedBy: null }
  }
  const isExempt = because === 'spoofing-exempt' || because.endsWith('-listed')
  if (isExempt && rule !== null) {
    return {
      state: 'exempt',
      text: `Let through by ${rule.name}.`,
      exemptedBy: { id: rule.id, name: rule.name },
    }
  }
  const text =
    because === 'spoofing-aligned'
      ? 'Passes: it authenticates as the domain.'
      : 'Passes: no policy is about it.'
  return { state: 'passes', text, exemptedBy: null }
}

function draftFor(domain: string, name: string): PolicyDraft & { readonly type: 'anti-spoofing' } {
  return {
    type: 'anti-spoofing',
    name,
    description: '',
    from: { kind: 'domain', domain },
    to: { kind: 'internal' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    enabled: true,
    option: { action: 'refuse', acceptAligned: true, spfDomains: [], dkimDomains: [] },
  }
}
