// SRS: forwarded mail to hosts outside gets a reverse-path of the forwarding domain, so that it passes SPF,
// and its bounces find back. The scheme of libsrs2: SRS0=hash=time=domain=local@ours, SRS1 for what was
// rewritten before.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { formatMailbox, type Mailbox, mailboxOf } from '@gatepost/mail/address.ts'

const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567'
/** 40 bit: a guess is right once in a million million. */
const HASH_DIGITS = 8
const DAY_MS = 86_400_000
/** Days are told modulo this: two digits. */
const DAYS = 1_024
/** Bounces come within days; hosts give up after five. */
const VALID_DAYS = 21

export type SrsFault = 'no-srs' | 'wrong-hash' | 'too-old'

/** The reverse-path of a message that `domain` forwards. */
export function srsForward(
  reversePath: Mailbox,
  at: { readonly key: string; readonly domain: string; readonly now: number },
): Mailbox {
  const { key, domain, now } = at
  const { localPart } = reversePath
  const again = /^srs([01])[=+-](.+)$/i.exec(localPart)
  if (again !== null) {
    // SRS1 leads back to the host that rewrote first, whatever came between.
    const inner = again[1] === '1' ? /^[^=]+=([^=]+)=([=+-].+)$/.exec(again[2]!) : null
    const first = inner?.[1] ?? reversePath.domain
    const rest = inner?.[2] ?? `=${again[2]!}`
    return { localPart: `SRS1=${hashOf(key, first + rest)}=${first}=${rest}`, domain }
  }
  const time = timeOf(now)
  const hash = hashOf(key, time + reversePath.domain + localPart)
  return { localPart: `SRS0=${hash}=${time}=${reversePath.domain}=${localPart}`, domain }
}

/** Whom a bounce to one of our rewritten reverse-paths is for. */
export function srsReverse(
  { localPart }: Mailbox,
  { key, now }: { readonly key: string; readonly now: number },
): { readonly ok: true; readonly value: Mailbox } | { readonly ok: false; readonly fault: SrsFault } {
  const once = /^srs0[=+-]([a-z2-7]+)=([a-z2-7]{2})=([^=]+)=(.+)$/i.exec(localPart)
  if (once !== null) {
    const [, hash = '', time = '', domain = '', local = ''] = once
    if (!isHash(key, time.toLowerCase() + domain + local, hash)) return { ok: false, fault: 'wrong-hash' }
    if (!isRecent(time, now)) return { ok: false, fault: 'too-old' }
    return mailbox(local, domain)
  }
  const twice = /^srs1[=+-]([a-z2-7]+)=([^=]+)=([=+-].+)$/i.exec(localPart)
  if (twice === null) return { ok: false, fault: 'no-srs' }
  const [, hash = '', first = '', rest = ''] = twice
  if (!isHash(key, first + rest, hash)) return { ok: false, fault: 'wrong-hash' }
  return mailbox(`SRS0${rest}`, first)
}

export function isSrs({ localPart }: Mailbox): boolean {
  return /^srs[01][=+-]/i.test(localPart)
}

/** Written and read: a local part may need quotes, and what stands for a domain must be one. */
function mailbox(localPart: string, domain: string): ReturnType<typeof srsReverse> {
  const value = mailboxOf(formatMailbox({ localPart, domain }), { allowUnderscore: true })
  return value === null ? { ok: false, fault: 'no-srs' } : { ok: true, value }
}

/** In lower case, since hosts on the way may change the case of a local part. */
function hashOf(key: string, text: string): string {
  const bytes = createHmac('sha256', key).update(text.toLowerCase()).digest()
  return Array.from(bytes.subarray(0, HASH_DIGITS), (byte) => DIGITS[byte & 31]).join('')
}

function isHash(key: string, text: string, hash: string): boolean {
  const right = Buffer.from(hashOf(key, text))
  const given = Buffer.from(hash.toLowerCase())
  return right.length === given.length && timingSafeEqual(right, given)
}

function timeOf(now: number): string {
  const day = Math.floor(now / DAY_MS) % DAYS
  return `${DIGITS[day >> 5]}${DIGITS[day & 31]}`
}

function isRecent(time: string, now: number): boolean {
  const [high = 0, low = 0] = [...time.toLowerCase()].map((digit) => DIGITS.indexOf(digit))
  const age = (Math.floor(now / DAY_MS) - (high * 32 + low) + DAYS * 100) % DAYS
  return age <= VALID_DAYS
}
