// The lists of archives, read without a message around them: whatever a header claims, the answer is bounded
// and lies within the octets.
import assert from 'node:assert/strict'
import { listCabinet } from '@gatepost/server/facts/screening/cabinet.ts'
import { listRar } from '@gatepost/server/facts/screening/rar.ts'
import { listSevenZip } from '@gatepost/server/facts/screening/seven-zip.ts'
import { readTar } from '@gatepost/server/facts/screening/tar.ts'
import { readZip, zipMemberOctets } from '@gatepost/server/facts/screening/zip.ts'
import {
  cabinet,
  hiddenRarFive,
  rarFive,
  rarFour,
  sevenZipHidden,
  sevenZipPacked,
  sevenZipPlain,
  sevenZipSecret,
} from '../../../packages/server/src/facts/screening/archives.fixture.ts'
import { zipOf } from '../../../packages/server/src/facts/screening/zip.fixture.ts'
import type { Target } from '../target.ts'

const files = [
  { name: 'run.exe', data: 'MZ' },
  { name: 'a/b/letter.txt', data: 'words '.repeat(40) },
]
const archives = [
  rarFive(files),
  hiddenRarFive(),
  rarFour(files),
  zipOf(files),
  tarOf('a.exe', 'MZ'),
  cabinet,
]
const sevens = [sevenZipPlain, sevenZipPacked, sevenZipSecret, sevenZipHidden]
const LIMITS = { members: 50, listOctets: 1_048_576 }

export const archiveLists: Target = {
  name: 'archive-lists',
  seeds: [...archives, ...sevens].map((octets) => octets.toString('latin1')),
  words: [
    ...[
      '\x00',
      '\x00\x00\x00\x00',
      '\xff\xff\xff\xff',
      '\xff\xff\xff\x7f',
      '\x80',
      '\x01',
      'PK\x01\x02',
      'PK\x05\x06',
    ],
    ...['PK\x06\x06', 'Rar!\x1a\x07\x01\x00', 'MSCF', "7z\xbc\xaf'\x1c", '\x17\x06', '../', '\x05.exe'],
  ],
  check(input) {
    for (const list of [listRar, listSevenZip, listCabinet]) {
      const { members } = list(input, LIMITS)
      assert.ok(members.length <= LIMITS.members + 1, 'no more members than asked for')
    }
    const zip = readZip(input, LIMITS.members)
    assert.ok((zip?.members.length ?? 0) <= LIMITS.members)
    for (const member of zip?.members.slice(0, 5) ?? []) {
      const found = zipMemberOctets(input, member, 10_000)
      assert.ok('why' in found || found.octets.length <= 10_000)
    }
    const { members } = readTar(input, LIMITS.members)
    assert.ok(
      members.every(({ octets }) => octets.length <= input.length) && members.length <= LIMITS.members,
    )
  },
}

/** One file in a tape archive, as tar writes it. */
function tarOf(name: string, data: string): Buffer {
  const head = Buffer.alloc(512)
  head.write(name, 0, 'latin1')
  head.write(data.length.toString(8).padStart(11, '0'), 124, 'latin1')
  head.write('0', 156, 'latin1')
  head.write('ustar', 257, 'latin1')
  const body = Buffer.alloc(512)
  body.write(data, 'latin1')
  return Buffer.concat([head, body, Buffer.alloc(1024)])
}
