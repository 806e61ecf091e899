// isemail's addresses: the envelope takes what RFC 5321 has and refuses what is wrong; every other
// difference stands here with its reason.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainToASCII } from 'node:url'
import { parseMailbox } from '@gatepost/mail/address.ts'
import { parseAddressList } from '@gatepost/mail/address-list.ts'
import { encodeUtf8 } from '@gatepost/mail/bytes.ts'
import { parseCommand } from '@gatepost/mail/command.ts'
import { readTestdata, skipWithout } from './testdata.ts'

type Case = {
  readonly id: string
  readonly address: string
  readonly category: string
  readonly diagnosis: string
}

const skip = skipWithout('addresses', 'isemail-tests.xml')
const cases: readonly Case[] = skip
  ? []
  : readCases(readTestdata('addresses', 'isemail-tests.xml').toString())

/** What RFC 5321 has: valid, valid with unusual elements, and valid but without a DNS record. */
const VALID = new Set(['ISEMAIL_VALID_CATEGORY', 'ISEMAIL_RFC5321', 'ISEMAIL_DNSWARN'])

/** Diagnoses outside those categories that the envelope takes, and why. */
const TAKEN_ON_PURPOSE = new Map([
  ['ISEMAIL_RFC5322_LOCAL_TOOLONG', 'RFC 5321 §4.5.3.1.1: 64 octets must be taken, more may be'],
  ['ISEMAIL_RFC5321_IPV6DEPRECATED', 'RFC 4291 §2.2: :: may stand for one group'],
])

test('the suite is complete', { skip }, () => {
  assert.equal(cases.length, 164)
})

test('envelope: all errors refused, all RFC 5321 addresses taken', { skip }, () => {
  for (const { id, address, category, diagnosis } of cases) {
    const expected = VALID.has(category) || TAKEN_ON_PURPOSE.has(diagnosis)
    assert.equal(isTaken(address), expected, `test ${id}: ${JSON.stringify(address)} ${diagnosis}`)
  }
})

test('MAIL and RCPT take the same addresses as the mailbox parser', { skip }, () => {
  for (const { id, address } of cases) {
    for (const command of ['MAIL FROM', 'RCPT TO']) {
      const line = encodeUtf8(`${command}:<${address}>`)
      const read = parseCommand(line, { smtpUtf8: true, toAscii: domainToASCII })
      const isNullPath = address === '' && command === 'MAIL FROM'
      assert.equal(
        read.ok,
        isTaken(address) || isNullPath,
        `test ${id}: ${command} ${JSON.stringify(address)}`,
      )
    }
  }
})

test('abuse 20: header lists see the domain the envelope sees, or none', { skip }, () => {
  for (const { id, address } of cases) {
    const envelope = parseMailbox(address, { allowUtf8: true, allowLiteral: true, toAscii: domainToASCII })
    const seen = parseAddressList(address).entries
    if (envelope.ok) assert.deepEqual(seen[0]?.mailbox, envelope.value, `test ${id}: ${address}`)
    for (const { mailbox } of seen)
      if (mailbox !== null) assert.doesNotMatch(mailbox.domain, /[\s()<>,;:"\\](?![0-9a-f:.]*\]$)/i)
  }
})

function isTaken(address: string): boolean {
  return parseMailbox(address, { allowUtf8: false, allowLiteral: true, toAscii: domainToASCII }).ok
}

/** Reads the fields of each test; control characters are written as U+2400 and above. */
function readCases(xml: string): Case[] {
  return [...xml.matchAll(/<test id="(\d+)">(.*?)<\/test>/gs)].map(([, id, body]) => {
    const field = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(body!)?.[1] ?? ''
    return {
      id: id!,
      address: decodeXml(field('address')),
      category: field('category'),
      diagnosis: field('diagnosis'),
    }
  })
}

function decodeXml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
    .replace(/[\u2400-\u241f]/g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) - 0x2400))
}
