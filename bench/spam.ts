// What the built-in spam score finds and loses on a corpus of labelled mail, as shipped and after an
// organisation's own lessons, beside SpamAssassin and rspamd on the same files. node bench/spam.ts CORPUS
// [--rspamd URL] [--spamd PORT]
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { rspamdScore } from '../packages/server/src/facts/screening/spam/rspamd.ts'
import { spamdScore } from '../packages/server/src/facts/screening/spam/spamd.ts'
import { learnedPoints } from '../packages/server/src/spam/learned.ts'
import { learn, lessonFeatures } from '../packages/server/src/spam/lesson.ts'
import { SHIPPED } from '../packages/server/src/spam/model.ts'
import { measure, scoreContent } from '../packages/server/src/spam/score.ts'
// @ts-expect-error: scripts are plain JavaScript
import { readCorpus } from '../scripts/lib/corpus.mjs'
// @ts-expect-error: scripts are plain JavaScript
import { compose, FOLDS, fairOdds, foldOf, measureAll } from '../scripts/lib/spam-teaching.mjs'

type Message = {
  readonly file: string
  readonly label: 'ham' | 'spam' | 'phish'
  readonly stratum: string
  readonly clientIp: string
  readonly helo: string
  readonly reversePath: string | null
  readonly content: Buffer
}
/** Points of every message by one way of scoring; null where there was no answer. */
type Run = { readonly name: string; readonly points: readonly (number | null)[]; readonly limit: number }

const MODERATE = 5
const REFUSED = 28
/** Requests to another engine at a time. */
const AT_ONCE = 4
/** Other engines are asked about every n-th message: SpamAssassin takes a fifth of a second for each. */
const EVERY = 1
/** A busy machine is no reason to leave a message out. */
const ANSWER_MS = 120_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rspamd: { type: 'string' },
    spamd: { type: 'string' },
    out: { type: 'string' },
    every: { type: 'string' },
  },
})
const corpus: readonly Message[] | null = readCorpus(positionals[0] ?? '../shared/testdata/mail-corpus-dev')
if (corpus === null) {
  console.error('There is no corpus here: give the folder that holds index.csv.')
  process.exit(2)
}

const root = join(import.meta.dirname, '..')
const input = ({ content, reversePath, helo, clientIp }: Message) => {
  return { content, reversePath, helo, clientIp, authentication: null }
}
const rows = measureAll(corpus)
const made = compose(join(root, 'scripts/spam-texts'))
const fair: number[] = fairOdds(rows, made).map((odds: number) => odds - SHIPPED.limit)
const runs: Run[] = [
  { name: 'Gatepost as shipped, fixed limit of 5 points', points: fair.map(pointsOf), limit: MODERATE },
  atShare('Gatepost as shipped, limit at 0.5 % of ham', fair.map(pointsOf)),
  ...taught(),
]
if (values.spamd !== undefined) {
  const found = await asked((message) =>
    spamdScore({ port: Number(values.spamd), timeoutMs: ANSWER_MS }, message.content),
  )
  runs.push({ name: 'SpamAssassin, no network, its own limit of 5', points: found, limit: 5 })
  runs.push(atShare('SpamAssassin, limit at 0.5 % of ham', found))
}
if (values.rspamd !== undefined) {
  const url = values.rspamd
  const found = await asked((message) =>
    rspamdScore({ url, timeoutMs: ANSWER_MS }, message.content, input(message)),
  )
  runs.push({ name: 'rspamd offline, untrained, its own limit of 6', points: found, limit: 6 })
  runs.push(atShare('rspamd offline, untrained, limit at 0.5 % of ham', found))
}
const report = `${intro()}\n${table(runs)}\n${confusion(runs)}\n${strata(runs)}\n${cost()}`
console.log(report)
if (values.out !== undefined) writeFileSync(values.out, report)

function pointsOf(odds: number): number {
  return MODERATE + odds
}

/** The limit that ten of two thousand wanted messages are above of: flatters every engine alike. */
function atShare(name: string, points: readonly (number | null)[]): Run {
  const ham = points.filter((one, at) => one !== null && corpus![at]!.label === 'ham')
  const sorted = ham.map((one) => one ?? 0).toSorted((one, other) => other - one)
  return { name, points, limit: sorted[Math.floor(sorted.length * 0.005)] ?? MODERATE }
}

/**
 * Every fold scored by what the other folds taught, phish included: an organisation's own lessons, kept here.
 */
function taught(): Run[] {
  const measured = corpus!.map((message) => measure(input(message)))
  const lessons = corpus!.map(({ label }, at) => {
    return { isSpam: label !== 'ham', odds: fair[at]!, weight: 1, ...lessonFeatures(measured[at]!) }
  })
  const points = Array.from<number>({ length: corpus!.length }).fill(0)
  for (let fold = 0; fold < FOLDS; fold++) {
    const learned = learn(lessons.filter((_, at) => foldOf(corpus![at]!.file) !== fold))
    corpus!.forEach(({ file }, at) => {
      if (foldOf(file) !== fold) return
      points[at] = pointsOf(fair[at]!) + (learned === null ? 0 : learnedPoints(learned, measured[at]!).points)
    })
  }
  return [
    { name: 'Gatepost after learning, fixed limit of 5 points', points, limit: MODERATE },
    atShare('Gatepost after learning, limit at 0.5 % of ham', points),
  ]
}

