// What a mail host saw of our test message, read from the message as the reader's mailbox has it (C5): the
// client it took for the sender, what it says of authentication, its spam level, and the folder. Pure.
import type { Check } from '@gatepost/contract/common.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { fieldsNamed, firstField, type HeaderField, parseHeaderFields } from '@gatepost/mail/header.ts'
import { isPrivate, normalizeIp } from '@gatepost/mail/ip.ts'
import { isOwnAuthenticationResults } from '@gatepost/mail/trace-fields.ts'
import { checkOf } from '../connect/check.ts'

/** Names of the checks that a received message adds to a route's test begin so. */
export const SEEN = 'seen-'
export const SEEN_CLIENT = `${SEEN}client`

/** The header alone counts; a longer one is no test message of ours. */
const HEADER_MAX = { maxFields: 1_000, maxBytes: 262_144 }
/** From here on Exchange puts mail into the junk folder. */
const SCL_JUNK = 5

export type Arrival =
  | { readonly ok: true; readonly checks: readonly Check[] }
  | { readonly ok: false; readonly why: string }

/**
 * Reads the text of an .eml file. It has to be the test message of `hostname` that was sent at or after
 * `startedAt` (epoch milliseconds); else `why` is a sentence for the reader.
 */
export function readArrival(
  text: string,
  sent: { readonly hostname: string; readonly startedAt: number; readonly now: number },
): Arrival {
  const whole = text.replaceAll(/\r?\n/g, '\r\n')
  const end = whole.indexOf('\r\n\r\n')
  const header = new TextEncoder().encode(end < 0 ? whole : whole.slice(0, end + 2))
  const parsed = parseHeaderFields(header, HEADER_MAX)
  if (!parsed.ok)
    return { ok: false, why: 'This file has no header that could be read. Save the message as .eml.' }
  const fields = parsed.value
  const id = textOf(fields, 'message-id')
  const own = new RegExp(`^<prb_[0-9a-z]{26}@${sent.hostname.toLowerCase().replaceAll('.', '\\.')}>$`)
  if (id === null || !own.test(id.toLowerCase())) {
    return {
      ok: false,
      why: 'This is not a test message of this gateway. Save the test message itself as .eml.',
    }
  }
  // Its date has whole seconds.
  const at = Date.parse(textOf(fields, 'date') ?? '')
  if (!(at >= sent.startedAt - 1_000)) {
    return { ok: false, why: 'This test message is of an earlier test. Save the one that was sent last.' }
  }
  const found = [
    clientCheck(fields, sent),
    authenticationCheck(fields, sent),
    spamCheck(fields, sent),
    folderCheck(fields, sent),
  ]
  return { ok: true, checks: found.filter((check) => check !== null) }
}

type At = { readonly hostname: string; readonly now: number }

/** Exchange Online tells that it looked past us; every host tells the address that it saw. */
function clientCheck(fields: readonly HeaderField[], { now }: At): Check {
  const common = { name: SEEN_CLIENT, title: say('probe.seen-client'), checkedAt: now }
  const skipped = textOf(fields, 'x-ms-exchange-skiplistedinternetsender')
  if (skipped !== null) {
    const saw = say('seen.past', { words: shortened(skipped) })
    return checkOf({ ...common, state: 'passed', saw, remedy: null })
  }
  const seen = forefront(fields).get('CIP') ?? receivedFrom(fields)
  if (isExchangeOnline(fields)) {
    const saw = seen === null ? say('seen.takes-us') : say('seen.takes-us-at', { address: seen })
    return checkOf({ ...common, state: 'failed', saw, remedy: say('seen.switch-on') })
  }
  if (seen === null) {
    return checkOf({ ...common, state: 'not-verified', saw: say('seen.no-client'), remedy: null })
  }
  if (!isPrivate(seen)) {
    return checkOf({ ...common, state: 'passed', saw: say('seen.client', { address: seen }), remedy: null })
  }
  const saw = say('seen.private', { address: seen })
  return checkOf({ ...common, state: 'warning', saw, remedy: say('seen.no-nat') })
}

