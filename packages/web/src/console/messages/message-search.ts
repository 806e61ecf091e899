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

const rangeMs = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, all: null } as const

/** Unknown values in an address are dropped, not refused: links grow old. */
export const MessageSearch = z.object({
  search: z.coerce.string().trim().max(320).optional().catch(undefined),
  status: MessageStatus.optional().catch(undefined),
  direction: z.enum(['inbound', 'outbound']).optional().catch(undefined),
  time: z.enum(ranges).optional().catch(undefined),
})
export type MessageSearch = z.infer<typeof MessageSearch>

export type Query = z.input<(typeof listMessages)['query']>

/** The query of a search; times are cut to the minute, so that the answer can be cached while one looks. */
export function queryOf(search: MessageSearch, now: number): Query {
  const length = rangeMs[search.time ?? 'day']
  const from = length === null ? undefined : Math.floor((now - length) / 60_000) * 60_000
  return {
    ...(search.search ? { search: search.search } : {}),
    ...(search.status ? { status: search.status } : {}),
    ...(search.direction ? { direction: search.direction } : {}),
    ...(from === undefined ? {} : { from }),
  }
}

/** The question again, as an answer: "No refused message with acme.example reached us in the last hour". */
export function noMatchSentence(search: MessageSearch): string {
  const status = search.status ? `${search.status} ` : ''
  const direction = search.direction ? `${search.direction} ` : ''
  const about = search.search ? ` with ${search.search}` : ''
  const when = {
    hour: ' in the last hour',
    day: ' in the last 24 hours',
    week: ' in the last 7 days',
    all: '',
  }
  return `No ${status}${direction}message${about} reached us${when[search.time ?? 'day']}`
}

export function isFiltered(search: MessageSearch): boolean {
  return Boolean(search.search || search.status || search.direction)
}

const older: { readonly [Name in Range]: string } = {
  hour: 'mail older than an hour',
  day: 'mail older than 24 hours',
  week: 'mail older than 7 days',
  all: '',
}

/** What the filters beside the search leave out: "mail that is not held and outbound mail"; else empty. */
export function leftOutOf({ status, direction, time = 'all' }: MessageSearch): string {
  const parts = [
    status ? `mail that is not ${status}` : '',
    direction ? `${direction === 'inbound' ? 'outbound' : 'inbound'} mail` : '',
    older[time],
  ]
  return new Intl.ListFormat('en-GB').format(parts.filter((part) => part !== ''))
}

/** Filters beside the search go first: what was searched for is then looked for everywhere; next goes all. */
export function cleared(search: MessageSearch): Partial<MessageSearch> {
  const none = { status: undefined, direction: undefined }
  if (!leftOutOf(search)) return { ...none, search: undefined, time: undefined }
  return { ...none, time: search.time && 'all' }
}