async function asked(
  ask: (message: Message) => Promise<{ score: number } | null>,
): Promise<(number | null)[]> {
  const points: (number | null)[] = corpus!.map(() => null)
  let next = 0
  const every = Number(values.every ?? EVERY)
  const work = async () => {
    for (let at = next++; at < corpus!.length; at = next++) {
      if (at % every === 0) points[at] = (await ask(corpus![at]!))?.score ?? null
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return points
}

function intro(): string {
  return [
    '# Spam scoring on the open corpus',
    '',
    `${corpus!.length} messages of testdata/mail-corpus-dev; ${cpus()[0]?.model ?? 'unknown processor'}. No network, no reputation,`,
    'no authentication results: content and header alone. Strata the model was taught with (sa-*) are scored by',
    `models of the other ${FOLDS - 1} folds; all others never taught it. "After learning" teaches the organisation's own score`,
    'with the other folds of everything, phish included: that stays on the machine and is never shipped.',
    '',
  ].join('\n')
}

function share(count: number, of: number): string {
  return `${((100 * count) / Math.max(1, of)).toFixed(1)} %`
}

function table(all: readonly Run[]): string {
  const lines = all.map(({ name, points, limit }) => {
    const cell = (pick: (message: Message) => boolean) => {
      const places = corpus!.flatMap((message, at) => (pick(message) && points[at] !== null ? [at] : []))
      return share(places.filter((at) => (points[at] ?? 0) > limit).length, places.length)
    }
    const refused = points.filter((one, at) => (one ?? 0) >= REFUSED && corpus![at]!.label === 'ham').length
    return [
      name,
      String(points.filter((one) => one !== null).length),
      limit.toFixed(2),
      cell(({ label }) => label === 'ham'),
      cell(({ stratum }) => stratum.startsWith('sa-hard')),
      cell(({ label }) => label === 'phish'),
      cell(({ label }) => label === 'spam'),
      name.startsWith('Gatepost') ? String(refused) : '',
    ]
  })
  const head = [
    '',
    'messages',
    'limit',
    'ham lost',
    'hard ham lost',
    'phish found',
    'spam found',
    'ham refused (28)',
  ]
  return markdown(head, lines)
}

/** Marked and passed of each stratum, every engine at its own limit. */
function confusion(all: readonly Run[]): string {
  const names = [...new Set(corpus!.map(({ stratum }) => stratum))].sort()
  const chosen = all.filter(({ name }) => !name.includes('of ham'))
  const lines = names.map((stratum) => {
    // The same files for all, also where only every n-th was asked about.
    const places = corpus!.flatMap((message, at) =>
      message.stratum === stratum && at % Number(values.every ?? EVERY) === 0 ? [at] : [],
    )
    const cells = chosen.map(({ points, limit }) => {
      const asked = places.flatMap((at) => points[at] ?? [])
      const marked = asked.filter((one) => one > limit).length
      return `${marked} / ${asked.length - marked}`
    })
    return [stratum, corpus![places[0]!]!.label, ...cells]
  })
  const head = ['stratum', 'label', ...chosen.map(({ name }) => name.replace(/, (fixed|no network).*/, ''))]
  return `## Confusion by stratum: marked / passed\n\n${markdown(head, lines)}`
}

/** Each stratum by verdict of three levels, as shipped and after learning. */
function strata(all: readonly Run[]): string {
  const names = [...new Set(corpus!.map(({ stratum }) => stratum))].sort()
  const chosen = all.filter(({ limit, name }) => limit === MODERATE && name.includes('fixed limit'))
  return chosen
    .map(({ name, points }) => {
      const lines = names.map((stratum) => {
        const of = corpus!.flatMap((message, at) => (message.stratum === stratum ? [points[at] ?? 0] : []))
        const label = corpus!.find((message) => message.stratum === stratum)!.label
        const above = (limit: number) => share(of.filter((one) => one > limit).length, of.length)
        return [stratum, label, String(of.length), above(3), above(5), above(7), above(REFUSED)]
      })
      const head = [
        'stratum',
        'label',
        'messages',
        'aggressive (3)',
        'moderate (5)',
        'relaxed (7)',
        'refused (28)',
      ]
      return `## By stratum: ${name.replace(/,.*/, '')}\n\n${markdown(head, lines)}`
    })
    .join('\n')
}

function cost(): string {
  const times = corpus!.map((message) => {
    // Of this thread alone: what else the machine does is no cost of the message.
    const began = process.threadCpuUsage()
    scoreContent(input(message), null)
    const { user, system } = process.threadCpuUsage(began)
    return (user + system) / 1000
  })
  times.sort((one, other) => one - other)
  const at = (part: number) => `${times[Math.floor(times.length * part)]!.toFixed(1)} ms`
  return `## Cost a message\n\np50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, most ${times.at(-1)!.toFixed(1)} ms of one core.\n`
}

function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...lines.map(row), ''].join('\n')
}
