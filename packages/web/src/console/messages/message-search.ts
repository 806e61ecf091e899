// The filters of the message list as they stand in the address, and what they ask of the server.
import { type listMessages, MessageStatus } from '@gatepost/contract/message.ts'
import * as z from 'zod'
import type { Words } from '#i18n/i18n.ts'
import { locale } from '#i18n/language.ts'

export const ranges = ['hour', 'day', 'week', 'all'] as const
export type Range = (typeof ranges)[number]

const DAY_MS = 86_400_000
const rangeMs = { hour: 3_600_000, day: DAY_MS, week: 7 * DAY_MS, all: null } as const

const Text = z.coerce.string().trim().min(1).max(320).optional().catch(undefined)
const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined)

/** Unknown values in an address are dropped, not refused: links grow old. */
export const MessageSearch = z.object({
  search: z.coerce.string().trim().max(320).optional().catch(undefined),
  status: MessageStatus.optional().catch(undefined),
  direction: z.enum(['inbound', 'outbound']).optional().catch(undefined),
  sender: Text,
  recipient: Text,
  group: Text,
  ip: Text,
  reason: Text,
  policy: Text,
  rule: Text,
  time: z.enum(ranges).optional().catch(undefined),
  /** Days of the viewer's own zone, both inclusive; they count before `time`. */
  from: Day,
  to: Day,
})
export type MessageSearch = z.infer<typeof MessageSearch>

export type Query = z.input<(typeof listMessages)['query']>

const copied = [
  'search',
  'status',
  'direction',
  'sender',
  'recipient',
  'group',
  'ip',
  'reason',
  'policy',
  'rule',
] as const

/** The query of a search; times are cut to the minute, so that the answer can be cached while one looks. */
export function queryOf(search: MessageSearch, now: number): Query {
  const given = copied.flatMap((name) => (search[name] ? [[name, search[name]]] : []))
  return { ...(Object.fromEntries(given) as Query), ...timesOf(search, now) }
}

function timesOf({ time, from, to }: MessageSearch, now: number): { from?: number; to?: number } {
  if (from !== undefined || to !== undefined) {
    return {
      ...(from === undefined ? {} : { from: startOfDay(from, 0) }),
      ...(to === undefined ? {} : { to: startOfDay(to, 1) }),
    }
  }
  const length = rangeMs[time ?? 'day']
  return length === null ? {} : { from: Math.floor((now - length) / 60_000) * 60_000 }
}

/** Midnight of a day in the viewer's zone, or of the one `later` days after it. */
function startOfDay(day: string, later: number): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).getTime()
}

/** What the time button says. */
export function timeWords({ time, from, to }: MessageSearch, words: Words): string {
  if (from !== undefined && to !== undefined) return from === to ? from : words('time.range', { from, to })
  if (from !== undefined) return words('time.since', { day: from })
  if (to !== undefined) return words('time.until', { day: to })
  return words(`time.${time ?? 'day'}`)
}

/** The question again, as an answer: "No refused message with acme.example reached us in the last hour". */
export function noMatchSentence(search: MessageSearch, words: Words): string {
  const { status, direction, sender, recipient, group, ip, from, to, time = 'day' } = search
  const details = [
    search.search && words('noMatch.with', { text: search.search }),
    sender && words('noMatch.from', { text: sender }),
    recipient && words('noMatch.to', { text: recipient }),
    group && words('noMatch.toGroup'),
    ip && words('noMatch.by', { text: ip }),
  ]
  const days = (from ?? to) ? `(${timeWords(search, words).toLowerCase()})` : ''
  const sentence = words('noMatch.sentence', {
    status: status ? words(`noMatch.status.${status}`) : '',
    direction: direction ? words(`noMatch.direction.${direction}`) : '',
    details: details.filter(Boolean).join(' '),
    when: days || (time === 'all' ? '' : words(`noMatch.when.${time}`)),
  })
  return sentence.replaceAll(/ {2,}/g, ' ').trim()
}

export function isFiltered(search: MessageSearch): boolean {
  return copied.some((name) => Boolean(search[name]))
}

/** What the filters beside the search leave out: "mail that is not held and outbound mail"; else empty. */
export function leftOutOf(search: MessageSearch, words: Words): string {
  const { status, direction, sender, recipient, group, ip, time = 'all', from, to } = search
  const { reason, policy, rule } = search
  const isDays = (from ?? to) !== undefined
  const parts = [
    status ? words('noMatch.out.status', { status: words(`noMatch.plain.${status}`) }) : '',
    direction ? words(`noMatch.out.${direction === 'inbound' ? 'outbound' : 'inbound'}`) : '',
    sender ? words('noMatch.out.senders') : '',
    recipient || group ? words('noMatch.out.recipients') : '',
    ip ? words('noMatch.out.clients') : '',
    reason || policy || rule ? words('noMatch.out.reasons') : '',
    isDays ? words('noMatch.out.days') : time === 'all' ? '' : words(`noMatch.out.${time}`),
  ]
  return new Intl.ListFormat(locale()).format(parts.filter((part) => part !== ''))
}

/** Whether any filter stands beside the search. */
function leavesOut({ search: _search, time = 'all', ...beside }: MessageSearch): boolean {
  return time !== 'all' || Object.values(beside).some(Boolean)
}

const none = Object.fromEntries(
  [...copied.filter((name) => name !== 'search'), 'from', 'to'].map((name) => [name, undefined]),
)

/** Filters beside the search go first: what was searched for is then looked for everywhere; next goes all. */
export function cleared(search: MessageSearch): Partial<MessageSearch> {
  if (!leavesOut(search)) return { ...none, search: undefined, time: undefined }
  return { ...none, time: search.time && 'all' }
}
