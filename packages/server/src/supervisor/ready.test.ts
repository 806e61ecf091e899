// Ready or not, and why: every way in which a gateway cannot take mail has its words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readiness } from './ready.ts'

const NOW = 1_000_000

type Given = Partial<{
  askStore: () => Promise<unknown>
  seenAt: number
  version: number
  newest: number
  publishedAt: number
  spoolOk: number | null
  edges: number
}>

function ask(given: Given) {
  const { seenAt = NOW, version = 5, newest = 5, publishedAt = 0, spoolOk = 1, edges = 1 } = given
  let now = NOW
  const edge = { node: 'n', slot: 0, version, seenAt }
  const gauges = new Map(spoolOk === null ? [] : [['spool_ok', spoolOk]])
  return readiness({
    askStore: given.askStore ?? (async () => []),
    link: {
      edges: () => new Array(edges).fill(edge),
      version: () => newest,
      publishedAt: () => publishedAt,
    },
    board: {
      edges: () => [
        { node: 'n', slot: 0, seenAt: NOW, measured: { counters: new Map(), gauges, histograms: new Map() } },
      ],
    },
    clock: {
      now: () => now,
      sleep: async (ms, signal) => {
        // Lets what is ready answer first, as real time would.
        await new Promise((resolve) => setImmediate(resolve))
        if (!signal?.aborted) now += ms
      },
    },
  })
}

const cases: readonly (readonly [what: string, given: Given, why: string | null])[] = [
  ['all is well', {}, null],
  ['a worker that has not measured yet', { spoolOk: null }, null],
  ['settings just published', { version: 4, publishedAt: NOW - 3_000 }, null],
  ['no edge', { edges: 0 }, 'no edge has reported yet'],
  ['a silent edge', { seenAt: NOW - 20_000 }, 'no edge has reported yet'],
  ['old settings', { version: 4, publishedAt: NOW - 60_000 }, 'no edge works with the newest settings'],
  ['none yet', { version: -1, publishedAt: NOW }, 'no edge works with the newest settings'],
  ['a full disk', { spoolOk: 0 }, 'the spool of no edge takes messages'],
  [
    'a broken store',
    { askStore: () => Promise.reject(new Error('gone')) },
    'the database of control does not answer',
  ],
  ['a stuck store', { askStore: () => new Promise(() => {}) }, 'the database of control does not answer'],
]

for (const [what, given, why] of cases) {
  test(what, async () => assert.deepEqual(await ask(given), { ok: why === null, why }))
}
