// The program that customers run (X1): finds whom their people write to, and writes CSV files that C7 takes.
import { createHash } from 'node:crypto'
import { RECIPIENTS_MAX, type Rules } from '@gatepost/contacts/collect.ts'
import type { JournalState } from '@gatepost/contacts/journal.ts'
import { PATIENCE_MS, runCollection } from '@gatepost/contacts/run.ts'
import {
  csvParts,
  partNames,
  ROWS_PER_PART,
  type Selection,
  selectPairs,
  strongest,
} from '@gatepost/contacts/select.ts'
import { SourceFault } from '@gatepost/contacts/source.ts'
import { Checkpoint } from './checkpoint.ts'
import { type Given, kindOf, namesIn, readOptions, sinceOf, toolKinds, WrongOption } from './options.ts'
import * as platform from './platform.ts'
import { number, Progress } from './progress.ts'
import { type Chosen, makeSource, ownDomainsOf } from './sources.ts'
import { usage } from './usage.ts'
import { EXPORT_VERSION } from './version.ts'

const CHECKPOINT = 'checkpoint.ndjson'
const LOG = 'contacts.log'
const SHOWN = 20

const { terminal, effects } = platform

/** Runs the tool; resolves with the exit code that the help names. */
export async function main(args: readonly string[]): Promise<number> {
  platform.honourProxy()
  try {
    const given = readOptions(args)
    if (given.isOn('version')) {
      terminal.say(EXPORT_VERSION)
      return 0
    }
    if (given.isOn('help')) {
      terminal.say(usage())
      return 0
    }
    return await collect(given)
  } catch (error) {
    if (error instanceof WrongOption) {
      terminal.warn(error.message)
      return 2
    }
    if (error instanceof SourceFault) {
      terminal.warn(`${error.saw}\n${error.remedy}`)
      return error.reach === 'passing' ? 4 : 1
    }
    const trouble = fileTrouble(error)
    if (trouble !== null) {
      terminal.warn(trouble.words)
      return trouble.isFull ? 1 : 2
    }
    terminal.warn(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return 1
  }
}

const FILE_TROUBLES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'is not there. Check the spelling, and from which folder the tool was started.'],
  ['EACCES', 'may not be read or written by this account. Change its permissions, or choose another place.'],
  ['EPERM', 'may not be read or written by this account. Change its permissions, or choose another place.'],
  ['EROFS', 'lies on a disk that takes no writes. Choose another folder by --out.'],
  ['ENOSPC', 'has no room left. Make some, and start the same command again: it goes on where it stopped.'],
  ['EDQUOT', 'has no room left. Make some, and start the same command again: it goes on where it stopped.'],
  ['EEXIST', 'is a file where a folder is needed. Choose another folder by --out.'],
  ['EISDIR', 'is a folder where a file is needed.'],
  ['ENOTDIR', 'is a file where a folder is needed.'],
])

/** What to do about a file that cannot be used; null for any other error. */
function fileTrouble(error: unknown): { readonly words: string; readonly isFull: boolean } | null {
  if (!(error instanceof Error && 'code' in error && 'path' in error)) return null
  const code = String(error.code)
  const words = FILE_TROUBLES.get(code)
  if (words === undefined) return null
  return { words: `${String(error.path)} ${words}`, isFull: code === 'ENOSPC' || code === 'EDQUOT' }
}

async function collect(given: Given): Promise<number> {
  const kind = kindOf(given) ?? (await askKind())
  const out = given.text('out') ?? './gatepost-contacts'
  const path = platform.files.join(out, CHECKPOINT)
  await platform.ensureFolder(out)
  if (given.isOn('fresh')) await platform.removeFile(path)
  const before = await Checkpoint.look(path)
  if (given.isOn('preview') && before !== null && before.collection.size > 0)
    return lookAgain(given, { before, path, out })
  const until = before?.head.startedAt ?? effects.now()
  const context = { given, terminal, effects, until }
  const chosen = await makeSource(kind, context)
  const rules: Rules = {
    ownDomains: await ownDomainsOf(context, chosen),
    since: sinceOf(given),
    recipientsMax: given.count('recipients-max', { min: 1, max: 10_000, otherwise: RECIPIENTS_MAX }),
  }
  const fingerprint = fingerprintOf(kind, chosen, rules)
  if (before !== null && before.head.fingerprint !== fingerprint)
    throw new WrongOption(
      `${path} belongs to a run with another source or other rules. ` +
        'Give the same options to go on, another --out, or --fresh to begin anew.',
    )
  const { ownDomains } = rules
  const head = { version: 1, source: kind, fingerprint, ownDomains, startedAt: until } as const
  const checkpoint = await Checkpoint.open(path, head)
  const log = platform.fileLog(platform.files.join(out, LOG))
  try {
    return await runAndWrite({ given, chosen, rules, checkpoint, out, log })
  } finally {
    await checkpoint.close()
  }
}

