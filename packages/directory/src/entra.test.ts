// Entra ID by a server that speaks Graph: whole listings, deltas, throttling, and links that lead astray.
import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import { type GraphServer, startGraph } from '@gatepost/sandbox/graph.ts'
import { createEntraReader } from './entra.ts'
import type { EntraSettings } from './entra-settings.ts'
import { DirectoryFault } from './entry.ts'
import { makeCertificate, readAll, type TestWeb, testWeb } from './web.fixture.ts'

let graph: GraphServer
let web: TestWeb

beforeEach(async () => {
  graph = await startGraph({ pageSize: 3, now: () => web.clockMs })
  web = testWeb()
  fill(graph)
})
const started: GraphServer[] = []
beforeEach(() => started.push(graph))
after(async () => {
  for (const server of started) await server.stop()
})

function fill({ objects, purposes }: GraphServer): void {
  for (const name of ['ann', 'ben', 'cat', 'dan', 'eve'])
    objects.put('users', {
      id: name,
      displayName: name.toUpperCase(),
      mail: `${name}@acme.example`,
      userPrincipalName: `${name}@acme.example`,
      proxyAddresses: [
        `SMTP:${name}@acme.example`,
        `smtp:${name}.alias@acme.example`,
        `SIP:${name}@acme.example`,
      ],
      accountEnabled: true,
      userType: 'Member',
    })
  objects.put('users', { id: 'dan', accountEnabled: false })
  objects.put('users', {
    id: 'info',
    displayName: 'Information',
    mail: 'info@acme.example',
    userPrincipalName: 'info@acme.example',
    proxyAddresses: ['SMTP:info@acme.example'],
    accountEnabled: false,
    userType: 'Member',
    department: 'Front desk',
  })
  purposes.set('info', 'shared')
  objects.put('users', {
    id: 'guest',
    displayName: 'Guest',
    mail: 'guest@else.example',
    userPrincipalName: 'guest_else.example#EXT#@acme.onmicrosoft.com',
    proxyAddresses: [],
    accountEnabled: true,
    userType: 'Guest',
  })
  objects.put('groups', {
    id: 'sales',
    displayName: 'Sales',
    mail: 'sales@acme.example',
    proxyAddresses: ['SMTP:sales@acme.example'],
    groupTypes: ['Unified'],
    mailEnabled: true,
  })
  objects.put('groups', {
    id: 'nested',
    displayName: 'Nested',
    mail: null,
    proxyAddresses: [],
    groupTypes: [],
  })
  objects.setMembers('sales', ['ann', 'nested'])
  objects.setMembers('nested', ['ben'])
  objects.put('contacts', {
    id: 'partner',
    displayName: 'Partner',
    mail: 'partner@acme.example',
    proxyAddresses: ['SMTP:partner@acme.example'],
  })
}

const settingsOf = (server: GraphServer, changes: Partial<EntraSettings> = {}): EntraSettings => ({
  endpoints: { login: server.url, graph: server.url },
  tenant: server.domain,
  clientId: server.app.clientId,
  credential: { kind: 'secret', secret: server.app.secret, expiresAt: null },
  guests: false,
  attributes: [],
  ...changes,
})

const read = (cursor: string | null = null, changes: Partial<EntraSettings> = {}) =>
  readAll(createEntraReader(settingsOf(graph, changes), web), cursor)

const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail('nothing was refused'),
    (error: unknown) => (error instanceof DirectoryFault ? error : assert.fail(String(error))),
  )

