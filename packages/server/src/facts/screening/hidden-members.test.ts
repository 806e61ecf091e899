// Files that one program sees in an archive or a document and another does not: all of them are told (abuse
// cases 22 to 25).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parseMime } from '@gatepost/mail/mime.ts'
import { INSPECTION_LIMITS, type InspectionLimits } from './budget.ts'
import { compoundOf } from './compound.fixture.ts'
import { fatOf } from './compound.ts'
import { compoundFindings, outlookAttachments } from './documents.ts'
import { inspectContent } from './inspect.ts'
import { letterWith, zipOf } from './zip.fixture.ts'

function found(octets: Uint8Array, name: string, limits: Partial<InspectionLimits> = {}): string[] {
  const letter = letterWith(octets, name)
  const { attachments } = inspectContent(letter, parseMime(letter), { ...INSPECTION_LIMITS, ...limits })
  return attachments.findings.map((one) => `${one.class} ${one.file}: ${one.saw}`)
}

const TYPES = { name: '[Content_Types].xml', data: '<Types/>' }

test('an archive that calls itself an Office document hides nothing', () => {
  assert.deepEqual(found(zipOf([TYPES, { name: 'run.js', data: 'x' }]), 'a.zip'), [
    'dangerous a.zip › run.js: a file of type js',
  ])
  const inner = zipOf([{ name: 'word/a.exe', data: 'x' }])
  assert.deepEqual(found(zipOf([TYPES, { name: 'word/in.zip', data: inner }]), 'a.docx'), [
    'dangerous a.docx › in.zip › a.exe: a file of type exe',
  ])
  assert.deepEqual(found(zipOf([TYPES, { name: 'word/media/image.png', data: 'MZ' }]), 'a.docx'), [
    'dangerous a.docx › image.png: a Windows program',
  ])
  assert.deepEqual(found(zipOf([TYPES, { name: 'a.exe', data: 'x', isEncrypted: true }]), 'a.zip'), [
    'dangerous a.zip › a.exe: a file of type exe',
    'encrypted a.zip: an encrypted archive',
  ])
})

test('macros of an Office document are known under any name of their part', () => {
  const project = compoundOf([{ storage: 'VBA', name: 'dir', octets: 'x' }])
  const book = zipOf([TYPES, { name: 'xl/sheet9.bin', data: project }])
  assert.deepEqual(found(book, 'a.xlsx'), ['macro a.xlsx: macros (VBA)'])
  const plain = zipOf([TYPES, { name: 'xl/printerSettings/printerSettings1.bin', data: 'x' }])
  assert.deepEqual(found(plain, 'a.xlsx'), [])
})

test('the name of what cannot be unpacked is told as well', () => {
  const large = Buffer.alloc(2_000_000)
  const dangerous = /^dangerous .*run\.exe: a file of type exe$/
  const limits = { fileOctets: 1_000_000 }
  const archives = [
    found(zipOf([{ name: 'run.exe', data: large }]), 'a.zip', limits),
    found(zipOf([{ name: 'run.exe', data: 'x', method: 12 }]), 'a.zip'),
    found(gzipSync(large), 'run.exe.gz', limits),
  ]
  for (const [first = '', second = '', ...more] of archives) {
    assert.match(first, dangerous)
    assert.match(second, /^unreadable /)
    assert.deepEqual(more, [])
  }
})

test('a list that names fewer files than there are is told', () => {
  const two = zipOf([
    { name: 'a.txt', data: 'x' },
    { name: 'run.js', data: 'x' },
  ])
  const short = Buffer.from(two)
  const end = short.lastIndexOf('PK\x05\x06')
  short.writeUInt16LE(1, end + 10)
  assert.deepEqual(found(short, 'a.zip'), [
    'unreadable a.zip: an archive that is not as it should be: its list holds more files than it says',
    'dangerous a.zip › run.js: a file of type js',
  ])
  // The second file stands there, and the list leaves it out.
  const list = two.indexOf('PK\x01\x02')
  const next = two.indexOf('PK\x01\x02', list + 4)
  const hidden = Buffer.concat([two.subarray(0, next), two.subarray(two.lastIndexOf('PK\x05\x06'))])
  hidden.writeUInt16LE(1, hidden.length - 12)
  hidden.writeUInt32LE(next - list, hidden.length - 10)
  assert.deepEqual(found(hidden, 'a.zip'), [
    'unreadable a.zip: an archive that is not as it should be: it holds files that its list does not name',
  ])
})

test('a folder is one by all of its names', () => {
  const zip = zipOf([{ name: 'notes.js', data: 'x' }])
  const list = zip.lastIndexOf('PK\x01\x02')
  zip.write('notes/x/', list + 46, 'latin1')
  assert.match(found(zip, 'a.zip').join(), /disguised .*it has several names: notes\/x\/, notes\.js/)
  assert.deepEqual(found(zipOf([{ name: 'folder.exe/', data: '' }]), 'a.zip'), [])
})

