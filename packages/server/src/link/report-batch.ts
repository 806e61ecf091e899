// Reads a body of POST /v1/reports. Of a message of which nothing matters here but its row, only that is
// parsed: what was judged is stored as it came.
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import * as z from 'zod'
import { checkedReport, isPlainReport } from './report-shape.ts'
import { KEPT_MARK, reportText } from './report-text.ts'
import { wholeReport } from './report-whole.ts'
import type { AcceptedReport, EdgeReport, GreylistReport, Report } from './reports.ts'
import { storableJson } from './storable-json.ts'

const Numbered = z.object({ sequence: z.int(), report: z.unknown() })
const Batch = z.object({
  node: z.string().min(1).max(200),
  slot: z.int().min(0).max(4096),
  reports: z.array(Numbered),
})

/** A body that is no batch of reports at all. */
export class NotABatch extends Error {}

export type ReadReport = {
  /** Without steps and facts where `rules` is not null. */
  readonly report: Report
  /** As it is stored: JSON. Of an accepted message that was not read whole, nobody has parsed the end. */
  readonly text: string
  /** The rules that a message was judged by in no way that matters to rows, words and notes. */
  readonly rules: readonly string[] | null
}

export type ReadBatch = {
  readonly node: string
  readonly slot: number
  /** The highest sequence, counting unreadable reports: sending those again would change nothing. */
  readonly acknowledged: number
  readonly reports: readonly ReadReport[]
  /** What greylisting did: for figures and other nodes, not for tracking. */
  readonly greylist: readonly GreylistReport[]
  /** Why a report was left out; at most a few are named. */
  readonly rejected: readonly string[]
}

const REJECTED_NAMED_MAX = 5
/** What is longer is read whole, whatever its edge says of it. */
const UNREAD_LENGTH_MAX = 262_144

/**
 * A single unreadable report is left out, so that it cannot stop the others. Edges write a report a line
 * (`OutboxText`); any other JSON of the same shape is read too.
 */
export function readBatch(sent: string): Parsed<ReadBatch, 'not-a-batch'> {
  const body = storableJson(sent)
  const batch = readLines(body) ?? readWhole(body)
  if (batch === null) return fail('not-a-batch')
  const reports: ReadReport[] = []
  const greylist: GreylistReport[] = []
  const rejected: string[] = []
  let acknowledged = 0
  for (const numbered of batch.reports) {
    const { sequence } = numbered
    acknowledged = Math.max(acknowledged, sequence)
    const read = 'text' in numbered ? readText(numbered.text) : readParsed(numbered.report, null)
    if (!read.ok) {
      if (rejected.length < REJECTED_NAMED_MAX) rejected.push(`report ${sequence}: ${read.fault}`)
    } else if (read.value.report.kind === 'greylist') greylist.push(read.value.report)
    else reports.push(read.value as ReadReport)
  }
  const { node, slot } = batch
  return ok({ node, slot, acknowledged, reports, greylist, rejected })
}

type Numbered =
  | { readonly sequence: number; readonly text: string }
  | { readonly sequence: number; readonly report: unknown }
type Head = { readonly node: string; readonly slot: number; readonly reports: readonly Numbered[] }
type AnyRead = Omit<ReadReport, 'report'> & { readonly report: EdgeReport }

function readWhole(body: string): Head | null {
  const read = Batch.safeParse(parseJson(body))
  return read.success ? read.data : null
}

const SEQUENCE = '{"sequence":'
const REPORT = ',"report":'
const END = ']}'

/** Null where it is not written a report a line. JSON holds no line feed inside of texts. */
function readLines(body: string): Head | null {
  const first = body.indexOf('\n')
  const head = first < 0 ? null : readWhole(body.slice(0, first) + END)
  if (head === null || !body.endsWith(`\n${END}`)) return null
  const reports: Numbered[] = []
  const last = body.length - END.length
  for (let from = first + 1; from < last; ) {
    const end = body.indexOf('\n', from)
    const at = body.indexOf(REPORT, from)
    const isLine = body.startsWith(SEQUENCE, from) && at > 0 && at < end
    const sequence = isLine ? Number(body.slice(from + SEQUENCE.length, at)) : Number.NaN
    if (!Number.isSafeInteger(sequence)) return null
    const close = body[end - 1] === ',' ? end - 2 : end - 1
    if (body[close] !== '}') return null
    reports.push({ sequence, text: body.slice(at + REPORT.length, close) })
    from = end + 1
  }
  return { ...head, reports }
}

/** A message's report from its row, read as when it came; null where it cannot be read any more. */
export function readStored(text: string): (ReadReport & { readonly report: MessageReport }) | null {
  const read = readText(text)
  if (!read.ok) return null
  const { report } = read.value
  if (report.kind !== 'accepted' && report.kind !== 'refused') return null
  return { ...read.value, report }
}

type MessageReport = Extract<Report, { readonly kind: 'accepted' | 'refused' }>

/** The beginning alone, where the edge says that it is enough, and it is plainly right. */
function readText(text: string): Parsed<AnyRead, string> {
  const mark = text.indexOf(KEPT_MARK)
  if (mark > 0 && text.length <= UNREAD_LENGTH_MAX && text[mark - 1] === ',') {
    const head = parseJson(`${text.slice(0, mark - 1)}}`)
    if (isPlainReport(head) && head.kind === 'accepted') {
      const { rules } = head as AcceptedReport & { readonly rules?: readonly string[] }
      if (rules !== undefined) return ok({ report: head, text, rules })
    }
  }
  return readParsed(parseJson(text), text)
}

/** The whole of a report. It is stored as it came, unless it came long or something had to be cut. */
function readParsed(parsed: unknown, text: string | null): Parsed<AnyRead, string> {
  const whole = wholeReport(parsed)
  const isShort = whole !== parsed || (whole as EdgeReport | null)?.kind === 'delivery'
  if (isPlainReport(whole)) {
    return ok({ report: whole, text: isShort && text !== null ? text : reportText(whole), rules: null })
  }
  const read = checkedReport(whole)
  if (!read.success) return fail(z.prettifyError(read.error))
  const report = read.data as unknown as EdgeReport
  return ok({ report, text: reportText(report), rules: null })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
