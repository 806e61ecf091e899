// Content on its way in: small in memory, large on disk, with a disk that lags or refuses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTENT_IN_ROW_BYTES_MAX, type Content, type ContentFile } from '#spool/spool.ts'
import { ContentSink, HeldContent } from './content.ts'
import { CONTENT_HELD_OCTETS_MAX } from './limits.ts'

const KIB = 1_024

function disk(options: { readonly failsAfter?: number } = {}) {
  const written: Uint8Array[] = []
  const state = { discarded: 0, opened: 0 }
  const file: ContentFile = {
    write: async (chunk) => {
      await new Promise((resolve) => setImmediate(resolve))
      if (written.length >= (options.failsAfter ?? Number.POSITIVE_INFINITY)) throw new Error('no space left')
      written.push(chunk.slice())
    },
    finish: () =>
      Promise.resolve({
        kind: 'file',
        name: 'x',
        size: written.reduce((sum, { length }) => sum + length, 0),
      }),
    path: '/nowhere',
    discard: () => {
      state.discarded++
      return Promise.resolve()
    },
  }
  const spool = {
    openContent: () => {
      state.opened++
      return Promise.resolve(file)
    },
  }
  return { spool, written, state }
}

test('small content stays in memory and costs no file', async () => {
  const { spool, state } = disk()
  const sink = new ContentSink(spool)
  assert.equal(sink.add([Buffer.from('Subject: x\r\n\r\n'), Buffer.from('y\r\n')]), null)
  const content = (await sink.finish()) as Content & { kind: 'memory' }
  assert.equal(Buffer.concat(content.chunks).toString(), 'Subject: x\r\n\r\ny\r\n')
  assert.equal(Buffer.from(sink.head()).toString(), 'Subject: x\r\n\r\ny\r\n')
  assert.equal(state.opened, 0)
})

test('large content goes to the file in order, says when to stop reading, and keeps the head', async () => {
  const { spool, written, state } = disk()
  const held = new HeldContent()
  const sink = new ContentSink(spool, () => null, held)
  const expected: Buffer[] = []
  let stops = 0
  for (let i = 0; i < 80; i++) {
    const chunk = Buffer.alloc(64 * KIB, i)
    expected.push(chunk)
    const wait = sink.add([chunk])
    if (wait !== null) {
      stops++
      await wait
    }
  }
  assert.equal(sink.add([Buffer.alloc(KIB)]), null)
  expected.push(Buffer.alloc(KIB))
  const content = await sink.finish()
  assert.deepEqual([content.kind, sink.size, held.octets], ['file', 80 * 64 * KIB + KIB, 0])
  assert.ok(Buffer.concat(written).equals(Buffer.concat(expected)))
  assert.ok(stops > 0, 'reading was never stopped')
  assert.equal(state.opened, 1)
  assert.ok(sink.head().length > 256 * KIB && sink.head().length < 257 * KIB)
})

test('what reads along gets large content whole and in order, and of small content nothing', async () => {
  const read: Uint8Array[] = []
  const tap = {
    write: (chunk: Uint8Array) => void read.push(chunk.slice()),
    finish: () => Promise.resolve({ dkim: [], arc: 'none' as const }),
  }
  const heads: number[] = []
  const tapOf = (head: Uint8Array) => {
    heads.push(head.length)
    return tap
  }
  const small = new ContentSink(disk().spool, tapOf)
  small.add([Buffer.from('Subject: x\r\n\r\ny\r\n')])
  assert.deepEqual([small.tap(), heads.length, read.length], [null, 0, 0])
  assert.equal(Buffer.concat(small.chunks()).toString(), 'Subject: x\r\n\r\ny\r\n')
  const large = new ContentSink(disk().spool, tapOf)
  const expected: Buffer[] = []
  for (let i = 0; i < 40; i++) {
    const chunk = Buffer.alloc(40 * KIB, i)
    expected.push(chunk)
    await large.add([chunk.subarray(0, 10), chunk.subarray(10)])
  }
  await large.finish()
  assert.equal(large.tap(), tap)
  assert.equal(heads.length, 1)
  assert.ok(Buffer.concat(read).equals(Buffer.concat(expected)))
})

test('a disk that refuses comes out at the end, not while octets are still coming', async () => {
  const { spool, state } = disk({ failsAfter: 1 })
  const sink = new ContentSink(spool)
  for (let i = 0; i < 40; i++) await sink.add([Buffer.alloc(64 * KIB)])
  await assert.rejects(async () => sink.finish(), /no space left/)
  assert.equal(state.discarded, 1)
  assert.equal(sink.chunks().length, 0, 'octets that nobody can keep are not kept in memory either')
  assert.equal(sink.size, 40 * 64 * KIB)
})

test('discarded content leaves no file behind, also while it is being written', async () => {
  const { spool, state } = disk()
  const sink = new ContentSink(spool)
  void sink.add([Buffer.alloc(CONTENT_IN_ROW_BYTES_MAX + 1)])
  sink.discard()
  assert.equal(sink.add([Buffer.alloc(10)]), null)
  for (let turns = 0; turns < 1_000 && state.discarded === 0; turns++)
    await new Promise((resolve) => setImmediate(resolve))
  assert.equal(state.discarded, 1)
})

test('case 50: a crowd of messages goes to files early; each keeps its header and no more in memory', async () => {
  const held = new HeldContent()
  const header = Buffer.from(`Subject: ${'x'.repeat(3 * KIB)}\r\n\r\n`)
  const messages = Array.from({ length: 200 }, () => ({ disk: disk(), sink: null as ContentSink | null }))
  for (const message of messages) {
    const sink = new ContentSink(message.disk.spool, () => null, held)
    message.sink = sink
    await sink.add([header])
    for (let i = 0; i < 15; i++) await sink.add([Buffer.alloc(64 * KIB, i)])
  }
  assert.ok(held.octets < CONTENT_HELD_OCTETS_MAX + 2_000 * KIB, `${held.octets} octets held`)
  const early = messages.filter(({ disk }) => disk.state.opened > 0)
  assert.ok(early.length > 100, `${early.length} files`)
  for (const { disk, sink } of messages) {
    const content = await sink!.finish()
    assert.equal(sink!.size, header.length + 15 * 64 * KIB)
    if (content.kind === 'memory') continue
    assert.deepEqual([sink!.head().length, content.size], [header.length, sink!.size])
    assert.equal(Buffer.from(sink!.head()).toString(), header.toString())
    assert.ok(disk.written.length > 0)
  }
  assert.equal(held.octets, 0, 'what is finished is held by nobody here')
})

test('a header that is cut off keeps a message in memory until it is whole or too long', async () => {
  const held = new HeldContent()
  held.octets = CONTENT_HELD_OCTETS_MAX + 1
  const { spool, state } = disk()
  const sink = new ContentSink(spool, () => null, held)
  for (let i = 0; i < 3; i++) sink.add([Buffer.alloc(64 * KIB, 'x')])
  assert.equal(state.opened, 0)
  sink.add([Buffer.from('\r\n\r\n')])
  sink.add([Buffer.alloc(80 * KIB, 'y')])
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(state.opened, 1)
  assert.equal(sink.head().length, 3 * 64 * KIB + 4)
  sink.discard()
  assert.equal(held.octets, CONTENT_HELD_OCTETS_MAX + 1)
})
