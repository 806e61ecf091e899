// One of everything in an organisation, for the tests of its walls: a new kind of thing is made here.
import assert from 'node:assert/strict'
import { raiseAlert } from '@gatepost/server/control/alert/alert.ts'
import { insertRun as insertContactRun } from '@gatepost/server/control/contacts/store.ts'
import { newRun } from '@gatepost/server/control/directory/job.ts'
import { insertRun } from '@gatepost/server/control/directory/run-store.ts'
import { findConnector } from '@gatepost/server/control/directory/store.ts'
import { newId } from '@gatepost/server/platform/random.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import type { TestControl } from '../control.ts'
import { accepted, batchOf } from '../store/fixtures.ts'
import { fillArchive } from './fill-archive.ts'
import { fillOperator } from './fill-operator.ts'
import { BLOCK, DIRECTORY } from './samples.ts'

/** Where requests of these tests come from. */
export const ENVIRONMENT = { incoming: { socket: { remoteAddress: '192.0.2.99' } } }

/** Gives the organisation one of everything; returns the ids by the names in paths. */
export async function fill(
  control: TestControl,
  tenantId: string,
  cookie: string,
): Promise<{ readonly [name: string]: string }> {
  const app = control.app()
  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const isText = typeof body === 'string'
    const headers = { host: 'localhost', cookie, 'content-type': isText ? 'text/csv' : 'application/json' }
    const init = { method: 'POST', headers, body: isText ? body : JSON.stringify(body) }
    const response = await app.request(`http://localhost/v1/tenants/${tenantId}/${path}`, init, ENVIRONMENT)
    const text = await response.text()
    assert.equal(response.status, 201, `${path}: ${text}`)
    return JSON.parse(text)
  }
  const user = await post('users', { email: 'ann@acme.example', name: 'Ann' })
  const route = await post('routes', { name: 'Exchange', host: 'exchange.acme.example' })
  const outbound = await post('outbound/addresses', { address: '203.0.113.9' })
  const { credential } = await post('outbound/credentials', { name: 'Host' })
  const forwarding = await post('forwarding-addresses', {
    address: 'sales@acme.example',
    target: 'ann@acme.example',
  })
  const signing = await post('signing/acme.example/keys', { algorithms: ['ed25519-sha256'] })
  const preview = await post('users/imports?fileName=users.csv', 'email\nbob@acme.example\n')
  const { items: senders } = await post('senders', {
    user: 'ann@acme.example',
    senders: ['news.example'],
    action: 'permit',
  })
  const [sender] = senders as { id: string }[]
  const senderImport = await post('sender-imports', 'ann@acme.example,partner.example,PERMIT')
  const { policy } = await post('policies', { draft: BLOCK })
  const bulk = await post('users-bulk', { action: 'enable', users: [String(user.id)] })
  const group = await post('groups', { name: 'Friends' })
  const role = await post('roles', { name: 'Desk', permissions: ['users:read'] })
  const invited = await post('invitations', { email: 'nora@acme.example', name: 'Nora', role: 'help-desk' })
  const { holds } = await post('holds', { address: 'eve@acme.example', reason: 'inquiry' })
  const token = await post('tokens', { name: 'Script', permissions: ['users:read'] })
  const { agent } = await post('agents', { site: 'Head office' })
  const connector = await post('directories', { name: 'Corp', settings: DIRECTORY, secret: 'sesame' })
  const held = {
    index: 0,
    forwardPath: 'ann@acme.example',
    explanation: [],
    facts: {},
    held: 'by-policy',
  } as const
  const message = accepted(tenantId, { at: control.deps.clock.now(), recipients: [held] })
  const lesson = await post('spam-lessons', { kind: 'spam', content: 'U3ViamVjdDogT25lDQoNClR3bw0K' })
  const watch = await post('mail-watches', { sender: 'bob@bright.example', tell: 'ann@acme.example' })
  await control.deps.tracking.take(batchOf([message]))
  control.waiting.set(`${tenantId} ${message.id}`, Buffer.from('Subject: Offer\r\n\r\nHello.\r\n'))
  const domain = await acrossTenants(control.deps.store.db)
    .selectFrom('domain')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const [address] = outbound.addresses as { id: string }[]
  return {
    domain: domain.id,
    user: String(user.id),
    route: String(route.id),
    import: String(preview.id),
    bulk: String(bulk.id),
    sender: sender?.id ?? '',
    senderImport: String(senderImport.id),
    address: address?.id ?? '',
    credential: (credential as { readonly id: string }).id,
    forwarding: String(forwarding.id),
    key: (signing.keys as { readonly id: string }[])[0]?.id ?? '',
    provider: 'microsoft-365',
    warning: 'aud_unknown',
    policy: (policy as { readonly id: string }).id,
    group: String(group.id),
    message: message.id,
    watch: String(watch.id),
    lesson: String(lesson.id),
    role: String(role.id),
    hold: (holds as { readonly id: string }[])[0]?.id ?? '',
    invitation: (invited.invitation as { readonly id: string }).id,
    token: String(token.id),
    connector: String(connector.id),
    contactRun: await collected(control, tenantId),
    run: await runOf(control, tenantId, String(connector.id)),
    agent: (agent as { readonly id: string }).id,
    person: await somebodyIn(control, tenantId),
    account: await somebodyIn(control, tenantId),
    alert: await alertIn(control, tenantId),
    ...(await fillArchive(control, tenantId)),
    ...(await fillOperator(control, tenantId, post)),
    step: 'validate-domains',
    name: 'acme.example',
  }
}

async function alertIn({ deps }: TestControl, tenantId: string): Promise<string> {
  const alert = {
    tenantId,
    kind: 'route-down',
    subject: 'exchange.acme.example',
    severity: 'critical',
    text: 'It takes no mail.',
    remedy: 'Look at it.',
    link: '/t/acme/routes',
  } as const
  return deps.store.transaction((trx) => raiseAlert(trx, alert, deps.clock.now()))
}

async function somebodyIn({ deps }: TestControl, tenantId: string): Promise<string> {
  const row = await deps.store.db
    .selectFrom('role_binding')
    .select('person_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'super')
    .executeTakeFirstOrThrow()
  return row.person_id
}

/** A collection of contacts that has ended. */
async function collected({ deps }: TestControl, tenantId: string): Promise<string> {
  const now = deps.clock.now()
  const id = newId('ctr', now)
  await deps.store.transaction((trx) =>
    insertContactRun(trx, {
      id,
      tenant_id: tenantId,
      source: 'gateway',
      state: 'complete',
      settings: JSON.stringify({ source: 'gateway', since: null }),
      secret: null,
      rules: '{}',
      until: now,
      started_at: now,
      started_by: 'Anna',
      finished_at: now,
      active_ms: 0,
      parts: 0,
      part_index: 0,
      cursor: null,
      part_title: '',
      part_seen: 0,
      part_total: null,
      seen: 0,
      left_out: JSON.stringify({ automatic: 0, foreign: 0, old: 0, mailing: 0 }),
      skipped: 0,
      waiting: null,
      why: null,
      remedy: null,
    }),
  )
  return id
}

async function runOf({ deps }: TestControl, tenantId: string, connectorId: string): Promise<string> {
  const row = await findConnector(deps.store.db, tenantId, connectorId)
  assert.ok(row)
  const scope = { tenantId, actor: { kind: 'system', name: 'test' }, from: 'internal' } as const
  const run = newRun({ scope, row, trigger: 'person', isPreview: true, now: deps.clock.now() })
  await deps.store.transaction((trx) => insertRun(trx, { ...run, state: 'previewed' }))
  return run.id
}
