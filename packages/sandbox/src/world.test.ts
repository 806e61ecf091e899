// The small internet without a gateway in it: names, hosts, and acting against a host that stands for the
// gateway.
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { after, before, test } from 'node:test'
import { startMailHost } from './mail-host.ts'
import { sendMessage } from './senders.ts'
import { startWorld, type World } from './world.ts'
import { ACTIONS } from './world-actions.ts'

let world: World
let resolver: Resolver

before(async () => {
  world = await startWorld({ certificate: null })
  resolver = new Resolver({ timeout: 60_000, tries: 1 })
  resolver.setServers([world.dns.address])
})
after(() => world.stop())

const exchanges = async (domain: string) =>
  (await resolver.resolveMx(domain)).map((mx) => `${mx.priority} ${mx.exchange}`)
const texts = async (name: string) => (await resolver.resolveTxt(name)).map((strings) => strings.join(''))

test('every outside domain takes mail at its MX on the one port', async () => {
  for (const domain of ['bright.example', 'survey.example', 'phish.example']) {
    const [mx] = await resolver.resolveMx(domain)
    const [host] = await resolver.resolve4(mx!.exchange)
    const forwardPaths = [`someone@${domain}`]
    const message = { helo: 'x.example', reversePath: '', forwardPaths, content: 'Subject: x\r\n\r\n' }
    assert.equal((await sendMessage({ ...message, host: host!, port: world.mxPort })).accepted, true, domain)
  }
  assert.equal(world.outside.total(), 3)
})

test('names of senders lead back to their addresses', async () => {
  for (const [ip, name] of [
    ['203.0.113.10', 'mail.bright.example'],
    ['198.51.100.25', 'mail.acme.example'],
    ['127.0.0.1', 'mx.gatepost.example'],
  ] as const) {
    const reversed = `${ip.split('.').reverse().join('.')}.in-addr.arpa`
    assert.deepEqual(await resolver.resolvePtr(reversed), [name])
    assert.deepEqual(await resolver.resolve4(name), [ip])
  }
})

test('the environment shows in DNS and keeps what was published', async () => {
  assert.deepEqual(await exchanges('acme.example'), ['10 mx.oldhost.example'])
  world.dns.zones.set('acme.example', 'TXT', [...world.dns.zones.get('acme.example', 'TXT'), 'gatepost=1'])
  world.setEnvironment('microsoft-365')
  assert.equal(world.environment(), 'microsoft-365')
  assert.deepEqual(await exchanges('acme.example'), ['0 acme-example.mail.protection.outlook.com'])
  assert.deepEqual(await resolver.resolveCname('autodiscover.acme.example'), ['autodiscover.outlook.com'])
  assert.deepEqual(await texts('acme.example'), [
    'gatepost=1',
    'v=spf1 ip4:198.51.100.25 include:spf.protection.outlook.com -all',
  ])
  world.setEnvironment('hybrid')
  assert.equal(world.environment(), 'hybrid')
  assert.deepEqual(await resolver.resolve4('autodiscover.acme.example'), ['198.51.100.25'])
  world.setEnvironment('google-workspace')
  assert.deepEqual(await exchanges('acme.example'), ['1 smtp.google.com'])
  assert.match((await texts('_spf.google.com')).join(), /^v=spf1 .* ~all$/)
  world.setEnvironment('on-premises')
  assert.deepEqual(await texts('acme.example'), ['gatepost=1', 'v=spf1 ip4:198.51.100.25 -all'])
})

test('publishes records in every form that people paste', async () => {
  const cases: readonly (readonly [paste: string, name: string, expected: string])[] = [
    ['gatepost-verify=abc', 'acme.example', 'gatepost-verify=abc'],
    ['acme.example. 300 IN TXT "gatepost=def"', 'acme.example', 'gatepost=def'],
    ['TXT @ gatepost=ghi', 'acme.example', 'gatepost=ghi'],
    ['@ TXT "gatepost=jkl"', 'acme.example', 'gatepost=jkl'],
    ['TXT _gatepost one two', '_gatepost.acme.example', 'one two'],
    ['v=spf1 include:spf.gatepost.example -all', 'acme.example', 'v=spf1 include:spf.gatepost.example -all'],
  ]
  for (const [paste, name, expected] of cases) {
    const published = world.publish(paste)
    assert.ok(published.ok, paste)
    assert.ok((await texts(name)).includes(expected), paste)
  }
  const spf = (await texts('acme.example')).filter((text) => text.startsWith('v=spf1'))
  assert.deepEqual(spf, ['v=spf1 include:spf.gatepost.example -all'], 'the old SPF record is gone')
  assert.ok(world.publish('acme.example. MX 10 mx.gatepost.example.').ok)
  assert.deepEqual(await exchanges('acme.example'), ['10 mx.gatepost.example'])
  assert.ok(world.publish('code77.acme.example CNAME validate.gatepost.example').ok)
  assert.deepEqual(await resolver.resolveCname('code77.acme.example'), ['validate.gatepost.example'])
  assert.equal(world.publish('acme.example. MX mx.gatepost.example.').ok, false)
  assert.equal(world.publish('  ').ok, false)
})

