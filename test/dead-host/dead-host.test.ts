// Mail for a living host is delivered beside thousands that wait for dead ones; by hand with a hundred
// thousand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DeadKind, runDeadHost, wordsOf } from './run.ts'

/** A machine that is busy with other tests is slow, but not by minutes. */
const P50_MS_MAX = 500
/** Four thousand of them at once would be more than delivery keeps in memory for hosts that do not answer. */
const RESIDENT_GROWTH_MIB_MAX = 200

const kinds: readonly { readonly kind: DeadKind; readonly hosts: number }[] = [
  { kind: 'refusing', hosts: 1 },
  { kind: 'silent', hosts: 5 },
]

for (const { kind, hosts } of kinds) {
  test(`4,000 messages for ${hosts} ${kind} host(s) do not keep other mail`, async (context) => {
    const lines: string[] = []
    const outcome = await runDeadHost({
      kind,
      hosts,
      messages: 4000,
      live: 400,
      rounds: 1,
      log: (line) => lines.push(line),
    })
    const { alone, beside, residentMiB } = outcome
    context.diagnostic(`alone ${wordsOf(alone)}; beside ${wordsOf(beside)}`)
    context.diagnostic(`event-loop delay p99 ${outcome.loopDelayP99Ms.toFixed(1)} ms; ${lines.join('; ')}`)
    assert.equal(outcome.left, 4000, 'every message for a dead host still waits')
    assert.ok(beside.p50Ms < P50_MS_MAX, `the median is ${beside.p50Ms} ms`)
    assert.ok(residentMiB.most - residentMiB.before < RESIDENT_GROWTH_MIB_MAX, JSON.stringify(residentMiB))
  })
}
