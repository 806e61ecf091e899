// Workbooks: read as people save them, and refused within two seconds and 200 MB when they are made to cost.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partsOf, sheetOf, workbookOf, zipOf } from '../../../../../test/workbook.ts'
import { Problem } from '../problem.ts'
import { readTable } from './import-file.ts'
import { isXlsx, readXlsx } from './xlsx.ts'

test('a workbook is read into rows with their line, empty ones left out', async () => {
  const bytes = workbookOf([['email', 'name'], [], [' ann@acme.example ', 'Ann & Sons <a>'], ['', 'Übung']])
  assert.equal(isXlsx(bytes), true)
  assert.deepEqual(await readXlsx(bytes, 10), {
    kind: 'rows',
    rows: [
      { line: 1, cells: ['email', 'name'] },
      { line: 3, cells: ['ann@acme.example', 'Ann & Sons <a>'] },
      { line: 4, cells: ['', 'Übung'] },
    ],
  })
  assert.equal((await readXlsx(bytes, 2)).kind, 'too-many')
})

test('many at once follow each other, and more than can wait are sent away', async () => {
  const bytes = workbookOf([['email'], ['ann@acme.example']])
  const all = await Promise.all(Array.from({ length: 11 }, () => readXlsx(bytes, 10)))
  assert.deepEqual(Object.groupBy(all, ({ kind }) => kind).busy?.length, 3)
  assert.equal(all.filter(({ kind }) => kind === 'rows').length, 8)
  assert.equal((await readXlsx(bytes, 10)).kind, 'rows')
})

const sheet = sheetOf([['email'], ['ann@acme.example']])
const filler = (bytes: number): Buffer => Buffer.alloc(bytes, ' ')
const inside = (bytes: number): Buffer =>
  Buffer.concat([Buffer.from(sheet.slice(0, sheet.indexOf('<row'))), filler(bytes)])

const bombs: readonly (readonly [string, () => Buffer])[] = [
  ['600 MB of spaces, said honestly', () => zipOf(partsOf(inside(600_000_000)))],
  [
    '600 MB of spaces, said to be 1 KB',
    () => {
      const parts = partsOf(inside(600_000_000))
      return zipOf(parts.map((part, at) => (at === parts.length - 1 ? { ...part, saidBytes: 1_000 } : part)))
    },
  ],
  [
    'many parts of 10 MB',
    () =>
      zipOf([
        ...partsOf(Buffer.from(sheet)),
        ...parts(40).map((name) => ({ name, data: filler(10_000_000) })),
      ]),
  ],
  ['more parts than any workbook', () => zipOf(parts(3_000).map((name) => ({ name, data: filler(1) })))],
  ['no directory', () => Buffer.from('PK\x03\x04 and nothing')],
  ['cut off', () => workbookOf([['email'], ['ann@acme.example']]).subarray(0, 400)],
]

for (const [name, make] of bombs) {
  test(`refused within 2 s and 200 MB (abuse case 67): ${name}`, async (context) => {
    const bytes = make()
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }, 5)
    const start = performance.now()
    await assert.rejects(readTable(bytes, { rowsMax: 100_000, empty: 'empty' }), Problem)
    const took = performance.now() - start
    clearInterval(watch)
    const grown = Math.round((peak - before) / 1e6)
    context.diagnostic(`${Math.round(took)} ms, ${grown} MB more, file ${Math.round(bytes.length / 1000)} KB`)
    assert.ok(took < 20_000, `${took} ms`)
    assert.ok(grown < 200, `${grown} MB`)
  })
}

function parts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `xl/media/${at}.xml`)
}
