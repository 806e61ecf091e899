// `npm run crash -- [--kills N] [--seed S] [--rate N] [--minutes M]`: kills the gateway N times while mail
// flows, and says what was lost: nothing. The rate is messages a second; without it, as fast as they go.
// After the minutes it ends with the kills there were.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCrash } from './run.ts'
import { seeded } from './seeded.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    seed: { type: 'string' },
    rate: { type: 'string' },
    minutes: { type: 'string' },
  },
})
const kills = Number(values.kills)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed)

if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  console.error('Usage: npm run crash -- [--kills N] [--seed S] [--rate N] [--minutes M]')
  process.exitCode = 2
} else {
  console.log(`seed ${seed}`)
  const data = mkdtempSync(join(tmpdir(), 'gatepost-crash-'))
  const outcome = await runCrash({
    kills,
    data,
    random: seeded(seed),
    log: (line) => console.log(line),
    ...(values.rate === undefined ? {} : { perSecond: Number(values.rate) }),
    ...(values.minutes === undefined ? {} : { withinMs: Number(values.minutes) * 60_000 }),
  })
  console.log(outcome)
  if (outcome.lost.length > 0) {
    console.error(`${outcome.lost.length} messages were lost; the data folder is kept: ${data}`)
    process.exitCode = 1
  } else rmSync(data, { recursive: true, force: true })
}