describe('a whole listing', () => {
  it('tells people, groups with members and contacts over several pages', async () => {
    const { entries, end } = await read(null, { attributes: ['department', 'not-ours'] })
    assert.deepEqual([...entries.keys()].sort(), [
      'ann',
      'ben',
      'cat',
      'dan',
      'eve',
      'info',
      'nested',
      'partner',
      'sales',
    ])
    const ann = entries.get('ann')
    assert.equal(ann?.email, 'ann@acme.example')
    assert.deepEqual(ann?.aliases, ['ann.alias@acme.example'])
    assert.equal(ann?.userName, 'ann@acme.example')
    assert.equal(ann?.signInEnabled, true)
    assert.equal(entries.get('dan')?.signInEnabled, false)
    assert.equal(entries.get('dan')?.kind, 'user')
    assert.equal(entries.get('info')?.kind, 'shared-mailbox')
    assert.deepEqual([...(entries.get('info')?.attributes ?? [])], [['department', 'Front desk']])
    assert.deepEqual(entries.get('sales')?.members, ['ann', 'nested'])
    assert.equal(entries.get('nested')?.email, null)
    assert.equal(entries.get('partner')?.kind, 'contact')
    assert.equal(end?.mode, 'full')
    assert.match(end?.notListed.join(' ') ?? '', /Dynamic distribution groups.*public folders/s)
  })

  it('reads guests where they are wanted', async () => {
    const { entries } = await read(null, { guests: true })
    assert.equal(entries.get('guest')?.email, 'guest@else.example')
  })

  it('names contacts and purposes when it may not read them', async () => {
    graph.app.roles = ['User.Read.All', 'GroupMember.Read.All']
    const { entries, end } = await read()
    assert.equal(entries.has('partner'), false)
    assert.equal(entries.get('info')?.kind, 'user')
    assert.match(end?.notListed.join(' ') ?? '', /OrgContact\.Read\.All.*MailboxSettings\.Read/s)
  })

  it('signs in by certificate', async () => {
    const pair = makeCertificate()
    graph.app.certificates = [pair.certificatePem]
    web.clockMs = Date.now()
    const { entries } = await read(null, { credential: { kind: 'certificate', ...pair } })
    assert.equal(entries.size, 9)
    graph.app.certificates = [makeCertificate().certificatePem]
    const fault = await faultOf(read(null, { credential: { kind: 'certificate', ...pair } }))
    assert.equal(fault.code, 'unknown-certificate')
  })
})

describe('a delta', () => {
  it('tells what changed, and reads again what came in part', async () => {
    const first = await read()
    graph.objects.put('users', { id: 'ann', displayName: 'Ann Miller' })
    graph.objects.put('users', { id: 'cat', accountEnabled: false })
    graph.objects.remove('users', 'ben', 'changed')
    graph.objects.remove('users', 'eve', 'deleted')
    graph.objects.setMembers('sales', ['nested', 'cat'])
    graph.objects.remove('groups', 'nested', 'deleted')
    const { entries, removed, end } = await read(first.end?.cursor ?? null)
    assert.deepEqual([...entries.keys()].sort(), ['ann', 'cat', 'sales'])
    assert.equal(entries.get('ann')?.name, 'Ann Miller')
    assert.deepEqual(entries.get('ann')?.aliases, ['ann.alias@acme.example'])
    assert.equal(entries.get('cat')?.signInEnabled, false)
    assert.deepEqual(entries.get('sales')?.members, ['nested', 'cat'])
    assert.deepEqual([...removed].sort(), ['ben', 'eve', 'nested'])
    assert.equal(end?.mode, 'delta')
    const third = await read(end?.cursor ?? null)
    assert.equal(third.entries.size + third.removed.length, 0)
  })

  it('tells a restored user again, and one that became a guest as gone', async () => {
    const first = await read()
    graph.objects.remove('users', 'ben', 'changed')
    const second = await read(first.end?.cursor ?? null)
    graph.objects.put('users', { id: 'ben', accountEnabled: true })
    graph.objects.put('users', { id: 'cat', userType: 'Guest' })
    const third = await read(second.end?.cursor ?? null)
    assert.equal(third.entries.get('ben')?.email, 'ben@acme.example')
    assert.deepEqual(third.removed, ['cat'])
  })

  it('begins anew by itself after 410, and tells nothing twice', async () => {
    const first = await read()
    graph.forgetLinks()
    const { entries, end, removed } = await read(first.end?.cursor ?? null)
    assert.equal(end?.mode, 'full')
    assert.equal(entries.size, 9)
    assert.deepEqual(removed, [])
  })

  it('begins anew when guests are switched on', async () => {
    const first = await read()
    const { end, entries } = await read(first.end?.cursor ?? null, { guests: true })
    assert.equal(end?.mode, 'full')
    assert.equal(entries.has('guest'), true)
  })

  it('never follows a delta link of another host out of its cursor', async () => {
    const first = await read()
    const cursor = (first.end?.cursor ?? '').replaceAll(graph.url, 'http://127.0.0.9:9')
    const forged = cursor.replace('[\\"http://127.0.0.9:9\\"', `[\\"${graph.url}\\"`)
    const asked = web.asked.length
    const fault = await faultOf(read(forged))
    assert.equal(fault.code, 'foreign-link')
    assert.equal(
      web.asked.slice(asked).some((host) => host === '127.0.0.9:9'),
      false,
    )
  })
})

