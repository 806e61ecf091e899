// SCRAM-SHA-256 by the example of RFC 7677 §3, and everything a client may not do.
import assert from 'node:assert/strict'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { clientProof, type ScramKeys, scramKeysOf, serverSignature } from '#platform/scram-keys.ts'
import { selfSigned } from '#platform/tls.ts'
import { channelBinding } from './channel-binding.ts'
import { parseClientFinal, parseClientFirst, serverFirst } from './scram.ts'

const SALT = 'W22ZaJ0SNY7soEsUEjb6gQ=='
const CLIENT = 'rOprNGfwEbeRWgbNEkqO'
const SERVER = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'

/** RFC 7677 §3: user "user", password "pencil". */
function example(): ScramKeys {
  const salted = pbkdf2Sync('pencil', Buffer.from(SALT, 'base64'), 4_096, 32, 'sha256')
  const client = createHmac('sha256', salted).update('Client Key').digest()
  return {
    salt: SALT,
    iterations: 4_096,
    storedKey: createHash('sha256').update(client).digest('base64'),
    serverKey: createHmac('sha256', salted).update('Server Key').digest('base64'),
  }
}

test('the exchange of RFC 7677 §3', () => {
  const keys = example()
  const first = parseClientFirst(`n,,n=user,r=${CLIENT}`)
  assert.ok(first)
  assert.equal(first.username, 'user')
  const said = serverFirst(first, SERVER, keys)
  assert.equal(said, `r=${CLIENT}${SERVER},s=${SALT},i=4096`)
  const final = parseClientFinal(
    `c=biws,r=${CLIENT}${SERVER},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    { first, nonce: SERVER, serverFirst: said },
  )
  assert.ok(final)
  const signature = serverSignature(keys, final.authMessage, final.proof)
  assert.equal(signature, '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
})

test('a first message: flags of channel binding, names, extensions', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['n,,n=user,r=abc', 'user'],
    ['y,,n=user,r=abc', null],
    ['p=tls-unique,,n=user,r=abc', null],
    ['p=tls-exporter,,n=user,r=abc', null],
    ['n,a=other,n=user,r=abc', 'user'],
    ['n,,n=a=2Cb=3Dc,r=abc', 'a,b=c'],
    ['n,,n=a=b,r=abc', null],
    ['n,,m=new,n=user,r=abc', null],
    ['n,,n=,r=abc', null],
    ['n,,n=user,r=', null],
    ['n,,n=user,r=a b', null],
    ['n,,n=us\u0000er,r=abc', null],
    ['n,,n=user,r=abc,x=ignored', 'user'],
    ['n=user,r=abc', null],
    ['', null],
  ]
  for (const [text, expected] of cases) assert.equal(parseClientFirst(text)?.username ?? null, expected, text)
})

test('a final message that does not go with the first two proves nothing', () => {
  const keys = scramKeysOf('right')
  const first = parseClientFirst('n,,n=user,r=abc')!
  const said = serverFirst(first, 'XYZ', keys)
  const exchange = { first, nonce: 'XYZ', serverFirst: said }
  const message = (binding: string, nonce: string, password: string) => {
    const withoutProof = `c=${Buffer.from(binding).toString('base64')},r=${nonce}`
    return `${withoutProof},p=${clientProof(password, keys, `${first.bare},${said},${withoutProof}`)}`
  }
  const proves = (text: string) => {
    const final = parseClientFinal(text, exchange)
    return final !== null && serverSignature(keys, final.authMessage, final.proof) !== null
  }
  assert.equal(proves(message('n,,', 'abcXYZ', 'right')), true)
  assert.equal(proves(message('n,,', 'abcXYZ', 'wrong')), false)
  assert.equal(proves(message('y,,', 'abcXYZ', 'right')), false, 'the flag was changed on the way')
  assert.equal(proves(message('n,,', 'abc', 'right')), false)
  assert.equal(proves(message('n,,', 'abcXYZ!', 'right')), false)
  assert.equal(proves('c=biws,r=abcXYZ,p=AAAA'), false)
  assert.equal(proves(`${message('n,,', 'abcXYZ', 'right')}x`), false)
})

test('PLUS: what is bound to another connection proves nothing', () => {
  const keys = scramKeysOf('right')
  const bound = Buffer.from('of this connection')
  for (const name of ['tls-exporter', 'tls-server-end-point'] as const) {
    const first = parseClientFirst(`p=${name},,n=user,r=abc`, true)!
    assert.equal(first.binding, name)
    const said = serverFirst(first, 'XYZ', keys)
    const proves = (theirs: Buffer) => {
      const binding = Buffer.concat([Buffer.from(`p=${name},,`), theirs]).toString('base64')
      const withoutProof = `c=${binding},r=abcXYZ`
      const proof = clientProof('right', keys, `${first.bare},${said},${withoutProof}`)
      const exchange = { first, nonce: 'XYZ', serverFirst: said, bound }
      const final = parseClientFinal(`${withoutProof},p=${proof}`, exchange)
      return final !== null && serverSignature(keys, final.authMessage, final.proof) !== null
    }
    assert.equal(proves(bound), true)
    assert.equal(proves(Buffer.from('of another one')), false)
    assert.equal(proves(Buffer.alloc(0)), false)
  }
  for (const text of ['n,,n=user,r=abc', 'y,,n=user,r=abc', 'p=tls-unique,,n=user,r=abc'])
    assert.equal(parseClientFirst(text, true), null, text)
})

test('both ends of a connection find the same binding, in TLS 1.3 and 1.2', async () => {
  const { certificate: cert, key } = selfSigned('mx.gate.example', Date.now())
  const server = createServer({ cert, key }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
    const arrived = once(server, 'secureConnection') as Promise<[TLSSocket]>
    const versions = { minVersion: version, maxVersion: version } as const
    const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...versions })
    await once(client, 'secureConnect')
    const [socket] = await arrived
    const digest = createHash('sha256').update(client.getPeerX509Certificate()!.raw).digest()
    assert.deepEqual(channelBinding(socket, 'tls-server-end-point'), digest)
    const exported = channelBinding(socket, 'tls-exporter')
    const theirs = client.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
    assert.deepEqual(exported, version === 'TLSv1.3' ? theirs : null)
    client.destroy()
  }
  server.close()
})
