// Events of the sandbox: each happens to the small internet and can be ended, leaving it as it was.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Directories, startDirectories } from './directories.ts'
import { createEvents, type EventKind, type Events } from './events.ts'
import { guideSteps } from './guide.ts'
import { startMailHost } from './mail-host.ts'
import { LDAP_ACCOUNT } from './people.ts'
import { startWorld, type World } from './world.ts'
import { ENVIRONMENTS } from './world-zones.ts'

let world: World
let directories: Directories
let events: Events

before(async () => {
  directories = await startDirectories({ certificate: null })
  world = await startWorld({ certificate: null, tenantId: directories.graph.tenantId })
  events = createEvents({ world, directories })
})
after(async () => {
  await world.stop()
  await directories.stop()
})

const isOn = (kind: EventKind) => events.list().find((event) => event.kind === kind)?.isOn
const state = () => ({
  records: world.dns.zones.exportZone(),
  faults: world.dns.faults.list(),
  isDown: world.mailbox().isDown(),
  isLocked: world.isLocked(),
  script: world.outside.rules(),
  people: directories.people
    .list()
    .map(({ name }) => name)
    .toSorted(),
  throttle: directories.graph.faults.throttle,
  password: directories.ldapPassword.value,
  app: directories.graph.app.state,
})

test('what begins and ends leaves the world as it was', async () => {
  for (const record of ['gatepost-verify=abc', 'mx.gatepost.example']) assert.ok(world.publish(record).ok)
  const before = state()
  for (const { kind } of events.list().filter((event) => event.isOn !== null)) {
    assert.equal(isOn(kind), false, kind)
    await events.set(kind, true)
    assert.equal(isOn(kind), true, kind)
    assert.notDeepEqual(state(), before, kind)
    await events.set(kind, false)
    assert.equal(isOn(kind), false, kind)
    assert.deepEqual(state(), before, kind)
  }
})

test('who leaves is gone from every directory, and who comes back has the same id', async () => {
  const { graph, google } = directories
  const inGraph = () => graph.objects.list('users').map(({ mail }) => String(mail))
  const idOf = () => graph.objects.list('users').find(({ mail }) => mail === 'bob@acme.example')?.id
  const id = idOf()
  assert.equal(inGraph().length, 4)
  await events.set('leaver', true)
  assert.ok(!inGraph().includes('bob@acme.example'))
  assert.equal(google.users.size, 3)
  await events.set('leaver', false)
  assert.equal(idOf(), id)
  assert.equal(google.users.size, 4)
})

test('a wave of spam comes from many addresses, once each', async () => {
  const gateway = await startMailHost({ name: 'mx.gatepost.example', certificate: null, proxy: true })
  world.setGateway({ host: gateway.host, port: gateway.port })
  await events.set('spam-wave', true)
  await gateway.waitFor(({ reversePath }) => reversePath === 'offer39@lottery.example', 20_000)
  const clients = new Set(gateway.messages().map(({ clientIp }) => clientIp))
  assert.deepEqual([gateway.total(), clients.size], [40, 20])
  await gateway.stop()
})

test('the guide names what each environment is told', () => {
  const { graph, google } = directories
  const named = {
    'on-premises': ['exchange.acme.example', LDAP_ACCOUNT.password, '198.51.100.25'],
    'microsoft-365': ['acme-example.mail.protection.outlook.com', graph.app.clientId, graph.app.secret],
    hybrid: ['exchange.acme.example', graph.tenantId, '198.51.100.25'],
    'google-workspace': ['smtp.google.com', google.keyJson, google.adminEmail],
  }
  for (const environment of ENVIRONMENTS) {
    world.setEnvironment(environment)
    const steps = guideSteps(world, 'http://localhost:8080/', directories)
    const values = steps.flatMap((step) => step.values ?? []).map(([, value]) => value)
    for (const value of named[environment]) assert.ok(values.includes(value), `${environment}: ${value}`)
    for (const record of steps.flatMap((step) => step.record ?? []))
      assert.ok(world.publish(record).ok, record)
  }
  assert.ok(world.publish('mx.gatepost.example').ok)
  assert.deepEqual(world.dns.zones.get('acme.example', 'MX'), ['10 mx.gatepost.example.'])
})
