// What a client says in each mechanism, by the examples of their RFCs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginExchange, ChallengeFault } from './mechanisms.ts'

const said = (octets: Buffer | null | undefined): string | undefined => octets?.toString('utf8')

test('PLAIN says all in one (RFC 4616 §4), LOGIN when it is asked', async () => {
  const tim = { username: 'tim', password: 'tanstaaftanstaaf' }
  const plain = beginExchange('PLAIN', tim)!
  assert.equal(said(plain.initial), '\0tim\0tanstaaftanstaaf')
  assert.throws(() => plain.answer(Buffer.from('more')), ChallengeFault)
  const login = beginExchange('LOGIN', { username: 'jürgen', password: 'pass wörd' })!
  assert.equal(login.initial, null)
  assert.equal(said(await login.answer(Buffer.from('Username:'))), 'jürgen')
  assert.equal(said(await login.answer(Buffer.from('Password:'))), 'pass wörd')
  assert.throws(() => login.answer(Buffer.from('again')), ChallengeFault)
})

test('CRAM-MD5 answers the challenge (RFC 2195 §2), once and never an empty one', async () => {
  const exchange = beginExchange('CRAM-MD5', { username: 'tim', password: 'tanstaaftanstaaf' })!
  assert.throws(() => exchange.answer(Buffer.alloc(0)), ChallengeFault)
  const challenge = Buffer.from('<1896.697170952@postoffice.reston.mci.net>')
  assert.equal(said(await exchange.answer(challenge)), 'tim b913a602c7eda7a495b4e6e7334d3890')
  assert.throws(() => exchange.answer(challenge), ChallengeFault)
})

const NONCE = 'rOprNGfwEbeRWgbNEkqO'
const JOINED = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`
const FIRST = `r=${JOINED},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`
const FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='
const pencil = { username: 'user', password: 'pencil', nonce: NONCE }

test('SCRAM-SHA-256 proves both sides (RFC 7677 §3)', async () => {
  const exchange = beginExchange('SCRAM-SHA-256', pencil)!
  assert.equal(said(exchange.initial), `n,,n=user,r=${NONCE}`)
  const proof = await exchange.answer(Buffer.from(FIRST))
  assert.equal(said(proof), `c=biws,r=${JOINED},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`)
  assert.equal(exchange.isProven(), false)
  assert.equal(said(await exchange.answer(Buffer.from(FINAL))), '')
  assert.equal(exchange.isProven(), true)
})

test('SCRAM refuses hosts that take its nonce away, want few rounds, or know no keys', async () => {
  for (const first of [
    'r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    FIRST.replace('i=4096', 'i=1'),
    FIRST.replace('i=4096', 'i=99999999'),
    FIRST.replace('i=4096', 'i=4096,m=extension'),
    FIRST.replace('s=', 's=!'),
    'e=other-error',
    '',
  ]) {
    const exchange = beginExchange('SCRAM-SHA-256', pencil)!
    await assert.rejects(async () => exchange.answer(Buffer.from(first)), ChallengeFault, first)
  }
  for (const final of [FINAL.replace('v=6', 'v=7'), 'e=invalid-proof', '']) {
    const exchange = beginExchange('SCRAM-SHA-256', pencil)!
    await exchange.answer(Buffer.from(FIRST))
    await assert.rejects(async () => exchange.answer(Buffer.from(final)), ChallengeFault, final)
    assert.equal(exchange.isProven(), false)
  }
})

test('SCRAM writes names as RFC 5802 §5.1 does, and leaves those that it cannot carry', () => {
  const exchange = beginExchange('SCRAM-SHA-256', { username: 'a=b,c', password: 'x', nonce: 'n' })!
  assert.equal(said(exchange.initial), 'n,,n=a=3Db=2Cc,r=n')
  assert.equal(beginExchange('SCRAM-SHA-256', { username: 'a\u0007', password: 'x' }), null)
})
