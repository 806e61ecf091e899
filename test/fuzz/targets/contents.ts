// Content of every kind that is looked into: messages, archives, documents. Whatever it is, the answer comes
// within the budget, and never as an exception.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { decodedBody, leaves, parseMime, textOf } from '@gatepost/mail/mime.ts'
import { INSPECTION_LIMITS } from '@gatepost/server/facts/screening/budget.ts'
import { inspectContent } from '@gatepost/server/facts/screening/inspect.ts'
import {
  cabinet,
  rarFive,
  rarFour,
  sevenZipPacked,
  sevenZipPlain,
} from '../../../packages/server/src/facts/screening/archives.fixture.ts'
import { letterWith, zipOf } from '../../../packages/server/src/facts/screening/zip.fixture.ts'
import type { Target } from '../target.ts'

const files = [{ name: 'run.exe', data: 'MZ' }]
const archives = [
  rarFive(files),
  rarFour(files),
  sevenZipPlain,
  sevenZipPacked,
  cabinet,
  zipOf(files),
  gzipSync('MZ'),
]
const LIMITS = { ...INSPECTION_LIMITS, files: 500, unpackedOctets: 4 * 1_048_576 }

export const contents: Target = {
  name: 'contents',
  seeds: [...archives, letterWith(zipOf(files), 'a.zip')].map((octets) => octets.toString('latin1')),
  words: [
    ...['\x00', '\xff', '\x80', '\xff\xff\xff\xff', 'PK\x01\x02', 'PK\x03\x04', 'Rar!\x1a\x07', 'MSCF'],
    ...['--b\r\n', '--b--\r\n', 'Content-Type: multipart/mixed; boundary=b\r\n', '=?utf-8?B?', '"', '('],
    ...['Content-Transfer-Encoding: base64\r\n', 'begin 644 a.exe\r\n', "name*0*=utf-8''x;", '\r\n\r\n'],
    ...['charset=utf-7', 'charset=iso-2022-jp', 'Content-Type: message/rfc822\r\n', '\x1b$B', '&#0;'],
  ],
  check(input) {
    // As a message of its own, and as the file in a sound one.
    for (const octets of [input, letterWith(input, 'file.bin')]) {
      const mime = parseMime(octets)
      for (const leaf of leaves(mime.root)) {
        assert.ok(
          leaf.start >= 0 && leaf.start <= leaf.end && leaf.end <= octets.length,
          'a part lies within',
        )
        assert.ok(decodedBody(octets, leaf, 1000).octets.length <= 1000)
        assert.equal(typeof textOf(octets, leaf, 100_000), 'string')
      }
      const { attachments, unchecked } = inspectContent(octets, mime, LIMITS)
      assert.ok(attachments.files <= LIMITS.files && attachments.findings.length <= 100)
      assert.ok(unchecked.length <= attachments.findings.length)
    }
  },
}
