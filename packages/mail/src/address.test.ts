// Mailboxes and paths: what the envelope takes, and that nothing is ever read as two of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainToASCII } from 'node:url'
import {
  addressKey,
  formatMailbox,
  isSameMailbox,
  type MailboxOptions,
  mailboxOf,
  parseMailbox,
} from './address.ts'
import { formatPath, parseForwardPath, parseReversePath, pathEnd } from './path.ts'

const every: MailboxOptions = { allowUtf8: true, allowLiteral: true, toAscii: domainToASCII }

test('mailboxes are read and written back', () => {
  for (const [text, localPart, domain, written = text] of [
    ['a@b.example', 'a', 'b.example'],
    ['A.b+c@B.Example', 'A.b+c', 'b.example', 'A.b+c@b.example'],
    ["!#$%&'*+-/=?^_`{|}~@x.example", "!#$%&'*+-/=?^_`{|}~", 'x.example'],
    ['"a b"@x.example', 'a b', 'x.example'],
    ['"a@b"@c.example', 'a@b', 'c.example'],
    ['"a\\"b\\\\"@x.example', 'a"b\\', 'x.example'],
    ['"plain"@x.example', 'plain', 'x.example', 'plain@x.example'],
    ['"a..b"@x.example', 'a..b', 'x.example'],
    ['""@x.example', '', 'x.example'],
    ['a@[192.0.2.1]', 'a', '[192.0.2.1]'],
    ['a@[ipv6:2001:DB8:0::1]', 'a', '[IPv6:2001:db8::1]', 'a@[IPv6:2001:db8::1]'],
    ['jörg@example.org', 'jörg', 'example.org'],
    ['jörg@bücher.example', 'jörg', 'xn--bcher-kva.example', 'jörg@xn--bcher-kva.example'],
    [`${'a'.repeat(128)}@b.example`, 'a'.repeat(128), 'b.example'],
  ] as const) {
    const parsed = parseMailbox(text, every)
    assert.deepEqual(parsed, { ok: true, value: { localPart, domain } }, text)
    assert.equal(formatMailbox({ localPart, domain }), written)
    assert.deepEqual(parseMailbox(written, every), parsed, `${written} reads as before`)
  }
})

test('what is no mailbox is refused, with the reason', () => {
  for (const [text, fault] of [
    ['', 'local-part-empty'],
    ['@b', 'local-part-empty'],
    ['a', 'at-missing'],
    ['a@', 'domain-missing'],
    ['.a@b', 'local-part-dots'],
    ['a.@b', 'local-part-dots'],
    ['a..b@c', 'local-part-dots'],
    ['a b@c', 'local-part-character'],
    ['a@b@c', 'domain-character'],
    ['a\r\nb@c', 'local-part-character'],
    ['"a\r\nb"@c', 'local-part-character'],
    ['"a\0"@c', 'local-part-character'],
    ['"a"b@c', 'local-part-character'],
    ['"a@c', 'quoted-string-open'],
    ['a@b.', 'domain-label-empty'],
    ['a@b\r\nRCPT', 'domain-character'],
    ['a(x)@b', 'local-part-character'],
    ['a@[192.0.2.256]', 'literal-syntax'],
    ['a@[IPv6:1::2::3]', 'literal-syntax'],
    ['a@[2001:db8::1]', 'literal-syntax'],
    ['a@[192.0.2.1', 'literal-syntax'],
    ['a@[x:y]', 'literal-syntax'],
    [`${'a'.repeat(129)}@b`, 'local-part-too-long'],
    [`a@${'b.'.repeat(126)}b`, 'mailbox-too-long'],
    [`${'ü'.repeat(65)}@b`, 'local-part-too-long'],
    ['a\u0085b@c', 'local-part-character'],
    ['\u3000a@c', 'local-part-character'],
    ['"a\u202eb"@c', 'local-part-character'],
  ] as const) {
    const parsed = parseMailbox(text, every)
    assert.equal(parsed.ok ? 'taken' : parsed.fault, fault, JSON.stringify(text))
  }
})

test('without options neither literals nor UTF-8 are taken', () => {
  const read = (text: string) => {
    const parsed = parseMailbox(text)
    return parsed.ok ? 'taken' : parsed.fault
  }
  assert.equal(read('a@[192.0.2.1]'), 'literal-not-allowed')
  assert.equal(read('ü@example.org'), 'utf8-not-allowed')
  assert.equal(read('a@bücher.example'), 'utf8-not-allowed')
})