/** A look at what was found: nothing is read again, so no secret is needed. */
async function lookAgain(
  given: Given,
  { before, path, out }: { readonly before: JournalState; readonly path: string; readonly out: string },
): Promise<number> {
  const checkpoint = await Checkpoint.open(path, before.head)
  await checkpoint.close()
  const { ownDomains } = before.head
  const end = { given, ownDomains, checkpoint, out, log: () => undefined }
  return finish(end, checkpoint.isComplete ? 0 : 130)
}

type End = {
  readonly given: Given
  readonly ownDomains: readonly string[]
  readonly checkpoint: Checkpoint
  readonly out: string
  readonly log: (line: string) => void
}

type Run = Omit<End, 'ownDomains'> & { readonly chosen: Chosen; readonly rules: Rules }

async function runAndWrite(run: Run): Promise<number> {
  const { checkpoint } = run
  const stop = new AbortController()
  platform.onStop(() => {
    terminal.warn('\nStopping: what was found so far is written.')
    stop.abort(new Error('stopped'))
  })
  let code = 0
  const again = await checkpoint.takeAgain()
  if (again > 0) terminal.say(`What could not be read before is tried again: ${number(again)}.`)
  try {
    const outcome = await collectAll(run, stop.signal)
    code = outcome === 'complete' ? completeCode(checkpoint) : 130
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error
    terminal.show('')
    terminal.warn(`${error.saw}\n${error.remedy}`)
    run.log(`ended: ${error.saw}`)
    code = error.reach === 'passing' ? 4 : 1
  }
  return finish({ ...run, ownDomains: run.rules.ownDomains }, code)
}

/** All was read, all but some parts, or none of them. */
function completeCode({ skipped, parts }: Checkpoint): number {
  if (skipped.length === 0) return 0
  return skipped.length === parts ? 1 : 3
}

async function collectAll(
  { given, chosen, rules, checkpoint, log }: Run,
  signal: AbortSignal,
): Promise<'complete' | 'stopped'> {
  const progress = new Progress(effects.now())
  const isQuiet = given.isOn('quiet')
  log(
    `begins, version ${EXPORT_VERSION}, source ${chosen.source.kind}, own domains ${rules.ownDomains.join(' ')}`,
  )
  const outcome = await runCollection(
    {
      source: chosen.source,
      ledger: checkpoint,
      rules,
      effects,
      paceMs: given.count('pace', { min: 0, max: 60_000, otherwise: 250 }),
      patienceMs:
        given.count('patience', { min: 0, max: 720, otherwise: PATIENCE_MS / 3_600_000 }) * 3_600_000,
      report(event) {
        progress.take(event)
        const line = progress.line(effects.now(), checkpoint.collection.size)
        if (event.kind === 'part-skipped') log(`left out ${event.part.title}: ${event.why}`)
        if (event.kind === 'waiting') log(`waits ${Math.ceil(event.delayMs / 1000)} s: ${event.why}`)
        if (event.kind === 'part-done' || event.kind === 'parts') log(line)
        if (isQuiet) return
        terminal.show(
          event.kind === 'waiting' ? `Waiting ${Math.ceil(event.delayMs / 1000)} s: ${event.why}` : line,
        )
      },
    },
    signal,
  )
  if (!isQuiet) terminal.show('')
  log(outcome === 'complete' ? 'all was read' : 'stopped')
  return outcome
}

/** Writes the CSV, or shows the preview; says what was left out and how to go on. */
async function finish(run: End, code: number): Promise<number> {
  const { given, ownDomains, checkpoint, out, log } = run
  const selection = selectPairs(checkpoint.collection.pairs(), {
    ownDomains,
    countMin: given.count('min-count', { min: 1, max: 1_000_000, otherwise: 1 }),
    without: namesIn(given.text('without')),
  })
  if (given.isOn('preview')) preview(selection)
  else await writeParts(run, selection)
  sayWhatWasLeftOut(checkpoint, selection)
  const next = nextWords(code, { out, seen: checkpoint.seen })
  terminal.say(next)
  log(next)
  return code
}