function authenticationCheck(fields: readonly HeaderField[], { hostname, now }: At): Check | null {
  const theirs = fieldsNamed(fields, 'authentication-results').find(
    (field) => !isOwnAuthenticationResults(field, hostname),
  )
  if (theirs === undefined) return null
  const common = { name: `${SEEN}authentication`, title: say('probe.seen-authentication'), checkedAt: now }
  const results = resultsIn(theirs.value)
  const saw = results.map(([method, result]) => `${method} ${result}`).join(', ')
  if (results.some(([method, result]) => /^(spf|dkim)$/.test(method) && result === 'pass')) {
    return checkOf({ ...common, state: 'passed', saw: `${saw}.`, remedy: null })
  }
  return checkOf({
    ...common,
    state: 'warning',
    saw: saw === '' ? say('seen.no-result') : `${saw}.`,
    remedy: say('seen.look-at-spf', { hostname }),
  })
}

/** Exchange Online writes no authserv-id (RFC 8601 §2.2): the words are looked for, outside of comments. */
function resultsIn(value: string): readonly (readonly [method: string, result: string])[] {
  const words = value
    .replaceAll(/\([^()]{0,500}\)/g, ' ')
    .matchAll(/\b(spf|dkim|dmarc|compauth)=([a-z]{2,12})\b/gi)
  return [...words].slice(0, 10).map(([, method, result]) => [method!.toLowerCase(), result!.toLowerCase()])
}

function spamCheck(fields: readonly HeaderField[], { now }: At): Check | null {
  const written = textOf(fields, 'x-ms-exchange-organization-scl') ?? forefront(fields).get('SCL') ?? null
  const common = { name: `${SEEN}spam`, title: say('probe.seen-spam'), checkedAt: now }
  if (written !== null && /^-?\d$/.test(written)) {
    const level = Number(written)
    if (level >= SCL_JUNK) {
      const saw = say('seen.spam', { level })
      return checkOf({ ...common, state: 'warning', saw, remedy: say('seen.look-at-connector') })
    }
    if (level < 0 && isExchangeOnline(fields)) {
      const saw = say('seen.filter-off')
      return checkOf({ ...common, state: 'warning', saw, remedy: say('seen.remove-rule') })
    }
    return checkOf({ ...common, state: 'passed', saw: `SCL ${level}.`, remedy: null })
  }
  const flag = textOf(fields, 'x-spam-flag') ?? textOf(fields, 'x-spam-status')
  if (flag === null) return null
  const isSpam = /^yes\b/i.test(flag)
  const remedy = isSpam ? say('seen.trust') : null
  return checkOf({ ...common, state: isSpam ? 'warning' : 'passed', saw: `${shortened(flag)}.`, remedy })
}

/** Exchange Online writes where it put the message: `dest:I` is the inbox, `dest:J` the junk folder. */
function folderCheck(fields: readonly HeaderField[], { now }: At): Check | null {
  const written = /\bdest:([A-Z])\b/.exec(textOf(fields, 'x-microsoft-antispam-mailbox-delivery') ?? '')?.[1]
  if (written === undefined) return null
  const common = { name: `${SEEN}folder`, title: say('probe.seen-folder'), checkedAt: now }
  if (written === 'I') return checkOf({ ...common, state: 'passed', saw: say('seen.inbox'), remedy: null })
  const saw = written === 'J' ? say('seen.junk') : say('seen.elsewhere', { folder: written })
  return checkOf({ ...common, state: 'warning', saw, remedy: say('seen.look-at-rules') })
}

function isExchangeOnline(fields: readonly HeaderField[]): boolean {
  return firstField(fields, 'x-forefront-antispam-report') !== null
}

/** `CIP:192.0.2.1;CTRY:;LANG:en;SCL:1;…` */
function forefront(fields: readonly HeaderField[]): ReadonlyMap<string, string> {
  const value = textOf(fields, 'x-forefront-antispam-report') ?? ''
  return new Map(
    value.split(';').flatMap((pair) => {
      const at = pair.indexOf(':')
      return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const]
    }),
  )
}

/** The client of the hop that took it from us: the oldest Received field, as we write none on a probe. */
function receivedFrom(fields: readonly HeaderField[]): string | null {
  const oldest = fieldsNamed(fields, 'received').at(-1)?.value ?? ''
  const from = oldest.split(/\bby\b/i)[0]!
  const literal = /[[(](?:ipv6:)?([0-9a-f.:]{3,45})[\])]/i.exec(from)?.[1]
  return literal === undefined ? null : normalizeIp(literal)
}

function textOf(fields: readonly HeaderField[], name: string): string | null {
  return firstField(fields, name)?.value.trim() ?? null
}

function shortened(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ')
  return plain.length > 120 ? `${plain.slice(0, 119)}…` : plain
}