describe('a service in trouble', () => {
  it('waits as long as Retry-After says', async () => {
    Object.assign(graph.faults, { throttle: 2, retryAfterSeconds: 7 })
    const { entries } = await read()
    assert.equal(entries.size, 9)
    assert.deepEqual(web.pauses, [7_000, 7_000])
  })

  it('gives up when the rest is too long or never ends, and reports no end', async () => {
    Object.assign(graph.faults, { throttle: 1, retryAfterSeconds: 4_000 })
    assert.equal((await faultOf(read())).code, 'throttled')
    assert.deepEqual(web.pauses, [])
    Object.assign(graph.faults, { throttle: 99, retryAfterSeconds: null })
    assert.equal((await faultOf(read())).code, 'throttled')
    assert.deepEqual(web.pauses, [1_000, 2_000, 4_000, 8_000, 16_000])
  })

  it('asks again after 503 and after a page that broke off', async () => {
    Object.assign(graph.faults, { overload: 1, cut: 1 })
    assert.equal((await read()).entries.size, 9)
  })

  it('renews a token that was withdrawn, once', async () => {
    const reader = createEntraReader(settingsOf(graph), web)
    let pages = 0
    for await (const event of reader.read({ cursor: null, signal: new AbortController().signal })) {
      if (event.kind === 'progress' && pages++ === 0) graph.revokeTokens()
      if (event.kind === 'end') assert.equal(event.mode, 'full')
    }
    const tokens = graph.requests.filter(({ url }) => url.pathname.endsWith('/token'))
    assert.equal(tokens.length, 2)
  })

  it('renews a token before its time is over', async () => {
    graph.app.tokenSeconds = 100
    await read()
    const tokens = graph.requests.filter(({ url }) => url.pathname.endsWith('/token'))
    assert.ok(tokens.length > 2)
  })

  it('never follows a next page to another host (abuse case 70)', async () => {
    const stranger = await startGraph()
    started.push(stranger)
    for (const link of [
      `${stranger.url}/v1.0/users/delta?$skiptoken=1`,
      `${graph.url.replace('http://', 'http://x@')}/v1.0/users/delta?$skiptoken=1`,
      `${graph.url}/beta/users`,
      '//127.0.0.1/v1.0/users',
      'not a link',
    ]) {
      graph.faults.foreignLink = link
      assert.equal((await faultOf(read())).code, 'foreign-link', link)
    }
    assert.deepEqual(stranger.requests, [])
  })

  it('sees a listing that leads in a circle', async () => {
    graph.faults.circle = true
    assert.equal((await faultOf(read())).code, 'strange-answer')
  })

  it('ends when it is told to', async () => {
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await assert.rejects(readAll(createEntraReader(settingsOf(graph), web), null, stop.signal), /enough/)
  })
})

describe('looking up one address', () => {
  it('finds people by any address, groups and contacts', async () => {
    const reader = createEntraReader(settingsOf(graph), web)
    const { signal } = new AbortController()
    assert.equal((await reader.lookUp('Ben.Alias@acme.example', signal))?.externalId, 'ben')
    assert.equal((await reader.lookUp('sales@acme.example', signal))?.kind, 'group')
    assert.equal((await reader.lookUp('partner@acme.example', signal))?.kind, 'contact')
    assert.equal(await reader.lookUp("o'nobody@acme.example", signal), null)
  })
})
