// Measures the message centre over millions of rows: fills day files through the code that stores reports,
// then asks what people ask. By hand: node bench/messages.ts --rows 10000000 [--data FOLDER]
import { existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { DAY_MS, dayName, dayOf } from '../packages/server/src/control/tracking/days.ts'
import type { MessageQuery } from '../packages/server/src/control/tracking/filter-store.ts'
import { listRows } from '../packages/server/src/control/tracking/list-store.ts'
import { NoteTaker } from '../packages/server/src/control/tracking/notes.ts'
import { openSqliteTracking } from '../packages/server/src/control/tracking/sqlite-store.ts'
import { prepareWrites, storeReports } from '../packages/server/src/control/tracking/store-day.ts'
import { reportText } from '../packages/server/src/link/report-text.ts'
import type {
  AcceptedReport,
  DeliveryReport,
  RefusedReport,
  Report,
} from '../packages/server/src/link/reports.ts'
import { newId } from '../packages/server/src/platform/random.ts'
import { sqliteDay } from '../packages/server/src/store/tracking-schema.ts'

const DAYS = 30
const BATCH = 5_000
const SEED = 20_261_122
const TENANT = 'ten_01m7yzmhg0ewvrp9s2864zpf12'
const NEIGHBOUR = 'ten_01m7yzmhg0ewvrp9s2864zpf13'
const LAST_DAY = dayOf(Date.UTC(2026, 10, 21))
const WORDS =
  'invoice order report meeting update quote delivery newsletter payment survey contract offer'.split(' ')

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    data: { type: 'string' },
    times: { type: 'string', default: '15' },
    results: { type: 'string', default: 'bench/results-messages.md' },
  },
})
const rows = Number(values.rows)
const folder = values.data ?? mkdtempSync(join(tmpdir(), 'gatepost-messages-'))
let state = SEED

/** A small generator with a seed (mulberry32): the same rows every time. */
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % below
}

function fill(): number {
  const began = performance.now()
  const perDay = Math.ceil(rows / DAYS)
  for (let day = LAST_DAY - DAYS + 1; day <= LAST_DAY; day++) fillDay(day, perDay)
  return performance.now() - began
}

function fillDay(day: number, count: number): void {
  const path = join(folder, `${dayName(day)}.db`)
  if (existsSync(path)) return
  const database = new DatabaseSync(`${path}.new`)
  // Only the filling is in haste; searches read the file as a gateway leaves it.
  database.exec(
    `pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -400000; ${sqliteDay}`,
  )
  const write = prepareWrites(database)
  const context = {
    place: { node: 'node-1', slot: 0 },
    tenantOfDomain: () => undefined,
    notes: new NoteTaker(),
  }
  for (let at = 0; at < count; at += BATCH) {
    const reports = Array.from({ length: Math.min(BATCH, count - at) }, (_, n) =>
      storyAt(day * DAY_MS + Math.floor(((at + n) * DAY_MS) / count)),
    )
    database.exec('begin')
    const read = reports.flat().map((report) => ({ report, text: reportText(report), rules: null }))
    storeReports(write, read, context)
    database.exec('commit')
  }
  database.exec('pragma journal_mode = wal')
  database.close()
  renameSync(`${path}.new`, path)
  process.stderr.write(`${dayName(day)} ${process.memoryUsage.rss() >> 20} MiB\n`)
}

const step = (policy: string, kind: string, because: string, stage = 'rcpt') =>
  ({ policy, stage, kind, because, saw: 'client 198.51.100.7, what it saw in a few words' }) as never

const common = [step('relay', 'continue', 'for-validated-domain')]
const passed = [...common, step('recipient-validation', 'continue', 'recipient-known')]
const unknown = [...common, step('recipient-validation', 'reject', 'recipient-unknown')]
const spoofed = [...passed, step('anti-spoofing', 'reject', 'spoofed')]

/** A message with its delivery, or a refusal: 70 % delivered, 20 % refused, the rest held or bounced. */
function storyAt(at: number): readonly Report[] {
  const kind = random(100)
  const tenantId = random(10) === 0 ? NEIGHBOUR : TENANT
  const sender = `person${random(200_000)}@domain${random(20_000)}.example`
  const recipient = `user${random(5_000)}@acme.example`
  const ip = `198.51.${random(256)}.${random(256)}`
  const client = { ip, name: null, helo: 'mail.example', tls: null }
  const subject = `${WORDS[random(WORDS.length)]} ${random(1_000_000)} ${WORDS[random(WORDS.length)]}`
  const shared = {
    at,
    tenantId,
    client,
    reversePath: sender,
    direction: 'inbound',
    facts: {},
    subject,
  } as const
  if (kind < 20) {
    const refused: RefusedReport = {
      ...shared,
      kind: 'refused',
      id: newId('msg', at),
      outcome: kind < 15 ? 'refused' : 'deferred',
      forwardPath: recipient,
      author: null,
      subject: null,
      messageIdField: null,
      reply: { code: 550, status: '5.1.1', text: 'Invalid Recipient' },
      explanation: kind < 12 ? unknown : spoofed,
      settingsRevision: 7,
      count: 1,
    }
    return [refused]
  }
  const accepted: AcceptedReport = {
    ...shared,
    kind: 'accepted',
    id: newId('msg', at),
    origin: 'smtp',
    author: sender,
    messageIdField: `<${random(2_000_000_000)}.${random(1_000_000)}@mail.example>`,
    size: 4_000 + random(90_000),
    recipients: [{ index: 0, forwardPath: recipient, explanation: passed, facts: {} }],
    explanation: [step('hops', 'continue', 'hops-within-limit', 'message')],
    verdict: kind > 97 ? 'hold' : 'accept',
    settingsRevision: 7,
  }
  return kind > 94 ? [accepted] : [accepted, deliveryOf(accepted, kind === 94 ? 'bounced' : 'delivered')]
}

