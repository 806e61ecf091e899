// "What would happen to this message" (P5) says what does happen to it when it comes (decisions 2).
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { explain } from '@gatepost/server/edge/explain.ts'
import { World } from './world.ts'

const ID = 'c0ffee00-0000-4000-8000-000000000001'
const CLOUD = '40.107.1.1'

async function setUp(t: TestContext) {
  const world = new World()
  world.describe(`tenant acme.example: users ann bob; cloud microsoft-365 id=${ID}; spoofing strict`)
  world.describe('tenant other.example: users ann; cloud microsoft-365 id=0ddba11')
  await world.open()
  t.after(() => world.close())
  return async (to: string, lines: readonly string[], from: string | null = 'ann@acme.example') => {
    const content = Buffer.from(`${[...lines, '', 'hello'].join('\r\n')}\r\n`).toString('base64')
    const about = { clientIp: CLOUD, helo: 'mail-x.outbound.protection.outlook.com', draft: null, content }
    const order = { kind: 'explain', id: 'ord_1', tenantId: 'acme', reversePath: from } as const
    const { direction, message } = await explain({ ...order, ...about, forwardPath: to }, world.edge)
    const said = message?.explanation.map(({ policy, because }) => `${policy}: ${because}`) ?? []
    return { direction, kind: message?.kind, said }
  }
}

test('mail of a shared cloud to the organisation itself: without proof it is judged as mail from outside', async (t) => {
  const ask = await setUp(t)
  const { direction, kind, said } = await ask('bob@acme.example', ['From: ann@acme.example'])
  assert.deepEqual([direction, kind], ['inbound', 'reject'])
  assert.ok(said.includes('author-relay: taken-as-inbound'), said.join('; '))
  assert.ok(said.includes('anti-spoofing: spoofing'), said.join('; '))
})

test('the same with proof is mail of the organisation; to others it is deferred without', async (t) => {
  const ask = await setUp(t)
  const proven = await ask('bob@acme.example', [
    'From: ann@acme.example',
    `X-MS-Exchange-CrossTenant-Id: ${ID}`,
  ])
  assert.deepEqual([proven.direction, proven.kind], ['outbound', 'accept'])
  const { direction, kind, said } = await ask('eve@elsewhere.example', ['From: ann@acme.example'])
  assert.deepEqual([direction, kind], ['outbound', 'defer'])
  assert.ok(said.includes('author-relay: cloud-without-proof'), said.join('; '))
})

test('what proves another organisation is not told', async (t) => {
  const ask = await setUp(t)
  const lines = ['From: ann@other.example', 'X-MS-Exchange-CrossTenant-Id: 0ddba11']
  await assert.rejects(ask('eve@elsewhere.example', lines, null), /would not belong to this organisation/)
})

test('a forwarding address says where its mail goes, a bounce of what it sent comes back, and a loop is seen', async (t) => {
  const world = new World()
  world.describe('tenant acme.example: users ann; forward ann@acme.example=ann@home.example')
  await world.open()
  t.after(() => world.close())
  const ask = async (to: string, reversePath: string | null, field: string) => {
    const content = Buffer.from(`From: bob@sender.example\r\n${field}\r\n\r\nhello\r\n`).toString('base64')
    const about = { clientIp: '192.0.2.1', helo: 'mx.sender.example', draft: null, content, reversePath }
    const order = { kind: 'explain', id: 'ord_1', tenantId: 'acme', ...about, forwardPath: to } as const
    const { rcpt, message } = await explain(order, world.edge)
    const steps = [...rcpt.explanation, ...(message?.explanation ?? [])]
    return {
      kinds: [rcpt.kind, message?.kind],
      said: steps.map(({ because, saw }) => `${because} ${saw}`).join('; '),
    }
  }
  const outside = await ask('ann@acme.example', 'bob@mail_1.sender.example', 'Subject: x')
  assert.deepEqual(outside.kinds, ['accept', 'accept'])
  const path = /forwarded-to to ann@home\.example, with reverse-path (SRS0=[^;\s]+)/.exec(outside.said)?.[1]
  assert.ok(path, outside.said)
  const again = await ask('ann@acme.example', 'bob@sender.example', 'X-Gatepost-Forwarded: fwd_0')
  assert.deepEqual(again.kinds, ['accept', 'reject'])
  assert.match(again.said, /forwarding-loop/)
  const bounce = await ask(path, null, 'Subject: x')
  assert.equal(bounce.kinds[0], 'accept')
  assert.match(bounce.said, /bounce-returned to bob@mail_1\.sender\.example/)
  await assert.rejects(ask('ann@acme.example', 'no address', 'Subject: x'), /the sender is no address/)
})

test('from an address of several organisations each is told of its own, and of nobody else’s', async (t) => {
  const world = new World()
  for (const name of ['acme', 'blue'])
    world.describe(`tenant ${name}.example: users ann; authorized 192.0.2.10`)
  await world.open()
  t.after(() => world.close())
  const ask = async (tenantId: string, reversePath: string | null, fields: string | null) => {
    const content = fields === null ? null : Buffer.from(`${fields}\r\n\r\nhello\r\n`).toString('base64')
    const about = { clientIp: '192.0.2.10', helo: 'hosted.example', draft: null, content, reversePath }
    const order = { kind: 'explain', id: 'ord_1', tenantId, ...about, forwardPath: 'eve@elsewhere.example' }
    const { rcpt, message } = await explain(order as Parameters<typeof explain>[0], world.edge)
    return [rcpt.kind, message?.kind]
  }
  const absence = 'From: ann@blue.example\r\nAuto-Submitted: auto-replied'
  assert.deepEqual(await ask('blue', null, absence), ['accept', 'accept'])
  await assert.rejects(ask('acme', null, absence), /would not belong/)
  const forward = 'From: bob@sender.example\r\nResent-From: ann@blue.example'
  assert.deepEqual(await ask('blue', 'bob@sender.example', forward), ['accept', 'accept'])
  await assert.rejects(ask('acme', 'bob@sender.example', forward), /would not belong/)
  assert.deepEqual(await ask('blue', null, null), ['accept', undefined])
  const nobodys = await ask('blue', 'bob@sender.example', 'From: bob@sender.example')
  assert.deepEqual(nobodys, ['accept', 'defer'])
})