function tarOf(members: readonly { name: string; type: string; data?: string }[], isFirst = false): Buffer {
  const blocks = members.flatMap(({ name, type, data = '' }) => {
    const block = Buffer.alloc(512)
    block.write(name, 0, 'latin1')
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

/** Records by name and value; each says its own length in two digits. */
function pax(...parts: readonly string[]): { name: string; type: string; data: string } {
  let data = ''
  for (let at = 0; at < parts.length; at += 2) {
    const record = ` ${parts[at]}=${parts[at + 1]}\n`
    data += `${record.length + 2}${record}`
  }
  return { name: 'x', type: 'x', data }
}

test('what a tar program would make a file of is told, whatever its header calls it', () => {
  const js = ['dangerous a.tar › run.js: a file of type js']
  const long = { name: 'x', type: 'L', data: 'run.js\0' }
  const cases = [
    [{ name: 'run.js', type: 'S' }],
    [{ name: 'run.js', type: 'Z' }],
    [{ name: 'run.js', type: '1' }],
    [long, { name: '', type: '0' }],
    [long, { name: 'x', type: 'K', data: 'goal\0' }, { name: 'a.txt', type: '0' }],
    // The value of the first record holds what looks like a second one.
    [pax('comment', 'a\n14 path=a.txt\n', 'path', 'run.js'), { name: 'b', type: '0' }],
    [pax('path', 'a.txt', 'path', 'run.js'), { name: 'b', type: '0' }],
  ]
  for (const members of cases) assert.deepEqual(found(tarOf(members), 'a.tar'), js, JSON.stringify(members))
  assert.deepEqual(
    found(
      tarOf([
        { name: 'x.js', type: '5' },
        { name: 'y.js', type: '2' },
      ]),
      'a.tar',
    ),
    [],
  )
})

test('a tar of the first kind is looked into whatever sign its first name is', () => {
  for (const name of ['%PDF-1.7', '{\\rtf', '<html>']) {
    const tar = tarOf(
      [
        { name, type: '0' },
        { name: 'run.js', type: '0' },
      ],
      true,
    )
    assert.ok(found(tar, 'a.tar').includes('dangerous a.tar › run.js: a file of type js'), name)
  }
})

test('files attached to an Outlook item have their own names', () => {
  const item = compoundOf([
    { storage: '__attach_version1.0_#00000000', name: '__substg1.0_3707001F', octets: utf16('letter.msg') },
    { storage: '__attach_version1.0_#00000001', name: '__substg1.0_3704001E', octets: 'run.js' },
    { storage: '__attach_version1.0_#00000001', name: '__substg1.0_37010102', octets: 'x' },
    { storage: '__attach_version1.0_#00000002', name: '__substg1.0_37010102', octets: 'MZ' },
    { storage: '__attach_version1.0_#00000002', name: '__substg1.0_3707001F', octets: utf16('b.txt') },
    { storage: '__recip_version1.0_#00000000', name: '__substg1.0_3001001F', octets: utf16('x@acme.com') },
  ])
  assert.deepEqual(found(item, 'a.msg'), [
    'dangerous a.msg › run.js: a file of type js',
    'dangerous a.msg › b.txt: a Windows program',
  ])
})

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}

test('files attached to an Outlook item come out of one budget', () => {
  const octets = Buffer.alloc(30_000, 1)
  const item = compoundOf([
    { storage: '__attach_version1.0_#00000000', name: '__substg1.0_37010102', octets },
  ])
  const read = [...outlookAttachments(item, () => 1_000)].map((one) => [one.octets.length, one.isCut])
  assert.deepEqual(read, [[1_000, true]])
  assert.match(found(item, 'a.msg', { fileOctets: 10_000 }).join(), /larger than can be looked at/)
})

test('a document that names the same octets again and again is not read so often', () => {
  const many = Array.from({ length: 50 }, (_, at) => ({ storage: `s${at}`, name: 'Workbook', octets: '' }))
  const saw = compoundFindings(compoundOf(many))!.map((one) => one.saw)
  assert.deepEqual(saw, ['a document with more workbooks than are looked at'])
})

test('a list of sectors that goes in circles makes a table no longer than the file', () => {
  const file = compoundOf([{ storage: '', name: 'x', octets: Buffer.alloc(40_000) }])
  // The last number of a continuation says where it goes on: here, to itself.
  const list = Buffer.alloc(512)
  list.writeUInt32LE(file.length / 512 - 1, 508)
  const bent = Buffer.concat([file, list])
  bent.writeUInt32LE(file.length / 512 - 1, 68)
  const table = fatOf(new DataView(bent.buffer, bent.byteOffset, bent.byteLength), 512)
  assert.ok(table.length <= bent.length / 512 + 2 * 128, `${table.length} entries`)
})

test('names in a PDF may be written in digits', () => {
  const pdf = (text: string) =>
    found(Buffer.from(`%PDF-1.7\n${text}`), 'a.pdf').map((one) => one.split(' ', 1)[0])
  assert.deepEqual(pdf('/S /J#61v#61Script /J#53 (x)'), ['script'])
  assert.deepEqual(pdf('/S /L#61unch'), ['dangerous'])
  assert.deepEqual(pdf('/#45ncrypt << /Filter /Standard >>'), ['encrypted'])
  assert.deepEqual(pdf('/JSON (x) /Launched'), [])
})
