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