async function writeParts(
  { given, out, log, checkpoint: { seen } }: End,
  { pairs }: Selection,
): Promise<void> {
  const rows = given.count('rows', { min: 1, max: ROWS_PER_PART, otherwise: ROWS_PER_PART })
  const parts = csvParts(pairs, rows)
  const names = partNames(parts.length)
  // Parts of an earlier, longer result would be imported along with the new ones.
  for (const { name } of (await platform.files.list(out)) ?? [])
    if (/^contacts(?:-\d{3,})?\.csv$/.test(name)) await platform.removeFile(platform.files.join(out, name))
  if (parts.length === 0) {
    if (seen > 0) terminal.say('No contacts were found: no CSV was written.')
    return
  }
  for (const [index, text] of parts.entries()) {
    const path = platform.files.join(out, names[index]!)
    await platform.replaceFile(path, text)
    const count = Math.min(rows, pairs.length - index * rows)
    const line = `${path}: ${number(count)} ${count === 1 ? 'row' : 'rows'}`
    terminal.say(line)
    log(line)
  }
}

function preview({ pairs }: Selection): void {
  const users = new Set(pairs.map(({ user }) => user)).size
  terminal.say(`${number(pairs.length)} contacts of ${number(users)} people. The most frequent:`)
  for (const { user, external, count, last } of strongest(pairs, SHOWN)) {
    const when = last === null ? 'no date' : new Date(last).toISOString().slice(0, 10)
    terminal.say(`  ${String(count).padStart(6)}  ${when}  ${user} → ${external}`)
  }
}

function sayWhatWasLeftOut({ leftOut, skipped, seen }: Checkpoint, { dropped }: Selection): void {
  const parts: readonly (readonly [number, string])[] = [
    [leftOut.automatic, 'messages written by programs'],
    [leftOut.foreign, 'messages of authors outside your domains'],
    [leftOut.old, 'messages before the date, or without one'],
    [leftOut.mailing, 'mailings to many'],
    [dropped.robots, 'contacts that are robots or lists'],
    [dropped.own, 'contacts in your own domains'],
    [dropped.few, 'contacts with too few messages'],
    [dropped.excluded, 'contacts you left out'],
  ]
  terminal.say(seen === 1 ? '1 message was read.' : `${number(seen)} messages were read.`)
  for (const [count, what] of parts) if (count > 0) terminal.say(`  left out: ${number(count)} ${what}`)
  for (const { title, why } of skipped.slice(0, SHOWN)) terminal.warn(`  not read: ${title}: ${why}`)
  if (skipped.length > SHOWN) terminal.warn(`  not read: ${number(skipped.length - SHOWN)} more, see the log`)
}

function nextWords(code: number, { out, seen }: { readonly out: string; readonly seen: number }): string {
  switch (code) {
    case 0:
      return 'All was read. Import the CSV under Connect, Import permitted senders.'
    case 3:
      return (
        'All was read, except what is named above. The CSV can be imported; the same command tries ' +
        'again what could not be read.'
      )
    case 130:
      return `Stopped. The same command goes on from the checkpoint in ${out}.`
    default:
      if (seen === 0) return 'Nothing was read. Mend what is named above, and start the same command again.'
      return `It ended before all was read. The same command goes on from the checkpoint in ${out}.`
  }
}

async function askKind() {
  if (!terminal.isInteractive)
    throw new WrongOption(`--source is missing. It says what is read: ${toolKinds.join(', ')}. See --help.`)
  const typed = (await terminal.ask(`Source (${toolKinds.join(', ')}): `)).trim()
  const found = toolKinds.find((kind) => kind === typed)
  if (found === undefined) throw new WrongOption(`The source is one of ${toolKinds.join(', ')}.`)
  return found
}

/** What a resumed run must share with the first; a digest, so that addresses are not kept twice. */
function fingerprintOf(kind: string, { identity }: Chosen, rules: Rules): string {
  const text = JSON.stringify([kind, identity, rules.ownDomains, rules.since, rules.recipientsMax])
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
