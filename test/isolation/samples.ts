// What each endpoint is asked with in the tests of the walls: a body it would take, the query it cannot do
// without. An endpoint that needs one and has none here fails the tests.
/** A directory that nobody can reach. */
export const DIRECTORY = { kind: 'ldap', host: 'dc1.corp.example', userName: 'sync@corp.example' } as const

import { defaultPasswordRules } from '@gatepost/contract/password.ts'

export const BLOCK = {
  type: 'blocked-senders',
  name: 'Block',
  from: { kind: 'domain', domain: 'spam.example' },
  to: { kind: 'everyone' },
  option: { action: 'block' },
}

const PROFILE = {
  password: true,
  directory: false,
  providers: [],
  secondFactor: 'never',
  graceDays: 0,
  trustedRanges: [],
  permittedRanges: [],
  idleMinutes: 720,
  sessionHours: 168,
}
const PROVIDER = {
  name: 'Login',
  settings: { kind: 'oidc', issuer: 'https://login.acme.example/', clientId: 'gatepost' },
  secret: 'a secret',
}
const SERVICE = {
  name: 'Survey',
  identity: 'dkim',
  value: 'survey.example',
  grants: { permit: true, spoofing: false, displayName: false },
}

/** Bodies that each endpoint would take, so that nothing but the wall refuses. */
export const bodies: { readonly [endpoint: string]: unknown } = {
  updateTenant: { name: 'Renamed' },
  skipStep: { skipped: true },
  addDomain: { name: 'new.example' },
  updateDomain: { recipientMode: 'known' },
  addUser: { email: 'new@acme.example' },
  updateUser: { name: 'Renamed' },
  commitUserImport: { goodRowsOnly: true },
  addSenders: { user: 'ann@acme.example', senders: ['new.example'], action: 'permit' },
  updateSender: { comment: 'changed' },
  removeSenders: { all: true },
  addConnector: { name: 'Corp', settings: DIRECTORY, secret: 'not-theirs' },
  addRoute: { name: 'Other', host: 'host.acme.example' },
  updateRoute: { name: 'Renamed' },
  testRoute: { recipient: 'ann@acme.example' },
  previewPolicy: { draft: BLOCK },
  createPolicy: { draft: BLOCK },
  updatePolicy: { draft: BLOCK },
  enablePolicy: { enabled: false },
  createGroup: { name: 'Partners' },
  updateGroup: { name: 'Renamed' },
  releaseDeferred: { identity: 'spf:sender.example' },
  forgetIdentity: { identity: 'spf:sender.example' },
  setSpoofing: { action: 'report', acceptAligned: true },
  addUnlistedRecipients: { addresses: ['new@acme.example'] },
  dismissUnlistedRecipients: { addresses: ['new@acme.example'] },
  addTlsPartner: { domain: 'partner.example' },
  enforceTlsPartner: { level: 'enforced-strict' },
  importSigningKey: {
    selector: 's1',
    privateKey: `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----`,
  },
  setArc: { seals: 'all', sealers: [] },
  setAutoAllow: { enabled: true, days: 120, samplePercent: 5 },
  authorizeOutbound: { address: '203.0.113.77' },
  addCredential: { name: 'Other host' },
  setCloud: { enabled: true },
  setSenderLimit: { hourlyRecipients: 10 },
  addForwarding: { address: 'info@acme.example', target: 'info@elsewhere.example' },
  updateForwarding: { comment: 'changed' },
  testForwarding: { address: 'info@acme.example', target: 'ann@acme.example' },
  createRole: { name: 'Other', permissions: ['users:read'] },
  updateRole: { name: 'Renamed', permissions: ['users:read'] },
  giveRole: { role: 'read-only' },
  inviteAdministrator: { email: 'new@acme.example', name: 'New', role: 'help-desk' },
  giveGroupRole: { role: 'help-desk' },
  setRetention: { class: 'activity', days: 30 },
  addHold: { address: 'bob@acme.example', reason: 'inquiry' },
  erasePerson: { address: 'ann@acme.example', again: 'ann@acme.example' },
  createToken: { name: 'Other', permissions: ['users:read'] },
  createSystemToken: { name: 'Other', permissions: ['system:read'] },
  inviteOperator: { email: 'mona@msp.example', name: 'Mona', installation: true, tenants: [] },
  setOperator: { installation: false, tenants: [] },
  checkInvitation: { token: 'none' },
  acceptInvitation: { token: 'none' },
  pairAgent: { code: 'none', version: '0.1.0', platform: 'linux x64', hostName: 'helper' },
  agentWork: {
    version: '0.1.0',
    platform: 'linux x64',
    hostName: 'helper',
    waitSeconds: 0,
    status: {
      state: 'idle',
      directory: 'ldaps://dc1.acme.example',
      lastReadAt: null,
      entries: null,
      trouble: null,
      signsIn: false,
    },
  },
  agentAnswer: { result: { kind: 'unavailable', code: 'away', saw: 'The directory is away.' } },
  completePush: { chunks: 0, entries: 0, notListed: [] },
  addAgent: { site: 'Branch' },
  updateAgent: { site: 'Renamed' },
  updatePasswordRules: defaultPasswordRules,
  chooseSignIn: { chosen: true },
  setOperatorVouching: { vouches: true },
  createProfile: { ...PROFILE, name: 'Other' },
  updateProfile: { ...PROFILE, name: 'Renamed' },
  createProvider: PROVIDER,
  updateProvider: PROVIDER,
  enableProvider: { enabled: false },
  testDirectorySignIn: { email: 'ann@acme.example', password: 'wrong' },
  giveAccount: { email: 'ann@acme.example' },
  exemptSpoofSource: {
    domain: 'acme.example',
    kind: 'dkim',
    source: 'survey.example',
    by: 'dkim',
    value: 'survey.example',
  },
  dismissSpoofSource: { domain: 'acme.example', kind: 'dkim', source: 'survey.example', dismissed: true },
  addService: { draft: SERVICE },
  changeUsers: { action: 'disable', users: ['ann@acme.example'] },
  askMessage: { clientIp: '203.0.113.10', forwardPath: 'ann@acme.example' },
  actOnQueue: { action: 'retry', filter: { state: 'queued' } },
  setQueuePause: { routeId: null, paused: true },
  createTenant: {
    name: 'Third',
    primaryDomain: 'third.example',
    environment: 'other',
    emergencyContact: { name: 'Tom', email: 'tom@third.example' },
  },
}

/** Query parameters that an endpoint cannot do without: the name of a path's id, or `name=value`. */
export const queries = new Map([
  ['proposeService', 'message'],
  ['exportPerson', 'address=ann@acme.example'],
])
