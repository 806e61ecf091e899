// Screens content: small messages in place, all others in a thread; viruses by clamd. What could not be
// looked at is told as such, and is never clean.
import { concat } from '@gatepost/mail/bytes.ts'
import { type ParsedMime, parseMime } from '@gatepost/mail/mime.ts'
import type { Emit } from '#events/emit.ts'
import { Clamd, type ClamdAddress, type ClamdAnswer } from '#platform/clamd.ts'
import { fileChunks } from '#platform/file-chunks.ts'
import {
  type AttachmentsFact,
  type Fact,
  known,
  type SpamFact,
  unknown,
  type VirusFact,
} from '#policy/facts.ts'
import { INLINE_LIMITS, INSPECTION_LIMITS, type InspectionLimits } from './budget.ts'
import { type Inspection, inspectContent } from './inspect.ts'
import { InspectionPool } from './inspection-pool.ts'
import { type ScoreSpam, scoreSpam } from './scorer.ts'
import type { ContentSource, Eventually, Screener, Screening, ScreeningInput } from './screening.ts'
import { ENGINE_OCTETS_MAX, ExternalScorer, type SpamEngine } from './spam/external.ts'

export type ScreenerOptions = {
  readonly emit: Emit
  /** Null: the installation has no virus scanner. */
  readonly clamd: ClamdAddress | null
  /** Octets of one file that the scanner looks at: its MaxFileSize. */
  readonly scannedFileOctets?: number | undefined
  readonly score?: ScoreSpam | null | undefined
  /** Another engine that is asked first; null or left out: ours alone. */
  readonly spamEngine?: SpamEngine | null | undefined
  readonly pool?: InspectionPool | undefined
}

/** Up to here content is looked at in place: it takes a millisecond or two. */
export const INLINE_OCTETS_MAX = 64 * 1024

/** One screener serves all messages of an edge worker. */
export function createScreener(options: ScreenerOptions): Screener {
  const { emit, clamd: address, score = scoreSpam } = options
  const pool = options.pool ?? new InspectionPool({ emit })
  const clamd = address === null ? null : new Clamd({ address })
  const limits = limitsFor(options.scannedFileOctets)
  const external = options.spamEngine ? new ExternalScorer(options.spamEngine) : null
  const common = { emit, pool, clamd, limits, score, external }
  return {
    screen: (input) => screeningOf(common, input),
    close: () => pool.close(),
  }
}

type Common = {
  readonly emit: Emit
  readonly pool: InspectionPool
  readonly clamd: Clamd | null
  readonly limits: InspectionLimits
  readonly score: ScoreSpam | null
  readonly external: ExternalScorer | null
}

function limitsFor(fileOctets: number | undefined): InspectionLimits {
  return fileOctets === undefined ? INSPECTION_LIMITS : { ...INSPECTION_LIMITS, fileOctets }
}

function screeningOf(common: Common, input: ScreeningInput): Screening {
  const message = { small: once(() => smallOctets(input)), mime: null as ParsedMime | null }
  const inspection = once(() => inspect(common, input, message))
  return {
    virus: once(() => virusFact(common, input, inspection)),
    attachments: once(() => {
      const found = inspection()
      return found instanceof Promise ? found.then(attachmentsIn) : attachmentsIn(found)
    }) satisfies () => Eventually<AttachmentsFact>,
    spam: once(() => spamFact(common, input, message)),
  }
}

type Message = {
  readonly small: () => SmallContent | Promise<SmallContent>
  mime: ParsedMime | null
}

/** Null for content that is looked at in the thread. */
type SmallContent = { readonly octets: Uint8Array | null }

const NOT_SMALL: SmallContent = { octets: null }

function attachmentsIn(found: Fact<Inspection>): Fact<AttachmentsFact> {
  return found.kind === 'known' ? known(found.value.attachments) : found
}

function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | null = null
  return () => {
    made ??= make()
    return made
  }
}

/** `none` for content that is looked at in the thread; at once where the content is in memory. */
function smallOctets(input: ScreeningInput): SmallContent | Promise<SmallContent> {
  if (input.size > INLINE_OCTETS_MAX) return NOT_SMALL
  const source = input.content()
  return source instanceof Promise ? source.then(inMemory) : inMemory(source)
}

function inMemory(source: ContentSource): SmallContent {
  return source.kind === 'memory' ? { octets: concat(source.chunks) } : NOT_SMALL
}

/** Small content answers at once: most mail is, and its decision then waits for nothing. */
function inspect(common: Common, input: ScreeningInput, message: Message): Eventually<Inspection> {
  const small = message.small()
  return small instanceof Promise
    ? small.then((found) => inspectSmall(common, found, { input, message }))
    : inspectSmall(common, small, { input, message })
}

function inspectSmall(
  common: Common,
  { octets }: SmallContent,
  { input, message }: { readonly input: ScreeningInput; readonly message: Message },
): Eventually<Inspection> {
  const inline = octets === null ? null : inspectInline(common, octets, { input, message })
  return inline ?? inspectInThread(common, input)
}

