// Mailboxes, domains, ranges: one form each, and the header's reading never sees another domain than the
// envelope's.
import assert from 'node:assert/strict'
import { domainToASCII } from 'node:url'
import { addressKey, formatMailbox, mailboxOf, parseMailbox } from '@gatepost/mail/address.ts'
import { parseAddressList } from '@gatepost/mail/address-list.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { compileIpSet, formatCidr, formatIp, isPrivate, parseCidr, parseIp } from '@gatepost/mail/ip.ts'
import type { Target } from '../target.ts'

const options = { allowUtf8: true, allowLiteral: true, toAscii: domainToASCII }

export const addresses: Target = {
  name: 'addresses',
  seeds: [
    'a@b.example',
    '"a b"@c.example',
    '"a\\"b"@c.example',
    'a@[192.0.2.1]',
    'a@[IPv6:2001:db8::1]',
    'j\xc3\xb6rg@b\xc3\xbccher.example',
    'a.b+c@d.example',
    '192.0.2.1',
    '2001:db8::1',
    '::ffff:192.0.2.1',
    '192.0.2.0/24',
    '2001:db8::/32',
    'b.example',
    'xn--bcher-kva.example',
    'Ann <a@b.example>, "B, C" <c@d.example>',
    'g: a@b.example, c@d.example;',
    'a@b.example (comment (nested))',
  ],
  words: [
    '@',
    '::',
    '"',
    '\\',
    '[',
    ']',
    '.',
    '/0',
    '/32',
    '(x)',
    ' ',
    '<',
    '>',
    ',',
    ';',
    ':',
    '\xc2\xad',
    '\xef\xbc\x8e',
    '\xe3\x80\x82',
    'xn--',
    '\xf0\x9f\x98\x80',
  ],
  check(input) {
    const text = input.toString('utf8')
    checkMailbox(text)
    const domain = parseDomain(text, { toAscii: domainToASCII })
    if (domain.ok) {
      assert.match(domain.value, /^[a-z0-9.-]{1,253}$/)
      assert.deepEqual(parseDomain(domain.value), domain)
    }
    const ip = parseIp(text)
    if (ip.ok) {
      assert.deepEqual(parseIp(formatIp(ip.value)), ip)
      assert.equal(isPrivate(text), isPrivate(formatIp(ip.value)))
    }
    const cidr = parseCidr(text)
    if (cidr.ok) {
      assert.deepEqual(parseCidr(formatCidr(cidr.value)), cidr)
      assert.equal(compileIpSet([text]).has(cidr.value.address), true)
    }
  },
}

function checkMailbox(text: string): void {
  const parsed = parseMailbox(text, options)
  const { entries } = parseAddressList(text, options)
  assert.equal(addressKey(text), addressKey(addressKey(text)))
  for (const { mailbox } of entries) {
    if (mailbox !== null)
      assert.deepEqual(mailboxOf(formatMailbox(mailbox), { ...options, allowUnderscore: true }), mailbox)
  }
  if (!parsed.ok) return
  assert.deepEqual(parseMailbox(formatMailbox(parsed.value), options), parsed)
  assert.equal(addressKey(parsed.value), addressKey(formatMailbox(parsed.value)))
  assert.equal(entries.length, 1)
  assert.deepEqual(entries[0]?.mailbox, parsed.value)
}
