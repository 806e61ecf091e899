// Message trace of Exchange Online by Graph: who sent to whom in the last 90 days, without touching a
// mailbox.
import { isAutomaticSubject } from './automatic.ts'
import { createGraphClient, type GraphSettings, graphFault } from './graph-client.ts'
import { dateOf, type Letter } from './letter.ts'
import { type Effects, type Page, type Part, type Source, SourceFault } from './source.ts'
import { type Answer, type Json, objectOf, objectsOf, textOf } from './web.ts'

export type TraceOptions = { readonly until: number; readonly since: number | null }

const DAY_MS = 86_400_000
/** What Exchange Online keeps; a question may span 10 days, a day gives pages of bearable number. */
export const TRACE_DAYS_MAX = 90
const PAGE_SIZE = 5_000
/** Exchange takes 100 questions in five minutes. */
const QUESTION_PAUSE_MS = 3_100
const PERMISSION = 'ExchangeMessageTrace.Read.All'
/** What never reached anybody proves nothing. */
const UNSENT: ReadonlySet<string> = new Set(['failed', 'quarantined', 'filteredasspam'])

/** The source for one run. */
export function createGraphTrace(settings: GraphSettings, options: TraceOptions, effects: Effects): Source {
  const client = createGraphClient(settings, effects)
  return {
    kind: 'graph-trace',
    parts: () => Promise.resolve(daysOf(options)),
    async *read(part, from, signal): AsyncGenerator<Page> {
      let link: string = from ?? firstLink(part, options)
      const seen = new Set<string>()
      for (;;) {
        if (seen.size > 0) await effects.pause(QUESTION_PAUSE_MS, signal)
        signal.throwIfAborted()
        if (seen.has(link)) throw circle()
        seen.add(link)
        const answer = await client.get(link, signal)
        if (answer.status !== 200) throw traceFault(answer)
        const body = objectOf(answer.json)
        const rows = objectsOf(body, 'value')
        const next = textOf(body, '@odata.nextLink')
        yield { letters: lettersOf(rows), seen: rows.length, total: null, next }
        if (next === null) return
        link = next
      }
    },
    close: () => Promise.resolve(),
  }
}

/** Days from the oldest that is kept to now, newest last. */
function daysOf({ until, since }: TraceOptions): readonly Part[] {
  const oldest = Math.max(until - (TRACE_DAYS_MAX - 1) * DAY_MS, since ?? 0)
  const parts: Part[] = []
  for (let day = Math.floor(oldest / DAY_MS); day <= Math.floor((until - 1) / DAY_MS); day += 1) {
    const title = new Date(day * DAY_MS).toISOString().slice(0, 10)
    parts.push({ id: title, title })
  }
  return parts
}

function firstLink({ id }: Part, { until, since }: TraceOptions): string {
  const day = Date.parse(`${id}T00:00:00Z`)
  const start = Math.max(day, until - TRACE_DAYS_MAX * DAY_MS + 60_000, since ?? 0)
  // Both ends belong to the question, so a day ends a millisecond before the next.
  const end = Math.min(day + DAY_MS - 1, until)
  const filter = `receivedDateTime ge ${iso(start)} and receivedDateTime le ${iso(end)}`
  return `/admin/exchange/tracing/messageTraces?${new URLSearchParams({ $filter: filter, $top: String(PAGE_SIZE) })}`
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** A row is one recipient; rows of one message make one letter, so that a mailing is known as such. */
function lettersOf(rows: readonly Json[]): readonly Letter[] {
  const byMessage = new Map<string, Json[]>()
  for (const row of rows) {
    const key = `${textOf(row, 'messageId') ?? textOf(row, 'id')}\n${textOf(row, 'senderAddress')}`
    const rowsOf = byMessage.get(key)
    if (rowsOf === undefined) byMessage.set(key, [row])
    else rowsOf.push(row)
  }
  return [...byMessage.values()].map((rowsOf) => {
    const [first] = rowsOf
    const sent = rowsOf.filter((row) => !UNSENT.has((textOf(row, 'status') ?? '').toLowerCase()))
    return {
      author: textOf(first ?? null, 'senderAddress'),
      owner: null,
      recipients: sent.map((row) => textOf(row, 'recipientAddress')).filter((text) => text !== null),
      at: dateOf(textOf(first ?? null, 'receivedDateTime') ?? ''),
      isAutomatic: isAutomaticSubject(textOf(first ?? null, 'subject') ?? ''),
    }
  })
}

function traceFault(answer: Answer): SourceFault {
  if (answer.status === 401)
    return new SourceFault({
      reach: 'fatal',
      saw: 'Exchange Online refuses the message trace (401).',
      remedy:
        'The tenant needs a service principal: run “New-MgServicePrincipal ' +
        '-AppId 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373” once, wait some minutes, and resume.',
    })
  if (answer.status === 410)
    return new SourceFault({
      reach: 'part',
      saw: 'The listing of this day expired while it was read.',
      remedy: 'Read Sent items as well, or run again from the beginning.',
    })
  return graphFault(answer, PERMISSION)
}

const circle = () =>
  new SourceFault({
    reach: 'fatal',
    saw: 'The message trace of Microsoft Graph leads in a circle.',
    remedy: 'A proxy may alter answers. Try again; the run can be resumed.',
  })