function deliveryOf(message: AcceptedReport, outcome: 'delivered' | 'bounced'): DeliveryReport {
  const bounced = outcome === 'bounced'
  return {
    kind: 'delivery',
    id: newId('opr', message.at + 300),
    messageId: message.id,
    tenantId: message.tenantId,
    at: message.at + 300 + random(4_000),
    recipients: [0],
    outcome,
    attempt: 1,
    nextAttemptAt: null,
    nextHop: { host: 'exchange.acme.example', ip: '10.0.0.5', port: 25 },
    tls: null,
    reply: bounced
      ? { code: 550, status: '5.2.1', text: 'Mailbox disabled' }
      : { code: 250, status: '2.0.0', text: 'Ok: queued' },
    durationMs: 120,
    dsnId: null,
  }
}

type Case = readonly [what: string, query: () => Partial<MessageQuery>]

const noon = (LAST_DAY - 12) * DAY_MS + DAY_MS / 2
const cases: readonly Case[] = [
  ['the newest 50', () => ({})],
  ['status held', () => ({ status: 'held' })],
  ['status bounced, outbound (no match)', () => ({ status: 'bounced', direction: 'outbound' })],
  ['search: an address, whole', () => ({ search: `user${random(5_000)}@acme.example` })],
  ['search: the beginning of an address', () => ({ search: `person${random(2_000)}` })],
  ['search: the own domain (in every row)', () => ({ search: 'acme.example' })],
  ['search: one word of a subject', () => ({ search: WORDS[random(WORDS.length)]! })],
  ['search: two words of a subject', () => ({ search: `${WORDS[random(6)]} ${WORDS[6 + random(6)]}` })],
  ['search: nothing fits', () => ({ search: `nobody${random(1_000)}@nowhere.example` })],
  ['sender: a domain', () => ({ sender: `domain${random(20_000)}.example` })],
  [
    'recipient: a person, refused',
    () => ({ recipient: `user${random(5_000)}@acme.example`, status: 'refused' }),
  ],
  ['client address', () => ({ ip: `198.51.${random(256)}.${random(256)}` })],
  ['reason: recipient-unknown', () => ({ reason: 'recipient-unknown' })],
  ['policy: anti-spoofing, two weeks back', () => ({ policy: 'anti-spoofing', to: noon })],
  ['one word, held, one day', () => ({ search: 'invoice', status: 'held', from: noon, to: noon + DAY_MS })],
  ['own domain and status bounced', () => ({ search: 'acme.example', status: 'bounced' })],
]

async function measure(times: number, filledIn: number): Promise<string> {
  const storage = openSqliteTracking(folder)
  const scope = { tenantId: TENANT, actor: { kind: 'system', name: 'bench' }, from: 'internal' } as const
  const lines: string[] = []
  for (const [what, query] of cases) {
    const took: number[] = []
    let found = 0
    for (let time = 0; time < times; time++) {
      const began = performance.now()
      const { items } = await listRows(scope, { limit: 50, ...query() }, storage)
      took.push(performance.now() - began)
      found = items.length
    }
    const first = took[0]!
    const sorted = took.toSorted((a, b) => a - b)
    const at = (share: number): string =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1)
    lines.push(`| ${what} | ${found} | ${first.toFixed(1)} | ${at(0.5)} | ${at(0.95)} |`)
  }
  await storage.close()
  const load = loadavg()[0]!.toFixed(1)
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), load ${load}`
  return `# Message centre over ${rows.toLocaleString('en-GB')} rows

\`node bench/messages.ts --rows ${rows}\`, seed ${SEED}, SQLite, ${DAYS} day files, 90 % of the rows in the
organisation that asks; ${machine}, Node ${process.version}. Filled in ${(filledIn / 1000).toFixed(0)} s.
One page of 50 rows; milliseconds from the question to the rows, ${times} times each with other values;
*first* is with nothing of that kind asked before. A load above the number of cores: others worked beside.

| Question | Rows of the last | First | Median | 95 % |
|---|---:|---:|---:|---:|
${lines.join('\n')}
`
}

const report = await measure(Number(values.times), fill())
writeFileSync(values.results, report)
process.stdout.write(report)
