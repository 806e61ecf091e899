// An organisation as Connect observes it, empty and complete, for the tests of what is derived.
import type { RouteTest } from '@gatepost/contract/route.ts'
import type { MxLook } from '../domain/mx-look.ts'
import type { Observed, ObservedDomain, ObservedRoute } from './observed.ts'

export const NOW = Date.UTC(2026, 10, 21)
export const ARCHIVE = {
  enabled: true,
  journalEnabled: true,
  firstReportAt: null,
  lastReportAt: null,
  reports: 0,
  flagged: 0,
  isSilent: false,
  sources: 1,
}

export const tenant = {
  name: 'Acme',
  environment: 'microsoft-365',
  inboundOnly: false,
  contact: 'Anna, anna@acme.example',
  createdAt: NOW,
} as const
export const outbound = {
  addresses: [],
  refused: [],
  firstSeenAt: null,
  logins: [],
  clouds: [],
  hostSeenAt: null,
  cloudSeenAt: null,
}
export const empty: Observed = {
  tenant,
  domains: [],
  directories: [],
  userCount: 0,
  routes: [],
  doors: [],
  outbound,
  forwardings: 0,
  spoofing: { stopped: [], exempted: [] },
  senders: { users: 0, entries: 0, waitingUsers: 0, importedAt: null },
  tls: [],
  signIn: { chosenAt: null, password: true, directory: null, providers: [] },
  administrators: { people: [], invited: [] },
  skipped: new Set(),
}

export function domain(change: Partial<ObservedDomain> = {}): ObservedDomain {
  return {
    id: 'dom_1',
    name: 'acme.example',
    state: 'validated',
    validatedBy: 'txt',
    saw: 'Found at 1 of 1 name server.',
    isUnknown: false,
    checkedAt: NOW,
    nextCheckAt: NOW + 3_600_000,
    recipientMode: 'accept-all',
    isLearningOver: false,
    routeId: null,
    userCount: 0,
    mx: { look: null, leftovers: [], checkedAt: null, nextCheckAt: null },
    firstInboundSeenAt: null,
    ...change,
  }
}

export function mx(outcome: MxLook['outcome'], change: Partial<MxLook> = {}): ObservedDomain['mx'] {
  const look = { servers: [], records: [], ttl: 300, outcome, completeAt: null, misses: 0, ...change }
  return { look, leftovers: [], checkedAt: NOW, nextCheckAt: NOW + 60_000 }
}

export const passed: RouteTest = {
  state: 'done',
  startedAt: NOW,
  checks: [],
  passed: true,
  recipient: 'ann@acme.example',
  arrivedAt: null,
}
export function route(test: RouteTest | null, change: Partial<ObservedRoute> = {}): ObservedRoute {
  return {
    id: 'rte_1',
    name: 'Exchange',
    host: 'mail.acme.example',
    port: 25,
    defaultFor: 'inbound',
    test,
    ...change,
  }
}

export const complete: Observed = {
  ...empty,
  domains: [
    domain({
      recipientMode: 'known',
      userCount: 3,
      mx: mx('complete', { completeAt: NOW }),
      firstInboundSeenAt: NOW,
    }),
  ],
  userCount: 3,
  routes: [route({ ...passed, arrivedAt: NOW })],
  outbound: { ...outbound, addresses: ['198.51.100.25'], firstSeenAt: NOW },
}
