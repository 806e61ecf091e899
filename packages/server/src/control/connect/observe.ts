// Reads from the store what Connect derives its states from. Looks at nothing itself: the checker does that.
import type { Environment } from '@gatepost/contract/common.ts'
import { say, type Text } from '@gatepost/contract/sayings.ts'
import { normalizeIp } from '@gatepost/mail/ip.ts'
import type { Db } from '#store/open.ts'
import { observeArchive } from '../archive/observe.ts'
import { signInState } from '../auth/sign-in-state.ts'
import { observeDirectories } from '../directory/observe.ts'
import { leftoversOf, MX_LOOK, type MxLook } from '../domain/mx-look.ts'
import { domainOf, domainStateOf } from '../domain/present.ts'
import { outcomeOf } from '../domain/proof.ts'
import { type DomainRow, domainsOf, proofLookOf, userCounts } from '../domain/store.ts'
import { addressesOf } from '../outbound/store.ts'
import { outboundWays } from '../outbound/ways.ts'
import { problem } from '../problem.ts'
import { basicAdministrators } from '../role/basic-administrators.ts'
import { shownTest } from '../route/probe-state.ts'
import { routesOf } from '../route/store.ts'
import type { ControlDeps } from '../scope.ts'
import { countSenders } from '../sender/store.ts'
import { spoofingOverview } from '../spoofing/spoofing.ts'
import { type TenantRow, tenantById } from '../tenant/store.ts'
import { listTlsPartners } from '../tls/partner.ts'
import { type MailObservations, readMailObservations } from '../tracking/mail-observations.ts'
import { lastCommitted } from '../user/import-store.ts'
import { BYPASS_LOOK, type BypassLook, subjectOf } from './bypass.ts'
import { doorsOf } from './doors.ts'
import { hostSeen } from './host-seen.ts'
import { type Observation, observationsNamed } from './observation-store.ts'
import type { Observed, ObservedDomain, ObservedDoor, ObservedRoute } from './observed.ts'
import { SPF_LOOK, type SpfLook } from './spf-watch.ts'
import { countUsers, skippedSteps } from './store.ts'

export type ObserveDeps = Pick<ControlDeps, 'store' | 'clock' | 'config'>

/** Everything about one organisation. Throws `not-found` when it is gone. */
export async function observe(tenantId: string, { store, clock, config }: ObserveDeps): Promise<Observed> {
  const [
    tenant,
    domains,
    counts,
    users,
    routes,
    addresses,
    mail,
    looks,
    skipped,
    senders,
    imported,
    spoofing,
    tls,
    sending,
    signIn,
    directories,
    administrators,
    doors,
  ] = await looksAt(tenantId, { store, clock })
  if (!tenant) throw problem('not-found')
  const { logins, clouds } = sending.ways
  const ways = { addresses: addresses.length, logins: logins.length, clouds: clouds.length }
  const archive = await observeArchive(tenantId, { store, clock }, ways)
  const now = clock.now()
  const { hostname } = config
  const authorised = new Set(addresses.map(({ address }) => address))
  const contextOf = ({ id, name }: DomainRow): DomainContext => {
    return { hostname, now, userCount: counts.get(name) ?? 0, mail, ...looks(id) }
  }
  return {
    tenant: tenantOf(tenant),
    spoofing,
    signIn,
    directories,
    tls: tls.items,
    domains: domains.flatMap((row) => observedDomain(row, contextOf(row))),
    userCount: users,
    routes: routes.map((row) => observedRoute(row, now)),
    doors,
    outbound: { ...outboundOf(mail, authorised), ...sending.ways },
    archive,
    forwardings: sending.forwardings,
    senders: { ...senders, importedAt: imported?.committed_at ?? null },
    administrators,
    skipped,
    host: await hostSeen(store.db, tenantId),
    now,
  }
}

/** All that is read at once, in the order in which it is taken apart. */
function looksAt(tenantId: string, { store, clock }: Pick<ObserveDeps, 'store' | 'clock'>) {
  const { db } = store
  return Promise.all([
    tenantById(db, tenantId),
    domainsOf(db, tenantId),
    userCounts(db, tenantId),
    countUsers(db, tenantId),
    routesOf(db, tenantId),
    addressesOf(db, tenantId),
    readMailObservations(store, tenantId),
    domainLooks(db, tenantId),
    skippedSteps(db, tenantId),
    countSenders(db, tenantId),
    lastCommitted(db, tenantId, 'senders'),
    spoofingOverview(tenantId, { store, clock }),
    listTlsPartners(tenantId, { store, clock }),
    outboundWays(db, tenantId),
    signInState(db, tenantId),
    observeDirectories(tenantId, { store, clock }),
    basicAdministrators(db, tenantId, clock.now()),
    observeDoors(db, tenantId),
  ])
}

