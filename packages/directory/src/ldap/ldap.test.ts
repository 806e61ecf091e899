// What needs no server: codes of refusals, long groups in ranges, StartTLS answers byte by byte, entries.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LdapEntry, LdapSearch } from './client.ts'
import { externalIdOf, keyOfDn, readEntry } from './entry.ts'
import { refusalFault } from './faults.ts'
import { membersOf } from './reader.ts'
import { resultOf } from './start-tls.ts'

const text = (data: string): string =>
  `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data ${data}, v3839`

test('each refusal has a name, what was seen and what to do', () => {
  for (const [result, said, code, saw] of [
    [49, text('52e'), 'wrong-password', /49\/52e/],
    [49, text('525'), 'no-such-account', /49\/525/],
    [49, text('530'), 'wrong-hour', /49\/530/],
    [49, text('532'), 'password-expired', /49\/532/],
    [49, text('533'), 'account-disabled', /49\/533/],
    [49, text('701'), 'account-expired', /49\/701/],
    [49, text('773'), 'password-must-change', /49\/773/],
    [49, text('775'), 'account-locked', /49\/775/],
    [49, '', 'wrong-password', /result 49/],
    [8, '', 'encryption-required', /result 8/],
    [13, '', 'encryption-required', /result 13/],
    [4, '', 'size-limit', /result 4/],
    [50, '', 'no-rights', /result 50/],
    [1, 'a successful bind must be completed on the connection', 'no-rights', /signed in/],
    [80, 'a\u0000b', 'refused', /result 80: a b/],
  ] as const) {
    const fault = refusalFault('sign-in', { result, text: said })
    assert.equal(fault.code, code)
    assert.match(fault.saw, saw)
    assert.ok(fault.remedy.length > 10)
  }
})

test('a long group is read range by range', async () => {
  const ranges = new Map([
    ['member;range=2-*', entry({ 'member;range=2-3': ['c', 'd'] })],
    ['member;range=4-*', entry({ 'member;range=4-*': ['e'] })],
  ])
  const some = async (_step: string, search: LdapSearch) => [ranges.get(search.attributes[0] ?? '')!]
  assert.deepEqual(await membersOf({ some }, entry({ 'member;range=0-1': ['a', 'b'] })), [
    'a',
    'b',
    'c',
    'd',
    'e',
  ])
  assert.deepEqual(await membersOf({ some }, entry({ member: ['a'] })), ['a'])
})

test('an answer to StartTLS, whole and cut at every byte', () => {
  const answer = Buffer.from('300c02010178070a010004000400', 'hex')
  for (let length = 0; length < answer.length; length += 1)
    assert.equal(resultOf(answer.subarray(0, length)), null, `${length} bytes`)
  assert.equal(resultOf(answer), 0)
  assert.equal(resultOf(Buffer.from('300c02010178070a010204000400', 'hex')), 2)
  assert.equal(resultOf(Buffer.from('485454502f', 'hex')), null)
  assert.equal(resultOf(Buffer.from('3102010a0000', 'hex')), -1)
})

test('an entry: main address, aliases, account, lasting id', () => {
  const person = entry({
    objectclass: ['top', 'person', 'user'],
    mail: ['ann@corp.example'],
    proxyaddresses: [
      'smtp:a@corp.example',
      'SMTP:ann.ng@corp.example',
      'sip:ann@corp.example',
      'X500:/o=corp',
    ],
    displayname: ['Ann Ng'],
    useraccountcontrol: ['514'],
    department: ['Sales'],
  })
  const read = readEntry(person, ['department'])
  assert.deepEqual(
    [read.email, read.aliases, read.signInEnabled, read.kind, read.attributes.get('department')],
    ['ann.ng@corp.example', ['a@corp.example', 'ann@corp.example'], false, 'user', 'Sales'],
  )
  const room = readEntry(entry({ msexchrecipienttypedetails: ['16'], mail: ['room@corp.example'] }), [])
  assert.equal(room.kind, 'resource')
  const guid = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
  const withGuid = { ...person, bytes: new Map([['objectguid', guid]]) }
  assert.equal(externalIdOf(withGuid), '33221100-5544-7766-8899-aabbccddeeff')
  assert.equal(keyOfDn('CN=Ann , OU=Users,DC=corp'), 'cn=ann,ou=users,dc=corp')
})

function entry(values: Readonly<Record<string, readonly string[]>>): LdapEntry {
  return { dn: 'CN=Ann,DC=corp', values: new Map(Object.entries(values)), bytes: new Map() }
}
