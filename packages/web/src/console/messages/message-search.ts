// The filters of the message list as they stand in the address, and what they ask of the server.
import { type listMessages, MessageStatus } from '@gatepost/contract/message.ts'
import * as z from 'zod'

export const ranges = ['hour', 'day', 'week', 'all'] as const
export type Range = (typeof ranges)[number]

export const rangeWords: { readonly [Name in Range]: string } = {
  hour: 'Last hour',
  day: 'Last 24 hours',
  week: 'Last 7 days',
  all: 'All',
}

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
export function timeWords({ time, from, to }: MessageSearch): string {
  if (from !== undefined && to !== undefined) return from === to ? from : `${from} to ${to}`
  if (from !== undefined) return `Since ${from}`
  if (to !== undefined) return `Until ${to}`
  return rangeWords[time ?? 'day']
}

const when: { readonly [Name in Range]: string } = {
  hour: ' in the last hour',
  day: ' in the last 24 hours',
  week: ' in the last 7 days',
  all: '',
}

/** The question again, as an answer: "No refused message with acme.example reached us in the last hour". */
export function noMatchSentence(search: MessageSearch): string {
  const { sender, recipient, group, ip, from, to, time = 'day' } = search
  const parts = [
    search.status,
    search.direction,
    'message',
    search.search && `with ${search.search}`,
    sender && `from ${sender}`,
    recipient && `to ${recipient}`,
    group && 'to this group',
    ip && `by ${ip}`,
  ]
  const days = (from ?? to) ? ` (${timeWords(search).toLowerCase()})` : when[time]
  return `No ${parts.filter(Boolean).join(' ')} reached us${days}`
}

export function isFiltered(search: MessageSearch): boolean {
  return copied.some((name) => Boolean(search[name]))
}

const older: { readonly [Name in Range]: string } = {
  hour: 'mail older than an hour',
  day: 'mail older than 24 hours',
  week: 'mail older than 7 days',
  all: '',
}

/** What the filters beside the search leave out: "mail that is not held and outbound mail"; else empty. */
export function leftOutOf(search: MessageSearch): string {
  const { status, direction, sender, recipient, group, ip, time = 'all', from, to } = search
  const { reason, policy, rule } = search
  const parts = [
    status ? `mail that is not ${status}` : '',
    direction ? `${direction === 'inbound' ? 'outbound' : 'inbound'} mail` : '',
    sender ? 'other senders' : '',
    recipient || group ? 'other recipients' : '',
    ip ? 'other clients' : '',
    reason || policy || rule ? 'mail that went its way for other reasons' : '',
    (from ?? to) ? 'other days' : older[time],
  ]
  return new Intl.ListFormat('en-GB').format(parts.filter((part) => part !== ''))
}

const none = Object.fromEntries(
  [...copied.filter((name) => name !== 'search'), 'from', 'to'].map((name) => [name, undefined]),
)

/** Filters beside the search go first: what was searched for is then looked for everywhere; next goes all. */
export function cleared(search: MessageSearch): Partial<MessageSearch> {
  if (!leftOutOf(search)) return { ...none, search: undefined, time: undefined }
  return { ...none, time: search.time && 'all' }
}
