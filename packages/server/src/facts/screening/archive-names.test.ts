// What archives hold under names that their own headers, or programs that unpack them, give differently
// (abuse cases 22, 23 and 25).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parseMime } from '@gatepost/mail/mime.ts'
import { INSPECTION_LIMITS } from './budget.ts'
import { inspectContent } from './inspect.ts'
import { letterWith, zipOf } from './zip.fixture.ts'

function found(octets: Uint8Array, name: string): string[] {
  const letter = letterWith(octets, name)
  const { attachments } = inspectContent(letter, parseMime(letter), INSPECTION_LIMITS)
  return attachments.findings.map((one) => `${one.class} ${one.file}: ${one.saw}`)
}

type TarInput = { readonly name: string; readonly type: string; readonly data: string }

/** `isFirst`: without the sign that later kinds of tar have. */
function tarOf(members: readonly TarInput[], isFirst = false): Buffer {
  const blocks = members.flatMap(({ name, type, data }) => {
    const block = Buffer.alloc(512)
    block.write(name.slice(0, 100), 0, 'latin1')
    block.write('0000644\0', 100, 'latin1')
    block.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
    block.write(type, 156, 'latin1')
    if (!isFirst) block.write('ustar\x0000', 257, 'latin1')
    block.write('        ', 148, 'latin1')
    const sum = block.reduce((all, octet) => all + octet, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    const content = Buffer.alloc(Math.ceil(data.length / 512) * 512)
    content.write(data, 'latin1')
    return [block, content]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

test('the whole name of a member of a tar counts, in both ways of writing long ones', () => {
  const long = `${'a'.repeat(120)}.js`
  const record = ` path=${long}\n`
  const size = record.length + 3
  const cases = [
    [{ name: '././@LongLink', type: 'L', data: `${long}\0` }],
    [{ name: 'pax', type: 'x', data: `${size}${record}` }],
  ]
  for (const [named] of cases) {
    const [saw = ''] = found(tarOf([named!, { name: long, type: '0', data: 'x' }]), 'a.tar')
    assert.match(saw, /^dangerous a\.tar › a+: a file of type js$/)
    // The name is that of one member.
    const next = { name: 'b.txt', type: '0', data: 'x' }
    assert.equal(found(tarOf([named!, { name: long, type: '0', data: 'x' }, next]), 'a.tar').length, 1)
  }
})

test('a tar of the first kind is one by the sum of its header', () => {
  const tar = tarOf([{ name: 'run.exe', type: '0', data: 'MZ' }], true)
  assert.deepEqual(found(tar, 'a.dat'), [
    'dangerous a.dat › run.exe: a file of type exe',
    'dangerous a.dat › run.exe: a Windows program',
  ])
  tar[0]! ^= 1
  assert.deepEqual(found(tar, 'a.dat'), [])
})

test('the name that a packed file holds is the one that unpacking gives it', () => {
  const packed = gzipSync('x')
  const named = Buffer.concat([packed.subarray(0, 10), Buffer.from('invoice.js\0'), packed.subarray(10)])
  named[3] = 8
  assert.deepEqual(found(named, 'invoice.gz'), ['dangerous invoice.gz › invoice.js: a file of type js'])
  assert.deepEqual(found(named, 'invoice.txt.gz').length, 1)
  assert.deepEqual(found(packed, 'notes.txt.gz'), [])
})

test('a member has the name that stands in front of it and the one for Unicode, too', () => {
  const plain = zipOf([{ name: 'note.txt', data: 'x' }])
  assert.deepEqual(found(plain, 'a.zip'), [])
  const other = Buffer.from(plain)
  other.write('note.hta', 30, 'latin1')
  assert.deepEqual(found(other, 'a.zip'), [
    'dangerous a.zip › note.txt: a file of type hta',
    'disguised a.zip › note.txt: it has several names: note.txt, note.hta',
  ])
  // The field for Unicode: its id and length, a version, a sum, the name.
  const field = Buffer.concat([Buffer.from('75700d0001aabbccdd', 'hex'), Buffer.from('note.hta')])
  const list = plain.lastIndexOf(Buffer.from('PK\x01\x02'))
  const end = plain.lastIndexOf(Buffer.from('PK\x05\x06'))
  const wide = Buffer.concat([plain.subarray(0, end), field, plain.subarray(end)])
  wide.writeUInt16LE(field.length, list + 30)
  wide.writeUInt32LE(end - list + field.length, end + field.length + 12)
  assert.match(found(wide, 'a.zip').join(), /disguised a\.zip › note\.txt: it has several names/)
})

test('an archive behind a picture or a paper is looked into', () => {
  const zip = zipOf([{ name: 'run.js', data: 'x' }])
  for (const front of ['GIF89a\x01\x00', '%PDF-1.7\n', 'nothing in particular ']) {
    const both = Buffer.concat([Buffer.from(front, 'latin1'), zip])
    assert.deepEqual(found(both, 'a.zip'), ['dangerous a.zip › run.js: a file of type js'], front)
  }
  assert.deepEqual(found(Buffer.from('a text about PK\x05\x06 and what it means to readers'), 'a.txt'), [])
})
