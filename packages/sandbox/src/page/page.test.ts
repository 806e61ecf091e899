// The sandbox's page over HTTP: what people press and what tests call, and that nothing from outside becomes
// markup.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { type MailHost, startMailHost } from '../mail-host.ts'
import { sendMessage } from '../senders.ts'
import { startWorld, type World } from '../world.ts'
import { actionsIn } from '../world-actions.ts'
import { type PageServer, startPage } from './server.ts'

let world: World
let page: PageServer
let gateway: MailHost

before(async () => {
  gateway = await startMailHost({ name: 'mx.gatepost.example', certificate: null, proxy: true })
  world = await startWorld({ certificate: null, gateway: { host: gateway.host, port: gateway.port } })
  page = await startPage(world)
})
after(async () => {
  await page.stop()
  await world.stop()
  await gateway.stop()
})

// biome-ignore lint/suspicious/noExplicitAny: each assertion tells the form that it expects
type Json = any
type Answer = { readonly status: number; readonly json: Record<string, Json> }

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
  const response = await fetch(new URL(path, page.url), init)
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

test('the document names every address, action and step', async () => {
  const response = await fetch(page.url)
  const text = await response.text()
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  for (const expected of [
    world.dns.address,
    `exchange.acme.example:${world.acme.port}`,
    'Modify your MX record',
  ]) {
    assert.ok(text.includes(expected), expected)
  }
  for (const action of actionsIn('on-premises'))
    assert.ok(text.includes(`data-send="${action.kind}"`), action.kind)
  for (const file of ['tokens.css', 'style.css', 'parts.css', 'client.js']) {
    assert.equal((await fetch(new URL(file, page.url))).status, 200)
  }
})

test('records are set, shown, refused with a reason and removed', async () => {
  const saved = await call('PUT', '/api/records', {
    name: 'x.acme.example',
    type: 'TXT',
    values: ['one'],
    ttl: 5,
  })
  assert.deepEqual(saved.json.values, ['"one"'])
  assert.deepEqual(world.dns.zones.get('x.acme.example', 'TXT'), ['"one"'])
  const refused = await call('PUT', '/api/records', {
    name: 'x.acme.example',
    type: 'A',
    values: ['1.2'],
    ttl: 5,
  })
  assert.deepEqual([refused.status, refused.json.fault], [400, 'x.acme.example A: not an IPv4 address'])
  assert.match((await call('GET', '/parts')).json.records, /x<wbr|x\.<wbr>acme/)
  await call('DELETE', '/api/records', { name: 'x.acme.example', type: 'TXT' })
  assert.deepEqual(world.dns.zones.get('x.acme.example', 'TXT'), [])
})

test('the guide follows the world', async () => {
  const seen = async () => [...(await call('GET', '/parts')).json.guide.matchAll(/Seen<\/span>/g)].length
  assert.equal(await seen(), 0)
  await call('POST', '/api/publish', { text: 'gatepost-verify=1' })
  assert.equal(await seen(), 1, 'domain')
  gateway.script({ verb: 'RCPT', match: 'nobody@', reply: '550 5.1.1 Invalid Recipient' })
  const refused = await call('POST', '/api/send', { kind: 'unknown-recipient' })
  assert.equal(refused.json.result.accepted, false)
  assert.equal(await seen(), 2, 'recipients')
  await deliver('ben@bright.example', 'ann@acme.example', world.acme)
  assert.equal(await seen(), 3, 'inbound')
  await call('POST', '/api/publish', { text: 'acme.example. MX 10 mx.gatepost.example.' })
  assert.equal(await seen(), 4, 'MX')
  await call('POST', '/api/publish', { text: 'v=spf1 include:spf.gatepost.example -all' })
  await deliver('ann@acme.example', 'ben@bright.example', world.outside)
  assert.equal(await seen(), 5, 'outbound')
})

test('messages can be listed, read with their trace fields, and saved', async () => {
  world.acme.clear()
  await deliver('ben@bright.example', 'ann@acme.example', world.acme)
  const [listed] = (await call('GET', '/api/messages/acme')).json.messages
  assert.equal(listed.subject, 'Hello')
  const message = (await call('GET', `/api/messages/acme/${listed.id}`)).json
  assert.deepEqual(message.traceFields, ['Received: from a.example by b.example'])
  const eml = await fetch(new URL(`/api/messages/acme/${listed.id}.eml`, page.url))
  assert.equal(await eml.text(), message.raw)
  assert.equal((await call('GET', '/api/messages/acme/999999')).status, 404)
  await call('DELETE', '/api/messages/acme')
  assert.equal((await call('GET', '/api/messages/acme')).json.messages.length, 0)
})

