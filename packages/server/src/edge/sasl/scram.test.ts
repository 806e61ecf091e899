// SCRAM-SHA-256 by the example of RFC 7677 §3, and everything a client may not do.
import assert from 'node:assert/strict'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { test } from 'node:test'
import { clientProof, type ScramKeys, scramKeysOf, serverSignature } from '#platform/scram-keys.ts'
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
    ['y,,n=user,r=abc', 'user'],
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
  const first = parseClientFirst('y,,n=user,r=abc')!
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
  assert.equal(proves(message('y,,', 'abcXYZ', 'right')), true)
  assert.equal(proves(message('y,,', 'abcXYZ', 'wrong')), false)
  assert.equal(proves(message('n,,', 'abcXYZ', 'right')), false, 'the flag was changed on the way')
  assert.equal(proves(message('y,,', 'abc', 'right')), false)
  assert.equal(proves(message('y,,', 'abcXYZ!', 'right')), false)
  assert.equal(proves('c=eSws,r=abcXYZ,p=AAAA'), false)
  assert.equal(proves(`${message('y,,', 'abcXYZ', 'right')}x`), false)
})
