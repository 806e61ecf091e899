// What each endpoint is asked with in the tests of the walls: a body it would take, the query it cannot do
// without. An endpoint that needs one and has none here fails the tests.
export const BLOCK = {
  type: 'blocked-senders',
  name: 'Block',
  from: { kind: 'domain', domain: 'spam.example' },
  to: { kind: 'everyone' },
  option: { action: 'block' },
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
  authorizeOutbound: { address: '203.0.113.77' },
  addCredential: { name: 'Other host' },
  setCloud: { enabled: true },
  setSenderLimit: { hourlyRecipients: 10 },
  addForwarding: { address: 'info@acme.example', target: 'info@elsewhere.example' },
  updateForwarding: { comment: 'changed' },
  testForwarding: { address: 'info@acme.example', target: 'ann@acme.example' },
  createTenant: {
    name: 'Third',
    primaryDomain: 'third.example',
    environment: 'other',
    emergencyContact: { name: 'Tom', email: 'tom@third.example' },
  },
}

/** Query parameters that an endpoint cannot do without; the value is a name of a path's id. */
export const queries = new Map([['proposeService', 'message']])