test('hosts and names can be broken and mended', async () => {
  assert.equal((await call('PUT', '/api/hosts/acme', { down: true })).json.down, true)
  assert.match((await call('GET', '/parts')).json.mailboxes, /Start host/)
  assert.equal((await call('PUT', '/api/hosts/acme', { down: false })).json.down, false)
  const script = [{ verb: 'RCPT', reply: '451 4.3.0 Later' }]
  assert.deepEqual((await call('PUT', '/api/hosts/outside', { script })).json.script, script)
  world.outside.script()
  await call('PUT', '/api/faults', { name: 'acme.example', kind: 'servfail' })
  assert.deepEqual(world.dns.faults.for('acme.example'), { kind: 'servfail' })
  await call('DELETE', '/api/faults', { name: 'acme.example' })
  assert.equal(world.dns.faults.for('acme.example'), null)
})

test('events, environment and rules are set from the page', async () => {
  const happening = await call('PUT', '/api/events/lock', { on: true })
  assert.deepEqual([happening.json.isOn, world.isLocked()], [true, true])
  await call('PUT', '/api/events/lock', { on: false })
  assert.equal(world.isLocked(), false)
  world.dns.zones.set('acme.example', 'TXT', ['"v=spf1 -all"'])
  const early = await call('PUT', '/api/events/proof-gone', { on: true })
  assert.deepEqual([early.status, early.json.fault.slice(0, 16)], [409, 'nothing happened'])
  assert.equal((await call('PUT', '/api/events/flood', { on: true })).status, 404)
  await call('PUT', '/api/environment', { environment: 'google-workspace' })
  const { json } = await call('GET', '/parts')
  assert.match(json.sends, /data-send="outbound-cloud"/)
  assert.doesNotMatch(json.sends, /data-send="outbound"/)
  assert.equal((await call('PUT', '/api/cloud-header', { value: 'short' })).status, 400)
  await call('PUT', '/api/cloud-header', { value: 'a-value-of-twenty-letters' })
  assert.equal(world.cloudHeader(), 'a-value-of-twenty-letters')
  await call('PUT', '/api/cloud-header', { value: '' })
  assert.equal(world.cloudHeader(), null)
  assert.equal((await call('PUT', '/api/journal', { address: 'no address' })).status, 400)
  assert.equal((await call('PUT', '/api/environment', { environment: 'elsewhere' })).status, 400)
  await call('PUT', '/api/environment', { environment: 'on-premises' })
})

test('what comes from mail and DNS is never markup', async () => {
  const evil = '<img src=x onerror=alert(1)>"\''
  await deliver('x@evil.example', 'ann@acme.example', world.acme, evil)
  world.dns.zones.set('evil.example', 'TXT', [evil])
  await call('POST', '/api/send', { kind: 'partner', subject: evil, to: 'nobody@acme.example' })
  const text = (await (await fetch(page.url)).text()) + JSON.stringify((await call('GET', '/parts')).json)
  assert.ok(text.includes('&#60;img src=x onerror'))
  assert.ok(!text.includes('<img'))
})

test('other sites and names cannot steer it', async () => {
  const foreign = (headers: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const asked = request(new URL('/api/state', page.url), { headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      asked.end()
    })
  assert.equal(await foreign({ host: 'rebound.example:8090' }), 403)
  assert.equal(await foreign({ origin: 'http://evil.example' }), 403)
  assert.equal(await foreign({}), 200)
  assert.equal((await call('POST', '/api/nothing', {})).status, 404)
  assert.equal((await call('POST', '/api/publish', [])).status, 400)
})

async function deliver(reversePath: string, to: string, host: MailHost, subject = 'Hello'): Promise<void> {
  const trace = 'Received: from a.example\r\n by b.example'
  const content = `${trace}\r\nSubject: ${subject}\r\nFrom: ${reversePath}\r\n\r\nHi\r\n`
  const envelope = { helo: 'a.example', reversePath, forwardPaths: [to], content }
  assert.equal((await sendMessage({ ...envelope, host: host.host, port: host.port })).accepted, true)
}
