// Lists of RAR, 7z and cabinet files, honest and broken: names and what is encrypted are told, nothing
// throws, and nothing takes longer for being strange (abuse cases 18, 23, 25).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMime } from '@gatepost/mail/mime.ts'
import {
  cabinet,
  hiddenRarFive,
  rarFive,
  rarFour,
  sevenZipHidden,
  sevenZipPacked,
  sevenZipPlain,
  sevenZipSecret,
} from './archives.fixture.ts'
import { INSPECTION_LIMITS } from './budget.ts'
import type { ListedFormat } from './file-types.ts'
import { inspectContent } from './inspect.ts'
import { listArchive } from './listed-archive.ts'
import { letterWith } from './zip.fixture.ts'

const LIMITS = { members: 1000, listOctets: 1_048_576 }

/** `name` or `name*` where it is encrypted or `name/` for a folder, sorted; behind them the fault. */
function listed(format: ListedFormat, octets: Uint8Array, limits = LIMITS): string[] {
  const { members, fault } = listArchive(format, octets, limits)
  const names = members.map(
    ({ name, size, isEncrypted, isFolder }) =>
      `${name}${isFolder ? '/' : ` ${size}`}${isEncrypted ? ' encrypted' : ''}`,
  )
  return [...names.sort(), ...(fault === null ? [] : [`fault: ${fault}`])]
}

const FILES = [
  { name: 'run.exe', data: 'MZprogram' },
  { name: 'Überweisung.pdf.js', data: 'x' },
] as const

const SEVEN = ['dir/', 'dir/empty/', 'dir/notes.txt 23', 'nothing.txt 0', 'run.exe 9', 'Überweisung.pdf.js 1']

test('RAR 5: names, sizes, folders and what is encrypted', () => {
  const folder = { name: 'dir', data: '', isFolder: true }
  assert.deepEqual(listed('rar', rarFive([folder, ...FILES])), ['dir/', 'run.exe 9', 'Überweisung.pdf.js 1'])
  const secret = FILES.map((file) => ({ ...file, isEncrypted: true }))
  assert.deepEqual(listed('rar', rarFive(secret)), ['run.exe 9 encrypted', 'Überweisung.pdf.js 1 encrypted'])
  assert.deepEqual(listed('rar', hiddenRarFive()), ['fault: encrypted-list'])
  assert.deepEqual(listed('rar', rarFive(FILES), { ...LIMITS, members: 1 }), ['run.exe 9', 'fault: too-many'])
})

test('RAR 4: names in both forms, sizes, folders and what is encrypted', () => {
  const folder = { name: 'dir', data: '', isFolder: true }
  // The plain name, a NUL, then: letters by themselves, one with its own high octet, the rest as the plain
  // name.
  const unicodeName = Buffer.concat([
    Buffer.from('?exe.txt\0', 'latin1'),
    Buffer.from([0x20, 0b10_11_00_00, 0x2e, 0x20, 5]),
  ])
  const files = [folder, { name: 'run.exe', data: 'MZ' }, { name: '', data: 'x', unicodeName }]
  assert.deepEqual(listed('rar', rarFour(files)), ['dir/', 'run.exe 2', '\u202eexe.txt 1'])
  const secret = [{ name: 'run.exe', data: 'MZ', isEncrypted: true }]
  assert.deepEqual(listed('rar', rarFour(secret)), ['run.exe 2 encrypted'])
  assert.deepEqual(listed('rar', rarFour(files, 0x80)), ['fault: encrypted-list'])
})

test('7z as 7-Zip writes it: list in clear, packed, with a password for files, with one for the list', () => {
  assert.deepEqual(listed('7z', sevenZipPlain), SEVEN)
  assert.deepEqual(listed('7z', sevenZipPacked), SEVEN)
  assert.deepEqual(
    listed('7z', sevenZipSecret),
    SEVEN.map((one) => (/ [1-9]/.test(one) ? `${one} encrypted` : one)),
  )
  assert.deepEqual(listed('7z', sevenZipHidden), ['fault: encrypted-list'])
  assert.deepEqual(listed('7z', sevenZipPacked, { ...LIMITS, listOctets: 100 }), ['fault: large-list'])
  assert.equal(listed('7z', sevenZipPlain, { ...LIMITS, members: 2 }).at(-1), 'fault: too-many')
})

test('a cabinet as gcab writes it', () => {
  const expected = ['dir\\notes.txt 23', 'nothing.txt 0', 'run.exe 9', 'Überweisung.pdf.js 1']
  assert.deepEqual(listed('cab', cabinet), expected)
})

function told(octets: Uint8Array, name: string): string[] {
  const letter = letterWith(octets, name)
  const { findings } = inspectContent(letter, parseMime(letter), INSPECTION_LIMITS).attachments
  return findings.map((one) => `${one.class} ${one.file}: ${one.saw}`)
}

test('case 25: a dangerous name inside is told as such, and the content never passes as checked', () => {
  const byName = 'a RAR archive: 2 files are known by name alone'
  assert.deepEqual(told(rarFive(FILES), 'a.rar'), [
    'dangerous a.rar › run.exe: a file of type exe',
    'dangerous a.rar › Überweisung.pdf.js: a file of type js',
    'disguised a.rar › Überweisung.pdf.js: it passes for a file of type pdf',
    `unreadable a.rar: ${byName}`,
  ])
  const letter = letterWith(rarFive(FILES), 'a.rar')
  assert.deepEqual(inspectContent(letter, parseMime(letter), INSPECTION_LIMITS).unchecked, [
    `a.rar: ${byName}`,
  ])
  assert.deepEqual(told(rarFive([{ name: 'a.txt', data: 'x', isEncrypted: true }]), 'a.rar'), [
    'encrypted a.rar: an encrypted RAR archive',
  ])
  assert.deepEqual(told(sevenZipHidden, 'a.7z'), [
    'encrypted a.7z: an encrypted 7z archive; not even its names can be read',
  ])
  assert.deepEqual(
    told(sevenZipSecret, 'a.7z').filter((one) => !one.startsWith('d')),
    [
      'encrypted a.7z: an encrypted 7z archive',
      'unreadable a.7z: a 7z archive: 4 files are known by name alone',
    ],
  )
  assert.deepEqual(told(Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'), 'a.rar'), [
    'unreadable a.rar: a RAR archive, not looked into: it is broken',
  ])
})

test('case 18: lists that lie about themselves end as broken, without an exception', () => {
  const whole: readonly (readonly [ListedFormat, Buffer])[] = [
    ['rar', rarFive(FILES)],
    ['rar', rarFour(FILES)],
    ['7z', sevenZipPlain],
    ['7z', sevenZipPacked],
    ['cab', cabinet],
  ]
  for (const [format, octets] of whole) {
    for (let length = 0; length < octets.length; length++) {
      assert.ok(Array.isArray(listArchive(format, octets.subarray(0, length), LIMITS).members))
    }
    for (let at = 0; at < octets.length; at++) {
      for (const value of [0, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(octets)
        changed[at] = value
        const { members } = listArchive(format, changed, LIMITS)
        assert.ok(members.length <= LIMITS.members)
      }
    }
  }
})
