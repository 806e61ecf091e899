// What bombs cost (abuse case 18): the verdict's time, the memory, and how long the loop that speaks SMTP
// stood still. By hand: node bench/screening-bombs.ts [folder of messages, for the cost of ordinary ones]
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import { createScreener } from '@gatepost/server/facts/screening/screener.ts'
import type { Screener } from '@gatepost/server/facts/screening/screening.ts'
import { letterWith, zipOf } from '@gatepost/server/facts/screening/zip.fixture.ts'

const text = (make: () => string) => () => Buffer.from(make(), 'latin1')

const bombs: readonly (readonly [string, () => Buffer])[] = [
  ['1 MB zip with 1 GiB of zeros', () => letterWith(gigabyte(), 'a.zip')],
  ['ten levels of ten zips', () => letterWith(tenOfTen(), 'a.zip')],
  ['100,000 empty members', () => letterWith(empties(100_000), 'a.zip')],
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

for (const [name, make] of bombs) await measure(name, make())
const [folder] = process.argv.slice(2)
if (folder !== undefined) await ordinary(folder)
process.exit(0)

async function measure(name: string, octets: Buffer): Promise<void> {
  const screener = createScreener({ emit: () => {}, clamd: null, score: null })
  // The thread is there before the bomb is, as in a running gateway.
  await look(screener, letterWith(Buffer.alloc(100_000), 'warm.bin'))
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const before = process.memoryUsage.rss()
  let peak = before
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 5)
  delay.enable()
  const begun = performance.now()
  const found = await look(screener, octets)
  const ms = performance.now() - begun
  delay.disable()
  clearInterval(sampler)
  const loop = delay.max / 1e6
  const mb = (peak - before) / 1_048_576
  const columns = [
    name.padEnd(32),
    `${(octets.length / 1e6).toFixed(1).padStart(6)} MB`,
    `${ms.toFixed(0).padStart(6)} ms`,
    `+${mb.toFixed(0).padStart(4)} MB`,
    `loop ${loop.toFixed(1).padStart(5)} ms`,
    found,
  ]
  process.stdout.write(`${columns.join('  ')}\n`)
  await screener.close()
}

async function look(screener: Screener, octets: Buffer): Promise<string> {
  const source = { kind: 'memory', chunks: [octets] } as const
  const about = () => Promise.reject(new Error('nothing is scored here'))
  const fact = await screener.screen({ content: () => source, size: octets.length, about }).attachments()
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
    const found = await look(screener, octets)
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

function gigabyte(): Buffer {
  // The list says what it is: a writer that unpacked it here would be the first victim.
  return zipOf([{ name: 'zeros', data: Buffer.alloc(256 * 1_048_576) }])
}

function empties(count: number): Buffer {
  return zipOf(
    Array.from({ length: Math.min(count, 65_000) }, (_, at) => ({ name: `${at}`, data: '', isStored: true })),
  )
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
