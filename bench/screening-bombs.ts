// What bombs cost (abuse case 18): the verdict's time, the memory, and how long the loop that speaks SMTP
// stood still, at full size. By hand: node bench/screening-bombs.ts [folder of messages, for the cost of
// ordinary ones]; the table goes to bench/results-screening.md.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { createScreener } from '@gatepost/server/facts/screening/screener.ts'
import type { ContentSource, Screener } from '@gatepost/server/facts/screening/screening.ts'
import { letterWith, zipOf } from '@gatepost/server/facts/screening/zip.fixture.ts'
import { rarFive } from '../packages/server/src/facts/screening/archives.fixture.ts'

const GIB = 1_073_741_824

/** What the spool keeps in memory stays there; larger content lies in a file. */
const IN_MEMORY_MAX = 1_048_576

const text = (make: () => string) => () => Buffer.from(make(), 'latin1')

const bombs: readonly (readonly [string, () => Buffer])[] = [
  ['1 MB zip with 1 GiB of zeros', () => letterWith(gigabyte(GIB), 'a.zip')],
  ['the same that claims 10 octets', () => letterWith(gigabyte(10), 'a.zip')],
  ['ten levels of ten zips', () => letterWith(tenOfTen(), 'a.zip')],
  ['100,000 empty members', () => letterWith(empties(100_000), 'a.zip')],
  ['RAR with 100,000 names', () => letterWith(rarFive(manyNames(100_000)), 'a.rar')],
  ['gzip ten times', () => letterWith(times(10, gzipSync, Buffer.alloc(100_000_000)), 'a.gz')],
  [
    '1,000,000 empty parts',
    text(() => `Content-Type: multipart/mixed; boundary=a\r\n\r\n${'--a\r\n\r\n'.repeat(1_000_000)}`),
  ],
  ['10,000 parts deep', text(deep)],
  ['message/rfc822 200 deep', text(() => 'Content-Type: message/rfc822\r\n\r\n'.repeat(200))],
  ['1,000,000 header lines', text(() => 'a: b\r\n'.repeat(1_000_000))],
  ['one header of 20 MB', text(() => `Subject: ${'x '.repeat(10_000_000)}\r\n\r\n`)],
  [
    'RFC 2231 in 100,000 pieces',
    text(
      () =>
        `Content-Type: a/b${Array.from({ length: 100_000 }, (_, i) => `;\r\n name*${i}=x`).join('')}\r\n\r\n`,
    ),
  ],
  [
    'base64 of base64, 12 times',
    () =>
      letterWith(
        times(12, (inner) => Buffer.from(inner.toString('base64')), Buffer.alloc(500_000)),
        'a.txt',
      ),
  ],
]

const [first, path = '', name = ''] = process.argv.slice(2)
if (first === '--one') {
  await measure(name, path)
  process.exit(0)
}
const folder = mkdtempSync(join(tmpdir(), 'gatepost-bombs-'))
process.stdout.write(
  '| Bomb | Message | Verdict | CPU | Memory | Loop stood still | CPU of its thread | What is told |\n' +
    '|---|---|---|---|---|---|---|---|\n',
)
for (const [title, make] of bombs) {
  const file = join(folder, 'content')
  writeFileSync(file, make())
  // A process each: what making a bomb takes must not hide what looking at it takes.
  execFileSync(process.execPath, [import.meta.filename, '--one', file, title], { stdio: 'inherit' })
}
rmSync(folder, { recursive: true, force: true })
if (first !== undefined) await ordinary(first)
process.exit(0)

