// Names written to deceive rules but not readers compare as readers see them (reliability §3 case 28).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEncodedWords } from '@gatepost/mail/encoded-word.ts'
import { nameSkeleton, skeletonOf } from './skeleton.ts'

const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64')

test('case 28: charset tricks show the name that a reader sees', () => {
  const plain = nameSkeleton('Ann Smith')
  const written = [
    '=?utf-8?Q?Ann_?= =?utf-8?Q?Smith?=',
    '=?iso-8859-1*en?Q?Ann_Smith?=',
    `=?utf-16le?B?${base64('Ann Smith', 'utf16le')}?=`,
    `=?utf-8?B?${base64('A\u0000n\u0000n S\u200bmi\u00adth')}?=`,
    `=?iso-2022-jp?B?${base64('\u001b(BAnn\u001b(J Smith\u001b(B', 'latin1')}?=`,
    ...['cp850', 'cp437', 'cp936', 'hz-gb-2312', 'iso-2022-kr', 'iso-2022-cn'].map(
      (charset) => `=?${charset}?Q?Ann_Smith?=`,
    ),
    'Ann\u202e Smith',
  ]
  for (const text of written) assert.equal(nameSkeleton(decodeEncodedWords(text)), plain, text)
})

test('case 28: a charset nobody knows is shown as it was written, and is no exception', () => {
  const text = '=?no-such-charset?Q?Ann_Smith?='
  assert.equal(decodeEncodedWords(text), text)
  assert.notEqual(nameSkeleton(text), nameSkeleton('Ann Smith'))
})

test('a name behind what nobody sees is the name', () => {
  const plain = nameSkeleton('Ann Smith')
  for (const unseen of ['\u200b', '\u00ad', '\u0301', ' \u200b']) {
    assert.equal(nameSkeleton(`${unseen.repeat(2_000)}Ann Smith`), plain, JSON.stringify(unseen))
  }
  assert.equal(skeletonOf('a'.repeat(10_000)).length, 300)
})
