// What is found in attachments, and what is told of archives that cannot be seen to their end (abuse cases
// 18, 22 to 25).
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parseMime } from '@gatepost/mail/mime.ts'
import { INSPECTION_LIMITS, type InspectionLimits } from './budget.ts'
import { inspectContent } from './inspect.ts'
import { letterWith, zipOf } from './zip.fixture.ts'

function inspect(octets: Uint8Array, limits: Partial<InspectionLimits> = {}) {
  return inspectContent(octets, parseMime(octets), { ...INSPECTION_LIMITS, ...limits })
}

function told(octets: Uint8Array, limits: Partial<InspectionLimits> = {}): string[] {
  return inspect(octets, limits).attachments.findings.map((one) => `${one.class} ${one.file}: ${one.saw}`)
}

const file = (name: string, data: Uint8Array | string = 'x'): string[] =>
  told(letterWith(Buffer.from(data as string), name))

const PROGRAM = Buffer.from('MZ\x90\0\x03')

test('a plain letter with a picture holds nothing risky', () => {
  assert.deepEqual(file('photo.png', '\x89PNG\r\n'), [])
  assert.deepEqual(told(Buffer.from('Subject: hi\r\n\r\nbegin with a word\r\n')), [])
})

test('types go by content, whatever the name says', () => {
  const cases: readonly (readonly [string, Uint8Array | string, string])[] = [
    ['invoice.pdf', PROGRAM, 'dangerous invoice.pdf: a Windows program'],
    ['notes.txt', '#!/bin/sh\n', 'dangerous notes.txt: a script'],
    ['x.dat', Buffer.from('4c0000000114020000000000', 'hex'), 'dangerous x.dat: a Windows shortcut'],
    ['x.dat', Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex'), 'dangerous x.dat: a OneNote file'],
    ['x.dat', Buffer.concat([Buffer.alloc(0x8001), Buffer.from('CD001')]), 'dangerous x.dat: a disk image'],
    ['x.dat', '7z\xbc\xaf\x27\x1c', 'unreadable x.dat: a 7z archive, not looked into: it is broken'],
    ['page.dat', ' <html><script>x</script>', 'script page.dat: a page with a script'],
    ['picture.svg', '<svg onload=alert(1)>', 'script picture.svg: a page with a script'],
    ['paper.pdf', '%PDF-1.7\n/Encrypt 5 0 R', 'encrypted paper.pdf: an encrypted PDF'],
    ['paper.pdf', '%PDF-1.7\n/OpenAction << /S /JavaScript /JS (x)', 'script paper.pdf: a PDF with a script'],
    ['paper.rtf', '{\\rtf1 {\\object\\objdata 01', 'macro paper.rtf: an embedded object'],
  ]
  for (const [name, data, expected] of cases) {
    const octets = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
    assert.deepEqual(told(letterWith(octets, name)), [expected], name)
  }
})

test('case 22: names that deceive', () => {
  assert.deepEqual(file('invoice.pdf.js'), [
    'dangerous invoice.pdf.js: a file of type js',
    'disguised invoice.pdf.js: it passes for a file of type pdf',
  ])
  assert.deepEqual(file('run.exe. . '), ['dangerous run.exe: a file of type exe'])
  assert.deepEqual(file('x\u202efdp.exe'), [
    'dangerous x[U+202E]fdp.exe: a file of type exe',
    'disguised x[U+202E]fdp.exe: its name turns the direction of writing',
  ])
  assert.deepEqual(
    file(`invoice.pdf${' '.repeat(60)}.scr`).map((one) => one.split(' ', 1)[0]),
    ['dangerous', 'disguised'],
  )
  const two = Buffer.from(
    'Content-Type: a/b; name=a.txt\r\nContent-Disposition: attachment; filename=a.hta\r\n\r\nx',
  )
  assert.deepEqual(told(two), [
    'dangerous a.hta: a file of type hta',
    'disguised a.hta: it has several names: a.hta, a.txt',
  ])
})

test('case 23: members are named as they would be shown, and nothing else is made of their names', () => {
  const names = ['../../etc/run.exe', '/etc/run.exe', ';id;.exe', 'a\nb.exe', `${'n'.repeat(300)}.exe`]
  const found = told(letterWith(zipOf(names.map((name) => ({ name, data: 'x' }))), 'a.zip'))
  assert.equal(found.length, 4)
  assert.ok(found.every((one) => one.startsWith('dangerous a.zip › ') && one.endsWith('a file of type exe')))
  assert.ok(found.every((one) => !/[\n/]/.test(one)))
})

/** A tar of headers alone; type 2 is a symbolic link, whose goal stands at 157. */
function tarOf(members: readonly { readonly name: string; readonly link?: string }[]): Buffer {
  const blocks = members.map(({ name, link }) => {
    const block = Buffer.alloc(512)
    block.write(name, 0, 'latin1')
    block.write('0000777\0', 100, 'latin1')
    block.write('00000000000\0', 124, 'latin1')
    block.write(link === undefined ? '0' : '2', 156, 'latin1')
    block.write(link ?? '', 157, 'latin1')
    block.write('ustar\x0000', 257, 'latin1')
    block.write('        ', 148, 'latin1')
    const sum = block.reduce((all, octet) => all + octet, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return block
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

test('case 23: ways out of the folder, links, commands and lines stay text, and nothing is written', () => {
  const names = [
    '../../etc/out.exe',
    '/etc/whole.exe',
    'C:\\Windows\\drive.exe',
    '..\\..\\back.exe',
    ';id;.exe',
    '$(touch made).exe',
    '-rf.exe',
    'a\nb.exe',
    'nul\0.exe',
  ]
  const link = { name: 'link.exe', data: '/etc/passwd', mode: 0o120777 }
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-members-'))
  const home = process.cwd()
  try {
    process.chdir(folder)
    const zip = zipOf([...names.map((name) => ({ name, data: 'x' })), link])
    const seen = told(letterWith(zip, 'a.zip'))
    assert.deepEqual(
      seen.map((one) => one.slice('dangerous a.zip › '.length).replace(/: a file of type exe$/, '')),
      [
        'out.exe',
        'whole.exe',
        'drive.exe',
        'back.exe',
        ';id;.exe',
        '$(touch made).exe',
        '-rf.exe',
        'ab.exe',
        'nul.exe',
        'link.exe',
      ],
    )
    const tar = tarOf([{ name: '../../etc/out.exe' }, { name: 'link.exe', link: '../../etc/passwd' }])
    assert.deepEqual(told(letterWith(gzipSync(tar), 'a.tgz')), [
      'dangerous a.tgz › a.tar › out.exe: a file of type exe',
    ])
    assert.deepEqual(readdirSync(folder), [], 'no member became a file')
  } finally {
    process.chdir(home)
    rmSync(folder, { recursive: true })
  }
  // What looks into archives has no hand that could write: neither files nor programs.
  const sources = readdirSync(import.meta.dirname).filter((name) =>
    /^(?!.*\.(test|fixture)\.ts$).*\.ts$/.test(name),
  )
  for (const name of sources) {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8')
    assert.ok(!/'(?:node:)?(?:fs|fs\/promises|child_process)'/.test(text), name)
  }
  assert.ok(sources.includes('zip.ts') && sources.includes('tar.ts'))
})

test('case 24: a formula is text, and macros are known by structure', () => {
  const types = { name: '[Content_Types].xml', data: '<Types/>' }
  const book = (name: string, data = '') => letterWith(zipOf([types, { name, data }]), 'book.xlsx')
  assert.deepEqual(told(book('xl/worksheets/sheet1.xml', '<f>cmd|calc!A1</f>')), [])
  assert.deepEqual(told(book('xl/vbaProject.bin')), ['macro book.xlsx: macros (VBA)'])
  assert.deepEqual(told(book('xl/macrosheets/sheet1.xml')), ['macro book.xlsx: Excel 4 macros'])
  const template =
    '<Relationship Type="http://schemas.example/attachedTemplate" Target="http://x.example/t" TargetMode="External"/>'
  assert.deepEqual(told(book('word/_rels/settings.xml.rels', template)), [
    'macro book.xlsx: a template or object that is loaded from elsewhere',
  ])
})

test('case 25: what cannot be seen is told, and never passes as checked', () => {
  const encrypted = zipOf([{ name: 'a.txt', data: 'x', isEncrypted: true }])
  let nested: Buffer = zipOf([{ name: 'a.txt', data: 'x' }])
  for (let level = 0; level < 12; level++)
    nested = zipOf([{ name: `${level}.zip`, data: nested, isStored: true }])
  const large = zipOf([{ name: 'large.bin', data: Buffer.alloc(2_000_000) }])
  const lying = zipOf([{ name: 'large.bin', data: Buffer.alloc(2_000_000), size: 10 }])
  const cases: readonly (readonly [Uint8Array, Partial<InspectionLimits>, RegExp])[] = [
    [encrypted, {}, /^a\.zip: an encrypted archive$/],
    [nested, {}, /deeper than is looked at$/],
    [large, { fileOctets: 1_000_000 }, /^a\.zip › large\.bin: larger than can be looked at$/],
    [lying, { fileOctets: 1_000_000 }, /^a\.zip › large\.bin: larger than can be looked at$/],
    [zipOf([{ name: 'a', data: 'x', method: 12 }]), {}, /packed in a way/],
    [Buffer.from('PK\x03\x04 broken'), {}, /a broken archive/],
    [
      Buffer.concat([zipOf([{ name: 'a', data: 'x' }]), zipOf([{ name: 'b', data: 'x' }])]),
      {},
      /second archive/,
    ],
  ]
  for (const [octets, limits, expected] of cases) {
    const { unchecked } = inspect(letterWith(octets, 'a.zip'), limits)
    assert.equal(unchecked.length, 1, `${expected}`)
    assert.match(unchecked[0]!, expected)
  }
})

test('files are found in archives, messages and texts within each other', () => {
  const inner = zipOf([{ name: 'run.exe', data: PROGRAM }])
  const found = (octets: Uint8Array, name: string) =>
    told(letterWith(octets, name)).map((one) => one.split(':')[0])
  const both = (path: string) => [`dangerous ${path}`, `dangerous ${path}`]
  assert.deepEqual(found(zipOf([{ name: 'in.zip', data: inner }]), 'a.zip'), both('a.zip › in.zip › run.exe'))
  assert.deepEqual(found(gzipSync(PROGRAM), 'run.exe.gz'), both('run.exe.gz › run.exe'))
  assert.deepEqual(found(letterWith(PROGRAM, 'run.exe'), 'letter.eml'), both('letter.eml › run.exe'))
  assert.deepEqual(told(Buffer.from('Subject: x\r\n\r\nhi\r\nbegin 644 run.exe\r\n#0V%T\r\n`\r\nend\r\n')), [
    'dangerous run.exe: a file of type exe',
  ])
})

/** Ten levels of ten archives, each a copy of the one below. */
function tenOfTen(): Buffer {
  let level: Buffer = zipOf([{ name: 'zeros', data: Buffer.alloc(1_000_000) }])
  for (let i = 0; i < 10; i++) {
    level = zipOf(Array.from({ length: 10 }, (_, at) => ({ name: `${at}.zip`, data: level })))
  }
  return level
}

/** The list of files names the same octets again and again. */
function overlapping(): Buffer {
  const zip = zipOf(Array.from({ length: 100 }, (_, at) => ({ name: `${at}`, data: Buffer.alloc(10_000) })))
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + 4))
    zip.writeUInt32LE(0, at + 42)
  return zip
}

const bombs: readonly (readonly [string, () => Buffer, RegExp])[] = [
  [
    'a file of zeros beyond the limit',
    () => zipOf([{ name: 'zeros', data: Buffer.alloc(64 * 1_048_576) }]),
    /larger than/,
  ],
  ['ten levels of ten archives', tenOfTen, /larger than|deeper than|more files/],
  [
    '100,000 empty files',
    () => zipOf(Array.from({ length: 60_000 }, (_, at) => ({ name: `${at}`, data: '', isStored: true }))),
    /more files/,
  ],
  ['files that overlap', overlapping, /overlap/],
  [
    'an archive packed ten times',
    () => Array.from({ length: 10 }).reduce<Buffer>((inner) => gzipSync(inner), Buffer.alloc(10_000_000)),
    /deeper|larger/,
  ],
]

for (const [name, make, expected] of bombs) {
  test(`case 18: ${name}: ends within its budget and is told as not seen`, () => {
    const { unchecked, isOverBudget, attachments } = inspect(letterWith(make(), 'bomb.bin'))
    assert.match(unchecked.join('; '), expected)
    assert.ok(isOverBudget || name.includes('overlap'))
    assert.ok(attachments.files <= INSPECTION_LIMITS.files)
  })
}

test('messages within are looked into under both of their types, and pieces of one are told', () => {
  const inner = letterWith(PROGRAM, 'tool.dat')
  for (const type of ['message/rfc822', 'message/global']) {
    const found = told(letterWith(inner, 'letter', type))
    assert.deepEqual(found, ['dangerous tool.dat: a Windows program'], type)
  }
  const piece = letterWith(inner, '', 'message/partial; id=x; number=1; total=2').toString()
  assert.match(told(Buffer.from(piece)).join(), /^unreadable .*: a piece of a message that comes in several/)
})