async function measure(name: string, path: string): Promise<void> {
  const screener = createScreener({ emit: () => {}, clamd: null, score: null })
  // The thread is there before the bomb is, as in a running gateway.
  await look(screener, { kind: 'memory', chunks: [letterWith(Buffer.alloc(100_000), 'warm.bin')] })
  const { size } = statSync(path)
  const source: ContentSource =
    size > IN_MEMORY_MAX ? { kind: 'file', path, size } : { kind: 'memory', chunks: [readFileSync(path)] }
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const before = { rss: process.memoryUsage.rss(), cpu: process.cpuUsage(), own: process.threadCpuUsage() }
  delay.enable()
  const begun = performance.now()
  const found = await look(screener, source)
  const ms = performance.now() - begun
  delay.disable()
  const [cpu, own] = [process.cpuUsage(before.cpu), process.threadCpuUsage(before.own)]
  const columns = [
    name,
    `${(size / 1e6).toFixed(1)} MB`,
    `${ms.toFixed(0)} ms`,
    `${((cpu.user + cpu.system) / 1000).toFixed(0)} ms`,
    `${Math.max(0, process.resourceUsage().maxRSS / 1024 - before.rss / 1_048_576).toFixed(0)} MB`,
    `${(delay.max / 1e6).toFixed(1)} ms`,
    `${((own.user + own.system) / 1000).toFixed(1)} ms`,
    found,
  ]
  process.stdout.write(`| ${columns.join(' | ')} |\n`)
  await screener.close()
}

async function look(screener: Screener, source: ContentSource): Promise<string> {
  const about = () => Promise.reject(new Error('nothing is scored here'))
  const size = source.kind === 'file' ? source.size : source.chunks.reduce((sum, one) => sum + one.length, 0)
  const screening = screener.screen({ content: () => source, size, about })
  const fact = await screening.attachments()
  if (fact.kind === 'unknown') return fact.why
  return (
    fact.value.findings
      .map(({ saw }) => saw)
      .slice(0, 2)
      .join('; ') || 'nothing'
  )
}

/** The time a message takes, one after the other. */
async function ordinary(path: string): Promise<void> {
  const screener = createScreener({ emit: () => {}, clamd: null, score: null })
  const taken: number[] = []
  const seen = new Map<string, number>()
  for (const name of readdirSync(path)) {
    const octets = readFileSync(join(path, name))
    const begun = performance.now()
    const found = await look(screener, { kind: 'memory', chunks: [octets] })
    taken.push(performance.now() - begun)
    if (found !== 'nothing') seen.set(found, (seen.get(found) ?? 0) + 1)
  }
  taken.sort((a, b) => a - b)
  const at = (share: number): string => taken[Math.floor(taken.length * share)]?.toFixed(2) ?? ''
  process.stdout.write(
    `${taken.length} messages: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms\n`,
  )
  for (const [what, count] of [...seen].sort((a, b) => b[1] - a[1]).slice(0, 12)) {
    process.stdout.write(`  ${count} × ${what}\n`)
  }
}

function times(count: number, step: (inner: Buffer) => Buffer, first: Buffer): Buffer {
  let inner = first
  for (let i = 0; i < count; i++) inner = step(inner)
  return inner
}

/** Deflated piece by piece: 1 GiB of zeros never lies in memory, neither here nor there. */
function gigabyte(size: number): Buffer {
  const piece = Buffer.alloc(16 * 1_048_576)
  const packed = deflateRawSync(piece, { finishFlush: constants.Z_FULL_FLUSH })
  const pieces = Array.from({ length: GIB / piece.length }, () => packed)
  const data = Buffer.concat([...pieces, deflateRawSync(Buffer.alloc(0))])
  return zipOf([{ name: 'zeros', data, isPacked: true, size }])
}

function manyNames(count: number) {
  return Array.from({ length: count }, (_, at) => ({ name: `${at}.txt`, data: '' }))
}

function empties(count: number): Buffer {
  return zipOf(manyNames(count).map((one) => ({ ...one, isStored: true })))
}

function tenOfTen(): Buffer {
  const first = zipOf([{ name: 'zeros', data: Buffer.alloc(1_000_000) }])
  return times(
    10,
    (level) => zipOf(Array.from({ length: 10 }, (_, at) => ({ name: `${at}.zip`, data: level }))),
    first,
  )
}

function deep(): string {
  return Array.from(
    { length: 10_000 },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  ).join('')
}