test('each action reaches the gateway from its address', async () => {
  const gateway = await startMailHost({ name: 'mx.gatepost.example', certificate: null, proxy: true })
  world.setGateway({ host: gateway.host, port: gateway.port })
  for (const action of ACTIONS.filter(({ kind }) => kind !== 'bypass' && kind !== 'outbound-cloud')) {
    const done = await world.act(action.kind, { subject: `about ${action.kind}` })
    assert.equal(done.result.accepted, true, action.kind)
    const message = gateway.messages().find((one) => one.messageId === done.messageId)
    assert.deepEqual(
      [message?.clientIp, message?.helo, message?.reversePath, message?.from, message?.subject],
      [action.sourceIp, action.helo, action.reversePath, action.author, `about ${action.kind}`],
    )
  }
  assert.equal(world.actions()[0]?.kind, ACTIONS.at(-1)?.kind)
  await gateway.stop()
})

test('a cloud sends from its own addresses with what proves the account', async () => {
  const gateway = await startMailHost({ name: 'mx.gatepost.example', certificate: null, proxy: true })
  const inCloud = await startWorld({ certificate: null, tenantId: 'tenant-of-acme' })
  inCloud.setGateway({ host: gateway.host, port: gateway.port })
  for (const [environment, ip, field] of [
    ['microsoft-365', '40.107.22.10', /^X-MS-Exchange-CrossTenant-Id: tenant-of-acme\r$/m],
    ['google-workspace', '209.85.220.41', /^X-Gatepost-Tenant: made by Connect\r$/m],
  ] as const) {
    inCloud.setEnvironment(environment)
    inCloud.setCloudHeader('made by Connect')
    const { messageId } = await inCloud.act('outbound-cloud')
    const message = gateway.messages().find((one) => one.messageId === messageId)
    assert.equal(message?.clientIp, ip)
    assert.match(String(message?.content), field)
  }
  await gateway.stop()
  await inCloud.stop()
})

test('a locked mail host takes the gateway only, by the means of its environment', async () => {
  const canBindElsewhere = world.outside.host !== '127.0.0.1'
  assert.equal((await world.act('bypass')).result.accepted, canBindElsewhere)
  world.setLocked(true)
  const envelope = { helo: 'mx.gatepost.example', reversePath: '', forwardPaths: ['ann@acme.example'] }
  const content = 'Subject: x\r\n\r\n'
  const direct = await sendMessage({ ...envelope, host: world.acme.host, port: world.acme.port, content })
  assert.equal(direct.accepted, true)
  const kept = await world.act('bypass')
  assert.deepEqual([kept.result.accepted, kept.result.replies], [false, []])
  world.setLocked(false)
  world.setEnvironment('microsoft-365')
  world.setLocked(true)
  const refused = await world.act('bypass')
  if (canBindElsewhere) assert.equal(refused.result.replies.at(-2)?.status, '5.7.51')
  world.setLocked(false)
  world.setEnvironment('on-premises')
})

test('every message is journaled with its envelope while an address is set', async () => {
  const gateway = await startMailHost({ name: 'mx.gatepost.example', certificate: null, proxy: true })
  world.setGateway({ host: gateway.host, port: gateway.port })
  world.setJournalAddress('journal-abc@acme.example')
  const { messageId } = await world.act('outbound')
  const report = await gateway.waitFor(
    ({ forwardPaths }) => forwardPaths[0] === 'journal-abc@acme.example',
    5_000,
  )
  assert.equal(report.reversePath, '')
  const text = String(report.content)
  assert.match(text, /Sender: ann@acme\.example\r\n/)
  assert.match(text, /\r\nTo: ben@bright\.example\r\n/)
  const [original] = gateway.messages().filter((one) => one.messageId === messageId)
  assert.ok(text.includes(String(original?.content)), 'the message inside is untouched')
  world.setJournalAddress(null)
  await gateway.stop()
})

test('zones of an earlier run come back', async () => {
  world.dns.zones.set('kept.acme.example', 'TXT', ['still here'])
  const again = await startWorld({ certificate: null, zoneText: world.dns.zones.exportZone() })
  assert.deepEqual(again.dns.zones.get('kept.acme.example', 'TXT'), ['"still here"'])
  assert.deepEqual(again.gatewayEnvironment().GATEPOST_DNS, again.dns.address)
  await again.stop()
})
