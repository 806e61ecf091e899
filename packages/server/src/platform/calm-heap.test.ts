// What counts as worth a collection, and that a calm thread gives back what it dropped.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { isWorthwhile } from './calm-heap.ts'

const MIB = 1024 * 1024

describe('memory of calm threads', () => {
  const cases = [
    { held: 40 * MIB, left: 0, worthwhile: true, why: 'after a start' },
    { held: 40 * MIB, left: 38 * MIB, worthwhile: false, why: 'hardly grown' },
    { held: 60 * MIB, left: 38 * MIB, worthwhile: true, why: 'grown by half' },
    { held: 1.5 * MIB, left: 0.5 * MIB, worthwhile: false, why: 'too little to matter' },
    { held: 200 * MIB, left: 38 * MIB, worthwhile: false, why: 'so large that the pause would be felt' },
  ]
  for (const { held, left, worthwhile, why } of cases)
    test(`${held / MIB} MiB of which ${left / MIB} were left before: ${why}`, () =>
      assert.equal(isWorthwhile(held, left), worthwhile))

  test('a calm thread gives back what it dropped', { timeout: 60_000 }, async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads')
       const v8 = require('node:v8')
       const held = () => v8.getHeapStatistics().total_physical_size
       import(${JSON.stringify(new URL('./calm-heap.ts', import.meta.url).href)}).then((module) => {
         let list = Array.from({ length: 200_000 }, (_, at) => ({ at }))
         const before = held()
         module.giveBackWhenCalm({ lookMs: 50 })
         list = null
         setInterval(() => parentPort.postMessage({ before, now: held() }), 100)
       })`,
      { eval: true },
    )
    try {
      // Nothing but a collection makes the heap smaller; how soon depends on the machine.
      const gaveBack = await new Promise<boolean>((resolve, reject) => {
        worker.once('error', reject)
        worker.on('message', ({ before, now }: { readonly before: number; readonly now: number }) => {
          if (now < before - 5 * MIB) resolve(true)
        })
      })
      assert.ok(gaveBack)
    } finally {
      await worker.terminate()
    }
  })
})
