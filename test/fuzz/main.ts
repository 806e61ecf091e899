// `npm run fuzz -- [--seconds N] [--seed S] [name…]`: fuzzes by hand, each target for N seconds, from a
// seed that is printed.
import { parseArgs } from 'node:util'
import { describeFinding, runTarget } from './run.ts'
import { targets } from './targets.ts'

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const seconds = Number(values.seconds)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed)
const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

if (!Number.isFinite(seconds) || seconds <= 0 || !Number.isInteger(seed) || chosen.length === 0) {
  console.error(
    `Usage: npm run fuzz -- [--seconds N] [--seed S] [${targets.map(({ name }) => name).join(' | ')}]`,
  )
  process.exitCode = 2
} else {
  console.log(`seed ${seed}`)
  for (const target of chosen) {
    const outcome = await runTarget(target, { seed, seconds })
    console.log(describeFinding(target, seed, outcome))
    if (outcome.finding !== null) process.exitCode = 1
  }
}
