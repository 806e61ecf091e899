// Names found by their octets are the very names that stand there, whatever else hashes to the same place.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeUtf8 } from './bytes.ts'
import { parseHeaderFields } from './header.ts'
import { knownName } from './header-names.ts'

const found = (text: string) => {
  const octets = encodeUtf8(`>>${text}<<`)
  return knownName(octets, 2, octets.length - 2)
}

test('a usual name is found as written; other spellings and everything else are not', () => {
  for (const name of ['Received', 'From', 'Subject', 'DKIM-Signature', 'ARC-Seal', 'Content-Type']) {
    assert.deepEqual(found(name), { name, nameLower: name.toLowerCase() }, name)
  }
  for (const name of [
    '',
    'f',
    'FROM',
    'Fron',
    'From ',
    'Receive',
    'X-Anything',
    'Süject',
    'DKIM-Signaturf',
  ]) {
    assert.equal(found(name), null, name)
  }
})

test('fields have the name that stands in the octets, found or not', () => {
  const names = ['From', 'FROM', 'from', 'Message-ID', 'Message-Id', 'message-id', 'X-Own-1', 'Date', 'dAte']
  for (let at = 0; at < 2_000; at++) names.push(`X-${(at * 7_919).toString(36)}`)
  for (const name of names) {
    const fields = parseHeaderFields(encodeUtf8(`${name}: one\r\n two\r\n`))
    assert.ok(fields.ok)
    const [field] = fields.value
    assert.deepEqual([field!.name, field!.nameLower, field!.value], [name, name.toLowerCase(), 'one two'])
  }
})
