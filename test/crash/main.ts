// `npm run crash -- [--kills N] [--seed S] [--rate N] [--every S] [--minutes M]`: kills the gateway N times
// while mail flows, and says what was lost: nothing. The rate is messages a second; without it, as fast as
// they go. Kills come every S seconds on average; without it after a few dozen messages each. After the
// minutes it ends with the kills there were.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type CrashOutcome, runCrash } from './run.ts'
import { seeded } from './seeded.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    seed: { type: 'string' },
    rate: { type: 'string' },
    every: { type: 'string' },
    minutes: { type: 'string' },
  },
})
const kills = Number(values.kills)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed)
const [perSecond, every, minutes] = [values.rate, values.every, values.minutes].map((value) =>
  value === undefined ? undefined : Number(value),
)

if (
  !Number.isInteger(kills) ||
  kills < 1 ||
  !Number.isInteger(seed) ||
  [perSecond, every, minutes].some((value) => value !== undefined && !(value > 0))
) {
  console.error('Usage: npm run crash -- [--kills N] [--seed S] [--rate N] [--every S] [--minutes M]')
  process.exitCode = 2
} else {
  console.log(`seed ${seed}`)
  const data = mkdtempSync(join(tmpdir(), 'gatepost-crash-'))
  const outcome = await runCrash({
    kills,
    data,
    random: seeded(seed),
    log: (line) => console.log(line),
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(every === undefined ? {} : { everyMs: every * 1000 }),
    ...(minutes === undefined ? {} : { withinMs: minutes * 60_000 }),
  })
  tell(outcome)
  if (outcome.lost.length > 0) {
    console.error(`${outcome.lost.length} messages were lost; the data folder is kept: ${data}`)
    process.exitCode = 1
  } else rmSync(data, { recursive: true, force: true })
}

function tell({ doubles, lost, ...counts }: CrashOutcome): void {
  console.log({ ...counts, lost: lost.length })
  console.table(doubles.byRole())
  console.table(doubles.byTime())
  const windows = doubles.windows()
  const at = (share: number): string => `${windows[Math.floor(share * (windows.length - 1))]?.toFixed(1)} ms`
  if (windows.length > 0)
    console.log(`doubled messages had come before their kill: median ${at(0.5)}, 95 % ${at(0.95)}`)
  const share = (100 * counts.duplicated) / Math.max(1, counts.acknowledged)
  console.log(
    `${share.toFixed(4)} % of ${counts.acknowledged} messages came twice, ` +
      `${(counts.duplicated / Math.max(1, counts.kills)).toFixed(2)} a kill`,
  )
}
