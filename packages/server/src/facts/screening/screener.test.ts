// Which content is looked at where, and what becomes of content that takes the looking down (abuse cases 18
// and 46).
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AttachmentsFact, Fact } from '#policy/facts.ts'
import { InspectionPool } from './inspection-pool.ts'
import { createScreener, INLINE_OCTETS_MAX } from './screener.ts'
import type { ContentSource, ScreeningInput } from './screening.ts'
import { letterWith, zipOf } from './zip.fixture.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatepost-screener-'))
})
after(() => rm(folder, { recursive: true, force: true }))

const emit = (): void => {}

function inputOf(source: ContentSource, size: number): ScreeningInput {
  return { content: () => source, size, about: () => Promise.reject(new Error('nobody scores here')) }
}

const inMemory = (octets: Uint8Array): ScreeningInput =>
  inputOf({ kind: 'memory', chunks: [octets.subarray(0, 100), octets.subarray(100)] }, octets.length)

function classesOf(fact: Fact<AttachmentsFact>): string {
  if (fact.kind === 'unknown') return `unknown: ${fact.why}`
  return fact.value.findings.map(({ class: kind, file }) => `${kind} ${file}`).join(', ')
}

test('small content, large content and content in a file are seen alike; the octets given stay as they are', async (t) => {
  const screener = createScreener({ emit, clamd: null, score: null })
  t.after(() => screener.close())
  const small = letterWith(zipOf([{ name: 'a.js', data: 'x' }]), 'a.zip')
  const large = letterWith(
    zipOf([{ name: 'a.js', data: Buffer.alloc(INLINE_OCTETS_MAX * 2), isStored: true }]),
    'a.zip',
  )
  const path = join(folder, 'content')
  await writeFile(path, large)
  const copy = Buffer.from(large)
  for (const input of [inMemory(small), inMemory(large), inputOf({ kind: 'file', path, size: 9e6 }, 9e6)]) {
    assert.equal(classesOf(await screener.screen(input).attachments()), 'dangerous a.zip › a.js')
  }
  assert.deepEqual(large, copy)
  const gone = inputOf({ kind: 'file', path: `${path}.gone`, size: 9e6 }, 9e6)
  assert.match(classesOf(await screener.screen(gone).attachments()), /^unreadable/)
})

test('without a scanner the fact says so, and no score is made up', async (t) => {
  const screener = createScreener({ emit, clamd: null, score: null })
  t.after(() => screener.close())
  const screening = screener.screen(inMemory(letterWith(Buffer.from('x'), 'a.txt')))
  assert.deepEqual(await screening.virus(), { kind: 'known', value: { kind: 'no-scanner' } })
  assert.equal((await screening.spam()).kind, 'unknown')
})

test('case 46: content that the scoring trips over is not scored, and is no reason to defer it for ever', async (t) => {
  const told: string[] = []
  const score = () => {
    throw new Error('a word nobody thought of')
  }
  const screener = createScreener({ emit: (name) => told.push(name), clamd: null, score })
  t.after(() => screener.close())
  const about = () => Promise.resolve({} as Awaited<ReturnType<ScreeningInput['about']>>)
  const spam = await screener.screen({ ...inMemory(letterWith(Buffer.from('x'), 'a.txt')), about }).spam()
  assert.deepEqual([spam.kind, told], ['unknown', ['edge.screening.failed']])
})

test('case 18: a bomb that is small is looked at in the thread', async (t) => {
  const screener = createScreener({ emit, clamd: null, score: null })
  t.after(() => screener.close())
  const bomb = letterWith(zipOf([{ name: 'zeros', data: Buffer.alloc(30 * 1_048_576) }]), 'a.zip')
  assert.ok(bomb.length < INLINE_OCTETS_MAX)
  assert.equal(classesOf(await screener.screen(inMemory(bomb)).attachments()), 'unreadable a.zip › zeros')
})

/** Longer than a busy machine takes to start a thread. */
const THREAD_MS = 5_000
/** Ends or never answers, by the length of what it gets. */
const THREAD = `import { parentPort } from 'node:worker_threads'
parentPort.on('message', ({ id, source }) => {
  if (source.octets.length === 1) process.exit(1)
  if (source.octets.length === 2) for (;;);
  parentPort.postMessage({ id, kind: 'failed', why: 'seen' })
})`

test('case 46: what ends the thread or takes too long is set aside, and the next message is looked at', async (t) => {
  const thread = new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`)
  const events: string[] = []
  const pool = new InspectionPool({ emit: (name) => events.push(name), timeoutMs: THREAD_MS, thread })
  t.after(() => pool.close())
  const run = (length: number) => {
    const work = {
      kind: 'inspect',
      limits: { depth: 1, files: 1, fileOctets: 1, unpackedOctets: 1 },
    } as const
    return pool.run({ source: { kind: 'memory', octets: new Uint8Array(length) }, work })
  }
  const answers = await Promise.all([run(1), run(3), run(2), run(4)])
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['set-aside', 'failed', 'set-aside', 'failed'],
  )
  assert.deepEqual(events, ['edge.screening.failed', 'edge.screening.failed'])
  const waiting = Array.from({ length: 600 }, () => run(5))
  assert.ok((await Promise.all(waiting)).some(({ kind }) => kind === 'busy'))
})