/** What was last seen of each domain in DNS. */
async function domainLooks(
  db: Db,
  tenantId: string,
): Promise<(domainId: string) => Pick<DomainContext, 'mx' | 'spf'>> {
  const [mx, spf] = await Promise.all([
    observationsNamed<MxLook | null>(db, tenantId, MX_LOOK),
    observationsNamed<SpfLook | null>(db, tenantId, SPF_LOOK),
  ])
  return (id) => ({ mx: mx.get(id) ?? null, spf: spf.get(id) ?? null })
}

function outboundOf(mail: MailObservations, authorised: ReadonlySet<string>) {
  const firstSeenAt = mail.firstOutbound?.at ?? null
  return { addresses: [...authorised], refused: refusedOf(mail, authorised), firstSeenAt }
}

function observedRoute(row: Awaited<ReturnType<typeof routesOf>>[number], now: number): ObservedRoute {
  const { id, name, host, port, default_for: defaultFor } = row
  return { id, name, host, port, defaultFor, test: shownTest(row, now) }
}

/** The mail hosts with what was last seen of them from elsewhere. */
async function observeDoors(db: Db, tenantId: string): Promise<readonly ObservedDoor[]> {
  const [doors, looks] = await Promise.all([
    doorsOf(db, tenantId),
    observationsNamed<BypassLook | null>(db, tenantId, BYPASS_LOOK),
  ])
  return doors.map(({ host, port }) => {
    const kept = looks.get(subjectOf({ host, port })) ?? null
    const look = kept?.value ?? null
    const checkedAt = look === null ? null : (kept?.checkedAt ?? null)
    return { host, port, look, checkedAt, nextCheckAt: kept?.nextCheckAt ?? null }
  })
}

function tenantOf(tenant: TenantRow): Observed['tenant'] {
  return {
    name: tenant.name,
    environment: tenant.environment as Environment,
    inboundOnly: tenant.inbound_only === 1,
    contact: tenant.contact_email === '' ? '' : `${tenant.contact_name}, ${tenant.contact_email}`,
    postmaster: tenant.postmaster,
    createdAt: tenant.created_at,
  }
}

type DomainContext = {
  readonly hostname: string
  readonly now: number
  readonly userCount: number
  readonly mail: MailObservations
  readonly mx: Observation<MxLook | null> | null
  readonly spf: Observation<SpfLook | null> | null
}

function observedDomain(row: DomainRow, context: DomainContext): ObservedDomain[] {
  const { hostname, now, userCount, mail, mx } = context
  const state = domainStateOf(row, now)
  if (state === 'lost') return []
  const proof = proofLookOf(row)
  const look = mx?.value ?? null
  const observed: ObservedDomain = {
    id: row.id,
    name: row.name,
    state,
    validatedBy: row.validated_by,
    saw: sawOf(row, context),
    isUnknown: proof !== null && outcomeOf(proof).kind === 'unknown',
    checkedAt: row.checked_at,
    nextCheckAt: row.next_check_at,
    recipientMode: row.recipient_mode,
    isLearningOver: row.learning_until !== null && row.learning_until <= now,
    routeId: row.route_id,
    userCount,
    mx: {
      look,
      leftovers: look === null ? [] : leftoversOf(look, hostname),
      checkedAt: look === null ? null : mx!.checkedAt,
      nextCheckAt: mx?.nextCheckAt ?? null,
    },
    firstInboundSeenAt: mail.firstInbound.get(row.name)?.at ?? null,
    ...spfOf(context),
  }
  return [observed]
}

function spfOf({ spf }: DomainContext): Pick<ObservedDomain, 'spf'> {
  const look = spf?.value ?? null
  if (spf === null || look === null) return {}
  return { spf: { look, checkedAt: spf.checkedAt, nextCheckAt: spf.nextCheckAt } }
}

/** What is seen of the record that counts, else of the TXT. */
function sawOf(row: DomainRow, context: DomainContext): Text {
  const [txt, cname] = domainOf(row, context).ownership
  if (row.validated_by === 'parent') return say('domains.parent')
  const { weSee, said } = cname?.state === 'found' ? cname : txt!
  return said?.weSee ?? weSee
}

function refusedOf(mail: MailObservations, authorised: ReadonlySet<string>): string[] {
  const addresses = mail.refusedRelays.map(({ address }) => normalizeIp(address) ?? address)
  return [...new Set(addresses)].filter((address) => !authorised.has(address))
}
