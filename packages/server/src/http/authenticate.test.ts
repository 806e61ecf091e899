// What a stranger cannot choose: the address behind trusted proxies, the cookie by its scheme, and where a
// browser is sent after signing in (abuse case 61).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import { clientAddressOf, sessionCookie, sessionSecretOf } from './authenticate.ts'
import { insideOnly } from './single-sign-on.ts'

type Asked = {
  readonly peer: string
  readonly headers: Readonly<Record<string, string>>
  readonly tls?: boolean
}

async function seen({ peer, headers, tls = false }: Asked, trusted: readonly string[] = []) {
  const app = new Hono()
  app.get('/', (context) => {
    const client = clientAddressOf(context, trusted)
    return context.json({ ...client, session: sessionSecretOf(context, client.secure) })
  })
  const socket = { remoteAddress: peer, ...(tls ? { encrypted: true } : {}) }
  const response = await app.request('http://localhost/', { headers }, { incoming: { socket } })
  return (await response.json()) as { address: string; secure: boolean; session: string | null }
}

const PROXIES = ['10.0.0.0/8']
const chains: readonly (readonly [why: string, peer: string, forwarded: string, address: string])[] = [
  ['nobody is trusted beyond the peer', '192.0.2.1', '203.0.113.7', '192.0.2.1'],
  ['one proxy', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['what the client wrote itself', '10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['two proxies behind one another', '10.0.0.1', '203.0.113.7, 10.0.0.2', '203.0.113.7'],
  ['a client that names a proxy', '10.0.0.1', '10.9.9.9, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
  ['somebody inside', '10.0.0.1', '10.0.0.77, 10.0.0.2', '10.0.0.77'],
  ['no address', '10.0.0.1', 'unknown', '10.0.0.1'],
  ['nothing', '10.0.0.1', '', '10.0.0.1'],
]
for (const [why, peer, forwarded, address] of chains) {
  test(`the client's address: ${why}`, async () => {
    assert.equal((await seen({ peer, headers: { 'x-forwarded-for': forwarded } }, PROXIES)).address, address)
  })
}

test('over TLS a cookie counts that no other host of the domain can set; without TLS the other one', async () => {
  const peer = '192.0.2.1'
  const planted = { cookie: 'gatepost=planted; __Host-gatepost=own' }
  assert.equal((await seen({ peer, headers: planted, tls: true })).session, 'own')
  assert.equal((await seen({ peer, headers: { cookie: 'gatepost=planted' }, tls: true })).session, null)
  assert.equal((await seen({ peer, headers: planted })).session, 'planted')
  const proxied = { ...planted, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
  assert.equal((await seen({ peer: '10.0.0.1', headers: proxied }, PROXIES)).session, 'own')
  for (const secure of [true, false]) {
    const cookie = sessionCookie('own', secure).split(';')[0]!
    assert.equal((await seen({ peer, headers: { cookie }, tls: secure })).session, 'own')
  }
})

const ways: readonly (readonly [next: string | undefined, to: string])[] = [
  [undefined, '/'],
  ['/t/acme/users?search=a&b=c#top', '/t/acme/users?search=a&b=c#top'],
  ['/t/acme/search?q=größe 用', '/t/acme/search?q=gr%C3%B6%C3%9Fe%20%E7%94%A8'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['/\\evil.example/', '/'],
  ['/\t/evil.example/', '/'],
  ['/\r\n/evil.example/', '/'],
  ['/.//evil.example/', '/'],
  ['/t/..//evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['/x\r\nset-cookie: a=b', '/xset-cookie:%20a=b'],
]
for (const [next, to] of ways) {
  test(`after a sign-in ${JSON.stringify(next)} leads to ${to}`, () => {
    assert.equal(insideOnly(next), to)
    assert.equal(new URL(insideOnly(next), 'https://gate.example').origin, 'https://gate.example')
  })
}
