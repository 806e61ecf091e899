// A large archive by hand: made of a seed, filled through the same door as an edge uses, then searched,
// restarted and verified. `node bench/archive.ts --messages 1000000 --folder DIR`
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadBootConfig } from '@gatepost/server/boot/config.ts'
import { openArchive } from '@gatepost/server/control/archive/open.ts'
import { setArchive } from '@gatepost/server/control/archive/settings.ts'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { systemClock } from '@gatepost/server/platform/clock.ts'
import { ensureFolder } from '@gatepost/server/platform/files.ts'
import { ensureMasterKey, openSecretBox } from '@gatepost/server/platform/secret-box.ts'
import { openStore } from '@gatepost/server/store/open.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { addOrganisation } from '../test/store/fixtures.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    /** Stops filling after so long, with what is there by then. */
    minutes: { type: 'string', default: '10000' },
    folder: { type: 'string' },
    seed: { type: 'string', default: '7' },
    searches: { type: 'string', default: '200' },
    verify: { type: 'boolean', default: false },
    /** Changes one octet of the sealed content before it verifies. */
    flip: { type: 'boolean', default: false },
    /** Messages that are on their way at the same time. */
    'at-once': { type: 'string', default: '64' },
    /** Searches what an earlier run left in the folder. */
    again: { type: 'boolean', default: false },
  },
})
if (values.folder === undefined) throw new Error('--folder is needed: an empty folder for the archive')
const folder = values.folder
const minutes = Number(values.minutes)
const planned = values.again ? 0 : Number(values.messages)
const AT_ONCE = Number(values['at-once'])
const TOLD_EVERY = 10_000
const PEOPLE = 2_000
const WORDS = 60_000
/** Characters that make 8 KiB a message on average. */
const TEXT_MEAN = 7_600

/** Mulberry32: the same seed makes the same mail. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const random = randomOf(Number(values.seed))
const SYLLABLES = 'ka lo mi ter san vo re du pin gal or et ul nis ba fen qui stra hol mo'.split(' ')
const words = Array.from({ length: WORDS }, (_, at) => {
  let word = ''
  for (let rest = at + 21; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    word += SYLLABLES[rest % SYLLABLES.length]
  }
  return word
})
/**
 * As in languages: few words often, most of them seldom. Words and lines are drawn ahead, since drawing costs
 * more than all that the archive does with them.
 */
const DRAWN = 1 << 18
const drawn = Array.from({ length: DRAWN }, () => words[Math.floor(WORDS ** random()) - 1]!)
const word = (): string => drawn[Math.floor(random() * DRAWN)]!
const LINES = 1 << 17
const lines = Array.from({ length: LINES }, () =>
  Buffer.from(`${Array.from({ length: 12 }, word).join(' ')}\r\n`, 'latin1'),
)
const person = (): string => {
  const at = Math.floor(PEOPLE ** random())
  return at % 3 === 0 ? `user${at}@acme.example` : `user${at}@partner${at % 50}.example`
}

const START = Date.UTC(2026, 0, 1)
const SPAN_MS = 320 * 86_400_000

function messageOf(number: number): Buffer {
  const at = START + Math.floor((number / planned) * SPAN_MS)
  const length = Math.floor(-Math.log(1 - random()) * TEXT_MEAN)
  const text: Buffer[] = []
  for (let size = 0; size < length; size += text.at(-1)!.length) {
    text.push(lines[Math.floor(random() * LINES)]!)
  }
  const to = Array.from({ length: 1 + Math.floor(random() * 4) }, person).join(', ')
  const subject = Array.from({ length: 5 }, word).join(' ')
  const header =
    `From: ${person()}\r\nTo: ${to}\r\nSubject: ${subject}\r\nMessage-ID: <${number}@bench.example>\r\n` +
    `Date: ${new Date(at).toUTCString()}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n`
  return Buffer.concat([Buffer.from(header, 'latin1'), ...text])
}

async function* once(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets
}

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0)
}

/** The rate of the last part, beside the processor it took: on a busy machine the second one tells more. */
function tellProgress(number: number): void {
  const now = performance.now()
  const { user, system } = process.cpuUsage(toldUsage)
  const spent = ((user + system) / TOLD_EVERY / 1000).toFixed(2)
  const resident = (process.memoryUsage.rss() / 1_048_576).toFixed(0)
  const rate = (TOLD_EVERY / ((now - toldAt) / 1000)).toFixed(0)
  const all = (number / ((now - begun) / 1000)).toFixed(0)
  console.log(`${number} messages: ${rate} a second (all ${all}), ${spent} ms of processor, ${resident} MiB`)
  toldAt = now
  toldUsage = process.cpuUsage()
}

async function tellFilling(): Promise<void> {
  const seconds = (performance.now() - begun) / 1000
  const messages = next
  await archive.flush()
  const { user, system } = process.cpuUsage()
  console.log(
    `processor: ${((user + system) / messages / 1000).toFixed(2)} ms a message, making it included (${messages} of ${planned})`,
  )
  console.log(`${messages} messages of ${(octets / messages / 1024).toFixed(1)} KiB, seed ${values.seed}`)
  console.log(
    `ingestion: ${(messages / seconds).toFixed(0)} a second (${seconds.toFixed(0)} s, ${AT_ONCE} at once)`,
  )
  await archive.close()
  const index = sizeOf(join(folder, 'archive', 'index'))
  const content = sizeOf(join(folder, 'archive', 'content'))
  const kib = (bytes: number): string => (bytes / messages / 1024).toFixed(1)
  console.log(
    `disk: ${kib(index + content)} KiB a message (index and records ${kib(index)}, content ${kib(content)})`,
  )
}

