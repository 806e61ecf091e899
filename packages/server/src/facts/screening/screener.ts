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
import type { ContentSource, Screener, Screening, ScreeningInput } from './screening.ts'
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
  const message = { octets: once(() => smallOctets(input)), mime: null as ParsedMime | null }
  const inspection = once(() => inspect(common, input, message))
  return {
    virus: once(() => virusFact(common, input, inspection)),
    attachments: once(async () => {
      const found = await inspection()
      return found.kind === 'known' ? known(found.value.attachments) : found
    }) satisfies () => Promise<Fact<AttachmentsFact>>,
    spam: once(() => spamFact(common, input, message)),
  }
}

type Message = {
  /** Null for content that is looked at in the thread. */
  readonly octets: () => Promise<Uint8Array | null>
  mime: ParsedMime | null
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null
  return () => {
    made ??= make()
    return made
  }
}

async function smallOctets(input: ScreeningInput): Promise<Uint8Array | null> {
  if (input.size > INLINE_OCTETS_MAX) return null
  const source = await input.content()
  return source.kind === 'memory' ? concat(source.chunks) : null
}

async function inspect(common: Common, input: ScreeningInput, message: Message): Promise<Fact<Inspection>> {
  const octets = await message.octets()
  if (octets !== null) {
    const inline = inspectInline(common, octets, message)
    if (inline !== null) return inline
  }
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
function inspectInline(common: Common, octets: Uint8Array, message: Message): Fact<Inspection> | null {
  try {
    message.mime ??= parseMime(octets)
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

async function virusFact(
  { clamd }: Common,
  input: ScreeningInput,
  inspection: () => Promise<Fact<Inspection>>,
): Promise<Fact<VirusFact>> {
  if (clamd === null) return known({ kind: 'no-scanner' })
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
  const octets = await message.octets()
  const foreign = external === null ? null : await external.score(octets ?? (await wholeOf(input)), about)
  if (foreign !== null) return known(foreign)
  if (octets !== null) {
    message.mime ??= parseMime(octets)
    return known(score({ octets, mime: message.mime, about }))
  }
  const source = await jobSource(input)
  if (source === null) return unknown('the content cannot be read')
  const answer = await pool.run({ source, work: { kind: 'score', about } })
  if (answer.kind === 'scored') return answer.spam === null ? unknown('not scored') : known(answer.spam)
  return unknown(answer.kind === 'inspected' ? 'the answer was to another question' : answer.why)
}
