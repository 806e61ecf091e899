// Everything that Connect derives its states from, as plain values: what is stored, seen in DNS, and seen in
// mail.
import type { Check, Environment } from '@gatepost/contract/common.ts'
import type { StepName } from '@gatepost/contract/connect.ts'
import type { ConnectorTest } from '@gatepost/contract/directory.ts'
import type { RecipientMode } from '@gatepost/contract/domain.ts'
import type { RouteTest } from '@gatepost/contract/route.ts'
import type { Text } from '@gatepost/contract/sayings.ts'
import type { TlsPartner } from '@gatepost/contract/tls.ts'
import type { MxLook } from '../domain/mx-look.ts'
import type { DomainState } from '../domain/present.ts'
import type { BasicAdministrators } from '../role/basic-administrators.ts'
import type { BypassLook } from './bypass.ts'
import type { ObservedArchive } from './derive-journal.ts'
import type { SpfLook } from './spf-watch.ts'

export type ObservedDomain = {
  readonly id: string
  readonly name: string
  /** A lost one is not the organisation's any more. */
  readonly state: Exclude<DomainState, 'lost'>
  readonly validatedBy: 'txt' | 'cname' | 'parent' | null
  /** What we see of its proof, in a sentence. */
  readonly saw: Text
  /** Whether the last look could not tell. */
  readonly isUnknown: boolean
  readonly checkedAt: number | null
  readonly nextCheckAt: number | null
  readonly recipientMode: RecipientMode
  /** The time of learning has ended and nobody has decided yet. */
  readonly isLearningOver: boolean
  readonly routeId: string | null
  readonly userCount: number
  readonly mx: {
    readonly look: MxLook | null
    readonly leftovers: readonly { readonly exchange: string }[]
    readonly checkedAt: number | null
    readonly nextCheckAt: number | null
  }
  readonly firstInboundSeenAt: number | null
  /** Its SPF record, once mail leaves through here; left out while nobody looks. */
  readonly spf?: ObservedSpf
}

export type ObservedSpf = {
  readonly look: SpfLook
  readonly checkedAt: number
  readonly nextCheckAt: number | null
}

export type ObservedRoute = {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly defaultFor: 'inbound' | 'outbound' | null
  readonly test: RouteTest | null
}

/** A mail host, and what the bypass probe saw of it (C10). */
export type ObservedDoor = {
  readonly host: string
  readonly port: number
  readonly look: BypassLook | null
  readonly checkedAt: number | null
  readonly nextCheckAt: number | null
}

/** A connector of a directory (C2). */
export type ObservedDirectory = {
  readonly id: string
  readonly name: string
  readonly isEnabled: boolean
  /** Its first preview was said yes to. */
  readonly isAccepted: boolean
  /** A preview waits for a yes. */
  readonly isPreviewed: boolean
  readonly test: ConnectorTest | null
  readonly trouble: { readonly saw: string; readonly remedy: string } | null
  readonly lastGoodAt: number | null
  readonly nextRunAt: number | null
  readonly entries: number
}

export type ObservedSignIn = {
  /** Somebody said that the default profile is how people sign in. */
  readonly chosenAt: number | null
  /** Ways of the default profile. */
  readonly password: boolean
  readonly directory: { readonly isThere: boolean; readonly test: SignInTest | null } | null
  readonly providers: readonly {
    readonly name: string
    readonly enabled: boolean
    /** The default profile lets people in by it. */
    readonly isUsed: boolean
    readonly test: SignInTest | null
  }[]
}

type SignInTest = {
  readonly state: 'passed' | 'failed'
  readonly saw: string
  readonly remedy: string | null
  readonly at: number
}

export type Observed = {
  readonly tenant: {
    readonly name: string
    readonly environment: Environment
    readonly inboundOnly: boolean
    readonly contact: string
    /** Who reads mail for postmaster and abuse; null is nobody named. */
    readonly postmaster?: string | null
    readonly createdAt: number
  }
  readonly domains: readonly ObservedDomain[]
  /** Directories that people come from (C2). */
  readonly directories: readonly ObservedDirectory[]
  readonly userCount: number
  readonly routes: readonly ObservedRoute[]
  /** Mail hosts that strangers should not get into (C10, C16). */
  readonly doors: readonly ObservedDoor[]
  readonly outbound: {
    readonly addresses: readonly string[]
    /** Addresses that tried and are not authorised. */
    readonly refused: readonly string[]
    readonly firstSeenAt: number | null
    /** Names of logins of mail hosts. */
    readonly logins: readonly string[]
    readonly clouds: readonly { readonly name: string; readonly isProven: boolean }[]
    /** When mail was seen from own hosts, and from a shared cloud. */
    readonly hostSeenAt: number | null
    readonly cloudSeenAt: number | null
  }
  /** Forwarding addresses (C13). */
  /** Left out where nothing is archived. */
  readonly archive?: ObservedArchive
  readonly forwardings: number
  /** Permitted and blocked senders of users, and when a list was last imported. */
  readonly senders: {
    readonly users: number
    readonly entries: number
    readonly waitingUsers: number
    readonly importedAt: number | null
  }
  /** Services that send as the organisation (C14). */
  readonly spoofing: {
    readonly stopped: readonly string[]
    readonly exempted: readonly string[]
  }
  /** How people sign in (C4). */
  readonly signIn: ObservedSignIn
  /** Partners whose TLS is tested (C15). */
  readonly tls: readonly TlsPartner[]
  /** What the check script read at the mail host last; null before the first time. */
  readonly host?: HostSeen | null
  readonly now?: number
  /** Who helps as basic administrator (C12). */
  readonly administrators: BasicAdministrators
  readonly skipped: ReadonlySet<StepName>
}

/** A report of the check script, judged when it was dropped (C5). */
export type HostSeen = { readonly ranAt: number; readonly checks: readonly Check[] }

/** Names that Exchange Online gives to domains, before July 2026 and since. */
const EXCHANGE_ONLINE = /\.(mail\.protection\.outlook\.com|mx\.microsoft)$/i

/** In a hybrid it depends on where the default route leads. */
export function deliversToExchangeOnline({ tenant, routes }: Pick<Observed, 'tenant' | 'routes'>): boolean {
  if (tenant.environment === 'microsoft-365') return true
  const host = routes.find(({ defaultFor }) => defaultFor === 'inbound')?.host ?? ''
  return tenant.environment === 'hybrid' && EXCHANGE_ONLINE.test(host)
}

/** Domains that mail may be taken for. */
export function validatedOf({ domains }: Pick<Observed, 'domains'>): readonly ObservedDomain[] {
  return domains.filter(({ state }) => state === 'validated' || state === 'temporarily-failing')
}

/** The routes that inbound mail takes, and the validated domains that have none. */
export function inboundRoutesOf(observed: Observed): {
  readonly routes: readonly ObservedRoute[]
  readonly without: readonly string[]
} {
  const fallback = observed.routes.find(({ defaultFor }) => defaultFor === 'inbound') ?? null
  const domains = validatedOf(observed)
  const used = domains.map(({ routeId }) => observed.routes.find(({ id }) => id === routeId) ?? fallback)
  const routes = new Set(
    [...(domains.length === 0 ? [fallback] : []), ...used].filter((route) => route !== null),
  )
  const without = domains.filter((_, index) => used[index] === null).map(({ name }) => name)
  return { routes: [...routes], without }
}
