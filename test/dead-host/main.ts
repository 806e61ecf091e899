// `node scripts/node26.mjs test/dead-host/main.ts [--messages N] [--hosts N] [--kind refusing|silent]`: mail
// for a living host beside a long queue for dead ones, against the same without that queue.
import { parseArgs } from 'node:util'
import { type DeadKind, runDeadHost, wordsOf } from './run.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    hosts: { type: 'string', default: '1' },
    live: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    kind: { type: 'string' },
  },
})
const kinds: readonly DeadKind[] =
  values.kind === 'refusing' || values.kind === 'silent' ? [values.kind] : ['refusing', 'silent']
for (const kind of kinds) {
  const outcome = await runDeadHost({
    kind,
    messages: Number(values.messages),
    hosts: Number(values.hosts),
    live: Number(values.live),
    rounds: Number(values.rounds),
    log: (line) => console.log(line),
  })
  const { alone, beside, residentMiB } = outcome
  console.log(`alone   ${wordsOf(alone)}`)
  console.log(`beside  ${wordsOf(beside)}`)
  console.log(`slower by ${((1 - beside.perSecond / alone.perSecond) * 100).toFixed(1)} % in throughput`)
  console.log(`polls ${outcome.polls}, the longest ${outcome.pollMsMax.toFixed(1)} ms`)
  console.log(`memory ${residentMiB.before} MiB before, ${residentMiB.most} MiB at most`)
  console.log(`event-loop delay p99 ${outcome.loopDelayP99Ms.toFixed(1)} ms; still queued ${outcome.left}`)
}
process.exit(0)