async function scopeThere(): Promise<Scope> {
  const { id } = await acrossTenants(store.db).selectFrom('tenant').select('id').executeTakeFirstOrThrow()
  return { tenantId: id, actor: { kind: 'system', name: 'bench' }, from: 'internal' }
}

const percentile = (times: readonly number[], share: number): string =>
  `${times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(0)} ms`

if (!values.again) rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const emit = silentEmit
const clock = systemClock
const config = loadBootConfig({ env: new Map([['GATEPOST_DATA', folder]]), file: null })
ensureFolder(join(folder, 'keys'))
if (!values.again) ensureMasterKey(join(folder, 'keys', 'master.key'))
const secrets = openSecretBox(join(folder, 'keys', 'master.key'))
const store = await openStore({ database: null, dataFolder: folder, clock, emit })
const scope = values.again ? await scopeThere() : await addOrganisation(store, 'Acme', 'acme.example')
let archive = openArchive({ store, clock, emit, secrets, config })
const deps = { store, clock, emit, secrets, config, archive, link: { settingsChanged: () => {} } as never }
if (!values.again) await setArchive(scope, { input: { enabled: true }, ifMatch: null }, deps)

const { tenantId } = scope
let next = 0
let octets = 0
const begun = performance.now()
let toldAt = begun
let toldUsage = process.cpuUsage()
const one = async (): Promise<void> => {
  while (next < planned && performance.now() - begun < minutes * 60_000) {
    const number = next
    next += 1
    const content = messageOf(number)
    octets += content.length
    const meta = {
      delivery: `msg_${number}`,
      tenantId,
      as: 'gateway',
      direction: number % 2 === 0 ? 'inbound' : 'outbound',
      reversePath: 'bounce@partner1.example',
      forwardPaths: ['user3@acme.example'],
      isHeld: false,
      receivedAt: START + Math.floor((number / planned) * SPAN_MS),
      size: content.length,
    } as const
    await archive.take(meta, once(content))
    if (number > 0 && number % TOLD_EVERY === 0) tellProgress(number)
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, one))
if (!values.again) await tellFilling()
await archive.close()

const restarted = performance.now()
archive = openArchive({ store, clock, emit, secrets, config })
const { entries } = await archive.totals(tenantId)
console.log(
  `restart: ${(performance.now() - restarted).toFixed(0)} ms until the first answer (${entries} entries)`,
)

const questions: readonly { readonly name: string; readonly query: () => object }[] = [
  { name: 'one word', query: () => ({ text: word() }) },
  { name: 'two words', query: () => ({ text: `${word()} ${word()}` }) },
  { name: 'a phrase', query: () => ({ text: `"${word()} ${word()}"` }) },
  { name: 'person and word', query: () => ({ person: person(), text: word() }) },
  { name: 'person', query: () => ({ person: person() }) },
  {
    name: 'domain, days, word',
    query: () => daysOf({ person: `@partner${Math.floor(random() * 50)}.example`, text: word() }),
  },
  { name: 'beginning of a word', query: () => ({ text: `${word().slice(0, 4)}*` }) },
]
function daysOf(query: object): object {
  const after = START + Math.floor(random() * SPAN_MS)
  return { ...query, after, before: after + 30 * 86_400_000 }
}
const all: number[] = []
const before = process.cpuUsage()
for (const { name, query } of questions) {
  const times: number[] = []
  let hits = 0
  for (let round = 0; round < Number(values.searches) / questions.length; round += 1) {
    const asked = { query: query(), limit: 25, cursor: null, withSnippets: true }
    const at = performance.now()
    hits += (await archive.search(tenantId, asked)).found.length
    times.push(performance.now() - at)
  }
  all.push(...times)
  console.log(
    `search, ${name}: median ${percentile(times, 0.5)}, p95 ${percentile(times, 0.95)}, ${(hits / times.length).toFixed(1)} rows`,
  )
}
console.log(
  `search, all: median ${percentile(all, 0.5)}, p95 ${percentile(all, 0.95)}, slowest ${percentile(all, 1)}`,
)
const spent = process.cpuUsage(before)
console.log(`processor: ${((spent.user + spent.system) / all.length / 1000).toFixed(0)} ms a search`)
console.log(`memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most so far`)

/** One bit in the middle of a pack in the middle. */
function flipOne(): string {
  const packs = join(folder, 'archive', 'content', tenantId, 'packs')
  const names = readdirSync(packs).sort()
  const name = names[Math.floor(names.length / 2)]!
  const octets = readFileSync(join(packs, name))
  const at = Math.floor(octets.length / 2)
  octets[at]! ^= 1
  writeFileSync(join(packs, name), octets)
  return `octet ${at} of ${name}`
}

if (values.verify) {
  if (values.flip) console.log(`changed: ${flipOne()}`)
  const at = performance.now()
  await archive.flush()
  const row = await store.db
    .selectFrom('archive_setting')
    .select(['head_seq', 'head_hash'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const checked = await archive.check(tenantId, { seq: row.head_seq, hash: row.head_hash })
  const took = (performance.now() - at) / 1000
  console.log(`verify: ${checked.contents} contents in ${took.toFixed(0)} s, ${checked.faults.length} faults`)
  for (const { kind, seq, saw } of checked.faults) console.log(`  ${kind} at ${seq}: ${saw}`)
}
await archive.close()
await store.close()
