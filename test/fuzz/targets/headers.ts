// Header fields: they cover every byte, removing them removes only them, and odd texts are decoded without
// exception.
import assert from 'node:assert/strict'
import {
  authorsOf,
  decodeEncodedWords,
  parseHeaderFields,
  removeFields,
  splitMessage,
} from '@gatepost/mail/header.ts'
import type { Target } from '../target.ts'

export const headers: Target = {
  name: 'headers',
  seeds: [
    'From: Ann <a@b.example>\r\nSubject: =?utf-8?q?gr=C3=BCn?= =?utf-8?B?Z3LDvG4=?=\r\n folded\r\n\r\nbody\r\n',
    'From: g: a@b, "c, d" <e@f>;\r\nFROM : x@y\r\n\r\n',
    'Subject: =?iso-2022-jp?B?GyRCJDMbKEI=?=\r\n\r\n',
    '__proto__: x\r\nno field\r\n: y\r\n\r\n',
    '\r\nbody',
    'A: b',
  ],
  words: [
    '\r\n',
    '\r\n\r\n',
    '\r\n ',
    ':',
    'From:',
    '=?utf-8?q?',
    '=?utf-8?b?',
    '?=',
    '=?',
    '"',
    '(',
    '<',
    '>',
    ',',
    '\n',
    '\n\n',
    'constructor: ',
    '=00',
    '\\',
  ],
  check(input) {
    const { headerBytes, bodyOffset } = splitMessage(input)
    assert.ok(
      headerBytes.length <= bodyOffset && bodyOffset <= input.length && bodyOffset - headerBytes.length <= 2,
    )
    const parsed = parseHeaderFields(headerBytes)
    if (!parsed.ok) {
      assert.match(parsed.fault, /^(header-too-big|too-many-fields)$/)
      return
    }
    let at = 0
    for (const field of parsed.value) {
      assert.equal(field.start, at)
      assert.equal(field.raw.length, field.end - field.start)
      assert.doesNotMatch(field.name, /[^!-~]|:/)
      assert.doesNotMatch(field.value, /\n/)
      at = field.end
    }
    assert.equal(at, headerBytes.length)
    checkRemoval(input, parsed.value.length)
    for (const { displayName } of authorsOf(parsed.value)) assert.doesNotMatch(displayName, /[\r\n\0]/)
    decodeEncodedWords(input.toString('latin1'))
  },
}

function checkRemoval(input: Buffer, count: number): void {
  const { headerBytes } = splitMessage(input)
  assert.equal(
    removeFields(input, () => false),
    input,
  )
  const bare = removeFields(input, () => true)
  assert.equal(bare.length, input.length - headerBytes.length)
  let index = 0
  const kept = removeFields(input, () => index++ % 2 === 0)
  assert.equal(index, count)
  assert.ok(kept.length <= input.length)
}
