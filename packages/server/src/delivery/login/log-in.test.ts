// AUTH as a client, against hosts that answer as told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Reply, ReplyParser } from '@gatepost/mail/reply.ts'
import { LOGIN_MECHANISMS } from '#policy/settings.ts'
import { type Login, logIn, WRONG_LOGIN } from './log-in.ts'

const PASSWORD = 'S3cret pass'
const ann: Login = {
  key: 'k',
  username: 'ann@x.example',
  mechanisms: LOGIN_MECHANISMS,
  password: () => PASSWORD,
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A host that says its lines one after the other. */
async function tell(offered: readonly string[], lines: readonly string[], login = ann) {
  const parser = new ReplyParser()
  const replies = parser.push(Buffer.from(lines.map((line) => `${line}\r\n`).join('')))
  const written: string[] = []
  const connection = {
    write: (text: string) => void written.push(text.trimEnd()),
    reply: (): Promise<Reply> => {
      const reply = replies.shift()
      return reply ? Promise.resolve(reply) : Promise.reject(new Error('the host says nothing more'))
    },
  }
  const refusal = await logIn(connection, { offered, login, timeoutMs: 100 })
  return { refusal, written }
}

test('the strongest mechanism of both is taken, in the order of the route', async () => {
  const plain = base64(`\0ann@x.example\0${PASSWORD}`)
  assert.deepEqual(await tell(['LOGIN', 'PLAIN', 'XOAUTH2'], ['235 2.7.0 in']), {
    refusal: null,
    written: [`AUTH PLAIN ${plain}`],
  })
  const login = { ...ann, mechanisms: ['LOGIN', 'PLAIN'] as const }
  const asked = ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '235 in']
  assert.deepEqual((await tell(['LOGIN', 'PLAIN'], asked, login)).written, [
    'AUTH LOGIN',
    base64('ann@x.example'),
    base64(PASSWORD),
  ])
})

test('what does not fit the command follows it, and a challenge may have 12,288 octets', async () => {
  const long = { ...ann, password: () => 'p'.repeat(1000) }
  const { refusal, written } = await tell(['PLAIN'], ['334 ', '235 in'], long)
  assert.equal(refusal, null)
  assert.deepEqual(written, ['AUTH PLAIN', base64(`\0ann@x.example\0${'p'.repeat(1000)}`)])
  const challenge = `334 ${base64('c'.repeat(9_000))}`
  assert.equal((await tell(['CRAM-MD5'], [challenge, '235 in'])).refusal, null)
})

test('a mechanism that the host takes back gives way to the next; a wrong password does not', async () => {
  const both = ['CRAM-MD5', 'PLAIN']
  assert.equal((await tell(both, ['504 5.5.4 no', '235 in'])).refusal, null)
  assert.equal((await tell(both, ['534 5.7.9 too weak', '235 in'])).refusal, null)
  assert.equal((await tell(both, ['334 PDFAeD4=', '432 4.7.12 once by PLAIN', '235 in'])).refusal, null)
  const wrong = await tell(both, ['334 PDFAeD4=', '535 5.7.8 no such account'])
  assert.equal(wrong.refusal?.status, WRONG_LOGIN)
  assert.equal(wrong.written.length, 2, 'nothing further was tried')
})

test('every no is transient and says what to do; the password stands in none', async () => {
  const cases: [reply: string, status: string, words: RegExp][] = [
    ['535 5.7.8 authentication failed', '4.7.8', /said 535 5\.7\.8 .*correct user name and password/],
    ['534 5.7.9 application password required', '4.7.9', /534 .*stronger mechanism or a password of its own/],
    ['530 5.7.0 Must issue a STARTTLS command first', '4.7.8', /530/],
    ['538 5.7.11 encryption required', '4.7.11', /let the route ask for TLS/],
    ['454 4.7.0 temporary failure', '4.7.0', /tried again/],
    ['421 4.3.2 closing', '4.7.0', /tried again/],
    ['503 5.5.1 not now', '4.7.8', /503/],
    ['250 2.0.0 fine', '4.7.0', /no answer to AUTH/],
    [
      `535 5.7.8 ${base64(`\0ann@x.example\0${PASSWORD}`)} of ann@x.example: ${PASSWORD}`,
      '4.7.8',
      /\*\*\* of \*\*\*: \*\*\*/,
    ],
  ]
  for (const [reply, status, words] of cases) {
    const { refusal } = await tell(['PLAIN'], [reply])
    assert.equal(refusal?.code, 451, reply)
    assert.equal(refusal.status, status, reply)
    assert.match(refusal.text, words)
    assert.match(refusal.text, /^the login of the delivery route failed: /)
    assert.ok(!refusal.text.includes(PASSWORD) && !refusal.text.includes('ann@x.example'))
  }
})

test('garbage in a challenge is cancelled and told', async () => {
  const cases: [offered: string, lines: string[], words: RegExp][] = [
    ['LOGIN', ['334 Username:', '501 ok'], /broke off LOGIN: its challenge is not base64/],
    ['CRAM-MD5', ['334 PDFAeD4', '501 ok'], /not base64/],
    ['CRAM-MD5', ['334-PDFAeD4=', '334 PDFAeD4=', '501 ok'], /not base64/],
    ['CRAM-MD5', ['334 ', '501 ok'], /challenge is empty/],
    ['PLAIN', ['334 ', '501 ok'], /asks for more/],
    ['SCRAM-SHA-256', ['334 PDFAeD4=', '501 ok'], /not SCRAM/],
  ]
  for (const [offered, lines, words] of cases) {
    const { refusal, written } = await tell([offered], lines)
    assert.match(refusal?.text ?? '', words)
    assert.equal(written.at(-1), '*')
  }
  const yes = await tell(['SCRAM-SHA-256'], ['235 in'])
  assert.match(yes.refusal?.text ?? '', /did not prove/)
})

test('without a mechanism in common or a password nothing is said', async () => {
  const none = await tell([], [])
  assert.match(none.refusal?.text ?? '', /offers no AUTH inside TLS; enter the port/)
  const other = await tell(['GSSAPI', 'NTLM'], [])
  assert.match(other.refusal?.text ?? '', /offers GSSAPI, NTLM alone; turn on one of SCRAM-SHA-256/)
  const sealed = { ...ann, password: () => assert.fail('A secret of route.login_password') }
  const locked = await tell(['PLAIN'], [], sealed)
  assert.match(locked.refusal?.text ?? '', /cannot be opened here; write it again/)
  assert.deepEqual([none.written, other.written, locked.written], [[], [], []])
})