test('keys: decisions on case, quotes and normal form', () => {
  assert.equal(addressKey('Ann@Example.ORG'), 'ann@example.org')
  assert.equal(addressKey('"Ann"@Example.ORG'), 'ann@example.org')
  assert.equal(addressKey({ localPart: 'Ann', domain: 'example.org' }), 'ann@example.org')
  assert.equal(addressKey('jo\u0308rg@example.org'), addressKey('JÖRG@example.org'))
  assert.equal(addressKey('"A b"@Example.ORG'), '"a b"@example.org')
  assert.equal(addressKey('  no address '), 'no address')
  assert.equal(addressKey({ localPart: 'postmaster', domain: '' }), 'postmaster')
  assert.equal(isSameMailbox({ localPart: 'A', domain: 'b' }, { localPart: 'a', domain: 'b' }), true)
  assert.equal(mailboxOf(' a@b.example ')?.domain, 'b.example')
  assert.equal(mailboxOf('a, b@c'), null)
})

test('paths: null, source routes, Postmaster', () => {
  assert.deepEqual(parseReversePath('<>'), { ok: true, value: null })
  assert.deepEqual(parseReversePath('<a@b>'), { ok: true, value: { localPart: 'a', domain: 'b' } })
  assert.deepEqual(parseForwardPath('<@x.example,@y.example:a@b>'), {
    ok: true,
    value: { localPart: 'a', domain: 'b' },
  })
  assert.deepEqual(parseForwardPath('<POSTmaster>'), {
    ok: true,
    value: { localPart: 'postmaster', domain: '' },
  })
  assert.equal(formatPath(null), '<>')
  assert.equal(formatPath({ localPart: 'a>b', domain: 'c' }), '<"a>b"@c>')
  for (const [text, fault] of [
    ['a@b', 'bracket-missing'],
    ['<a@b', 'bracket-missing'],
    ['<a@b> x', 'text-after-path'],
    ['<a@b><c@d>', 'text-after-path'],
    ['<<a@b>>', 'bracket-missing'],
    ['<@x:>', 'local-part-empty'],
    ['<@x,y:a@b>', 'source-route'],
    ['<@:a@b>', 'source-route'],
    ['<@x a@b>', 'source-route'],
    ['< a@b>', 'local-part-character'],
    ['<a@b >', 'domain-character'],
    ['<postmaster>', 'at-missing'],
  ] as const) {
    const parsed = parseReversePath(text)
    assert.equal(parsed.ok ? 'taken' : parsed.fault, fault, text)
  }
  const nullForward = parseForwardPath('<>')
  assert.equal(nullForward.ok ? '' : nullForward.fault, 'null-forward-path')
})

test('a quoted > does not end a path', () => {
  assert.equal(pathEnd('<"a>b"@c> SIZE=1', 0), 9)
  assert.equal(pathEnd('<"a\\">b"@c>', 0), 11)
  assert.equal(pathEnd('<"a>b@c>', 0), -1)
})

test('abuse 13: relay forms give the mailbox RFC 5321 reads, never one of our domain hidden inside', () => {
  const domainOf = (path: string) => {
    const parsed = parseForwardPath(path, every)
    return parsed.ok ? parsed.value.domain : null
  }
  for (const [path, domain] of [
    ['<user%other.example@ours.example>', 'ours.example'],
    ['<@ours.example:user@other.example>', 'other.example'],
    ['<@ours.example,@other.example:user@third.example>', 'third.example'],
    ['<"user@other.example"@ours.example>', 'ours.example'],
    ['<other.example!user@ours.example>', 'ours.example'],
    ['<user@[192.0.2.1]>', '[192.0.2.1]'],
    ['<user@192.0.2.1>', '192.0.2.1'],
    ['<user@OURS.example>', 'ours.example'],
    ['<user@оurs.example>', 'xn--urs-red.example'],
    ['<"user@other.example">', null],
    ['<user@other.example@ours.example>', null],
    ['<user@ours.example.>', null],
    ['<user@>', null],
    ['<@ours.example>', null],
    ['<user@.ours.example>', null],
    ['<user@ours.example,user@other.example>', null],
    ['<user@other.example(ours.example)>', null],
    ['<user@ours.example\\@other.example>', null],
    ['<user@[ours.example]>', null],
    ['<user@ours.example:25>', null],
  ] as const) {
    assert.equal(domainOf(path), domain, path)
  }
})

test('texts are of the mailbox that is asked for, also when many are asked for in turns', () => {
  const mailboxes = Array.from({ length: 9 }, (_, at) => ({
    localPart: `Some One${at}`,
    domain: 'a.example',
  }))
  for (let turn = 0; turn < 3; turn++) {
    for (const [at, mailbox] of mailboxes.entries()) {
      assert.equal(formatMailbox(mailbox), `"Some One${at}"@a.example`)
      assert.equal(addressKey({ ...mailbox }), `"some one${at}"@a.example`)
      assert.equal(addressKey(mailbox), `"some one${at}"@a.example`)
    }
  }
})