async function inspectInThread(common: Common, input: ScreeningInput): Promise<Fact<Inspection>> {
  const source = await jobSource(input)
  if (source === null) return unknown('the content cannot be read')
  const answer = await common.pool.run({ source, work: { kind: 'inspect', limits: common.limits } })
  switch (answer.kind) {
    case 'inspected':
      return known(answer.inspection)
    case 'busy':
      return unknown(answer.why)
    case 'scored':
      return unknown('the answer was to another question')
    case 'failed':
    case 'set-aside':
      return known(notLookedAt(answer.why))
  }
}

/** Null where the small budget was not enough. */
function inspectInline(
  common: Common,
  octets: Uint8Array,
  { input, message }: { readonly input: ScreeningInput; readonly message: Message },
): Fact<Inspection> | null {
  try {
    message.mime ??= parseMime(octets, {}, input.header)
    const found = inspectContent(octets, message.mime, INLINE_LIMITS)
    return found.isOverBudget ? null : known(found)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    common.emit('edge.screening.failed', { why })
    return known(notLookedAt(why))
  }
}

/** A fault of ours with this one message: it would be the same the next time, so it is told as unreadable. */
function notLookedAt(why: string): Inspection {
  const saw = `the content could not be looked into: ${why}`
  return {
    attachments: { files: 0, findings: [{ class: 'unreadable', file: '', saw }] },
    unchecked: [saw],
    isOverBudget: true,
  }
}

/** A copy of what is in memory: the thread takes it over, and the spool still needs its own. */
async function jobSource(input: ScreeningInput) {
  const source = await contentOf(input)
  if (source === null) return null
  if (source.kind === 'file') return { kind: 'file', path: source.path, size: source.size } as const
  return { kind: 'memory', octets: new Uint8Array(concat(source.chunks)) } as const
}

async function contentOf(input: ScreeningInput): Promise<ContentSource | null> {
  try {
    return await input.content()
  } catch {
    return null
  }
}

function virusFact(
  { clamd }: Common,
  input: ScreeningInput,
  inspection: () => Eventually<Inspection>,
): Eventually<VirusFact> {
  return clamd === null ? NO_SCANNER : scan(clamd, input, inspection)
}

const NO_SCANNER: Fact<VirusFact> = known({ kind: 'no-scanner' })

async function scan(
  clamd: Clamd,
  input: ScreeningInput,
  inspection: () => Eventually<Inspection>,
): Promise<Fact<VirusFact>> {
  const source = await contentOf(input)
  if (source === null) return unknown('the content cannot be read')
  const scanning = clamd.scan(source.kind === 'memory' ? source.chunks : fileChunks(source.path))
  const [answer, seen] = await Promise.all([scanning, inspection()])
  return judge(answer, seen)
}

/** Infected is enough by itself; clean is only what both the scanner and our own counting call complete. */
function judge(answer: ClamdAnswer, seen: Fact<Inspection>): Fact<VirusFact> {
  if (answer.kind === 'infected') return known({ kind: 'infected', name: answer.name, by: BY })
  if (answer.kind === 'away') return unknown(answer.why)
  if (seen.kind === 'unknown') return unknown(seen.why)
  const what = [...(answer.kind === 'not-checked' ? [answer.what] : []), ...seen.value.unchecked]
  return known(what.length === 0 ? { kind: 'clean', by: BY } : { kind: 'not-checked', what, by: BY })
}

const BY = 'clamd'

/** Large content in one piece, as far as another engine takes it. */
async function wholeOf(input: ScreeningInput): Promise<Uint8Array> {
  const source = await contentOf(input)
  if (source === null) return new Uint8Array()
  if (source.kind === 'memory') return concat(source.chunks)
  const chunks: Uint8Array[] = []
  if (source.size <= ENGINE_OCTETS_MAX) for await (const chunk of fileChunks(source.path)) chunks.push(chunk)
  return concat(chunks)
}

async function spamFact(common: Common, input: ScreeningInput, message: Message): Promise<Fact<SpamFact>> {
  const { score, pool, external } = common
  if (score === null) return unknown('there is no spam scoring here')
  const about = await input.about()
  const { octets } = await message.small()
  const foreign = external === null ? null : await external.score(octets ?? (await wholeOf(input)), about)
  if (foreign !== null) return known(foreign)
  if (octets !== null) {
    try {
      message.mime ??= parseMime(octets, {}, input.header)
      return known(score({ octets, mime: message.mime, about }))
    } catch (error) {
      // It would be the same each time the message comes again: a score is no reason to lose it.
      const why = error instanceof Error ? error.message : String(error)
      common.emit('edge.screening.failed', { why })
      return unknown(`the content could not be scored: ${why}`)
    }
  }
  const source = await jobSource(input)
  if (source === null) return unknown('the content cannot be read')
  const answer = await pool.run({ source, work: { kind: 'score', about } })
  if (answer.kind === 'scored') return answer.spam === null ? unknown('not scored') : known(answer.spam)
  return unknown(answer.kind === 'inspected' ? 'the answer was to another question' : answer.why)
}
