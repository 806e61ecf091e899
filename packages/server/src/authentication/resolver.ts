// Our resolver in the shape mailauth asks for, with a bound on questions and on time for one message.
import type { Clock } from '#platform/clock.ts'
import type { Dns, DnsRecordType, MxRecord } from '#platform/dns-types.ts'

export type MailauthResolver = (name: string, type: string) => Promise<unknown[]>

/** The least lifetime of all answers given so far, in milliseconds. */
export type Lifetime = { ms: number }

/** RFC 7208 §4.6.4 allows some 30 questions for SPF; DKIM, DMARC and ARC together need fewer. */
const QUESTIONS_MAX = 100
/** RFC 7208 §4.6.4 asks for at least 20 seconds for one evaluation. */
export const EVALUATION_MS_MAX = 20_000

/**
 * `dns.promises.resolve` by shape. Keeps "no such name" and "no answer" apart (law 4): errors carry
 * `ENOTFOUND`, `ENODATA` or, for everything nobody knows, `ETIMEOUT`.
 */
export function resolverOf(dns: Dns, clock: Clock, lifetime: Lifetime): MailauthResolver {
  const end = clock.now() + EVALUATION_MS_MAX
  let questions = 0
  return async (name, type) => {
    questions++
    if (questions > QUESTIONS_MAX) throw dnsError('ETIMEOUT', 'too many questions for one message')
    if (clock.now() > end) throw dnsError('ETIMEOUT', 'the look-ups of one message took too long')
    const answer = await dns.query({ name: name.replace(/\.$/, ''), type: type as DnsRecordType })
    if (answer.kind === 'failed') throw dnsError('ETIMEOUT', answer.why)
    lifetime.ms = Math.min(lifetime.ms, answer.ttl * 1_000)
    if (answer.kind === 'absent') throw dnsError('ENOTFOUND', `${name} does not exist`)
    if (answer.kind === 'none') throw dnsError('ENODATA', `${name} has no ${type}`)
    return recordsOf('records' in answer ? answer.records : [], type)
  }
}

function recordsOf(records: readonly unknown[], type: string): unknown[] {
  if (type === 'TXT') return records.map((text) => [text])
  if (type !== 'MX') return [...records]
  return (records as readonly MxRecord[]).map(({ preference, exchange }) => ({
    priority: preference,
    exchange,
  }))
}

function dnsError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
