// The sandbox's directory as our own reader meets it is tested by the stories; here are its protocol and
// bounds.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { createPeople, LDAP_ACCOUNT, LDAP_BASE, ldapEntriesOf, NEWCOMER } from '../people.ts'
import { childrenOf, elementAt, encode, encodeNumber, numberOf, TAG, textOf } from './ber.ts'
import { type LdapServer, startLdap } from './server.ts'

const people = createPeople()
let server: LdapServer

before(async () => {
  const account = { names: [LDAP_ACCOUNT.name], password: LDAP_ACCOUNT.password }
  const entries = () => ldapEntriesOf(people)
  server = await startLdap({ base: LDAP_BASE, account, certificate: null, entries })
})
after(() => server.stop())

const text = (value: string): Buffer => encode(TAG.octets, value)
const bind = (name: string, password: string): Buffer =>
  encode(0x60, encodeNumber(TAG.integer, 3), text(name), encode(0x80, password))
const equal = (name: string, value: string): Buffer => encode(0xa3, text(name), text(value))
const present = (name: string): Buffer => encode(0x87, name)

function search(filter: Buffer, options: { readonly base?: string; readonly scope?: number } = {}): Buffer {
  const number = (tag: number, value: number) => encodeNumber(tag, value)
  return encode(
    0x63,
    text(options.base ?? LDAP_BASE),
    number(TAG.enumerated, options.scope ?? 2),
    number(TAG.enumerated, 0),
    number(TAG.integer, 0),
    number(TAG.integer, 0),
    encode(TAG.boolean, Buffer.from([0])),
    filter,
    encode(TAG.sequence, text('mail')),
  )
}

type Answer = {
  readonly tag: number
  readonly code: number | null
  readonly dn: string
  readonly cookie: string
}

/** Says the operations one after the other on one connection; the answers up to the last one's end. */
async function talk(
  operations: readonly { readonly operation: Buffer; readonly controls?: Buffer }[],
): Promise<readonly Answer[]> {
  const socket = connect(server.port, server.host)
  const answers: Answer[] = []
  let waiting: Buffer = Buffer.alloc(0)
  operations.forEach(({ operation, controls }, index) => {
    const parts = [encodeNumber(TAG.integer, index + 1), operation, ...(controls ? [controls] : [])]
    socket.write(encode(TAG.sequence, ...parts))
  })
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    waiting = Buffer.concat([waiting, chunk])
    for (let message = elementAt(waiting, 0); message !== null; message = elementAt(waiting, 0)) {
      const [id, operation, controls] = childrenOf(waiting, message)
      const inside = childrenOf(waiting, operation!)
      const isEntry = operation!.tag === 0x64
      const control =
        controls === undefined ? null : childrenOf(waiting, childrenOf(waiting, controls)[0]!)[1]!
      const cookie =
        control == null ? '' : textOf(waiting, childrenOf(waiting, elementAt(waiting, control.start)!)[1])
      answers.push({
        tag: operation!.tag,
        code: isEntry ? null : numberOf(waiting, inside[0]),
        dn: isEntry ? textOf(waiting, inside[0]) : '',
        cookie,
      })
      const isLast = numberOf(waiting, id) === operations.length && !isEntry
      waiting = waiting.subarray(message.end)
      if (isLast) socket.destroy()
      if (isLast) return answers
    }
  }
  return answers
}

const signIn = { operation: bind(LDAP_ACCOUNT.name, LDAP_ACCOUNT.password) }
const names = (answers: readonly Answer[]): readonly string[] =>
  answers.filter(({ tag }) => tag === 0x64).map(({ dn }) => /CN=([^,]+)/.exec(dn)?.[1] ?? dn)

test('signs in by name and password only, and tells nothing before', async () => {
  const outcomes = async (operation: Buffer) => (await talk([{ operation }])).map(({ code }) => code)
  assert.deepEqual(await outcomes(bind(LDAP_ACCOUNT.name, 'wrong')), [49])
  assert.deepEqual(await outcomes(bind('nobody', LDAP_ACCOUNT.password)), [49])
  assert.deepEqual(await outcomes(search(present('mail'))), [1])
  assert.deepEqual(await outcomes(search(present('mail'), { base: '', scope: 0 })), [null, 0])
})

test('finds by filters as a reader writes them', async () => {
  const person = encode(0xa3, text('objectCategory'), text('person'))
  const cases: readonly (readonly [Buffer, readonly string[]])[] = [
    [encode(0xa0, present('mail'), person), ['Ada Admin', 'Ann Archer', 'Bob Brown', 'Sales']],
    [equal('PROXYADDRESSES', 'smtp:robert@ACME.example'), ['Bob Brown']],
    [encode(0xa1, equal('cn', 'Sales'), equal('cn', 'Ann Archer')), ['Ann Archer', 'Sales']],
    [encode(0xa0, person, encode(0xa2, present('mail'))), ['sync']],
    [
      encode(0xa4, text('mail'), encode(TAG.sequence, encode(0x80, 'an'), encode(0x82, '.example'))),
      ['Ann Archer'],
    ],
    [encode(0xa9, encode(0x81, '1.2.3')), []],
  ]
  for (const [filter, expected] of cases)
    assert.deepEqual(names(await talk([signIn, { operation: search(filter) }])), expected)
  const nowhere = await talk([signIn, { operation: search(present('cn'), { base: 'DC=other' }) }])
  assert.equal(nowhere.at(-1)?.code, 32)
})

test('answers page after page, and follows who joins and leaves', async () => {
  const page = (cookie: string): Buffer => {
    const value = encode(TAG.sequence, encodeNumber(TAG.integer, 2), text(cookie))
    return encode(0xa0, encode(TAG.sequence, text('1.2.840.113556.1.4.319'), encode(TAG.octets, value)))
  }
  const pages = async (): Promise<readonly string[]> => {
    const found: string[] = []
    for (let cookie = ''; ; ) {
      const answers = await talk([
        signIn,
        { operation: search(present('sAMAccountName')), controls: page(cookie) },
      ])
      found.push(...names(answers))
      assert.ok(names(answers).length <= 2)
      cookie = answers.at(-1)?.cookie ?? ''
      if (cookie === '') return found
    }
  }
  assert.deepEqual(await pages(), ['sync', 'Ada Admin', 'Ann Archer', 'Bob Brown', 'Sales'])
  people.join(NEWCOMER)
  people.leave('bob')
  assert.deepEqual(await pages(), ['sync', 'Ada Admin', 'Ann Archer', 'Sales', 'Zoe Zimmer'])
})

test('ends a connection that is no LDAP or never ends', async () => {
  for (const octets of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([0x30, 0x80, 0x00]),
    Buffer.concat([Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(70_000)]),
  ]) {
    const socket = connect(server.port, server.host)
    socket.on('error', () => {})
    socket.write(octets)
    await new Promise((done) => socket.once('close', done))
    assert.ok(socket.destroyed)
  }
})
