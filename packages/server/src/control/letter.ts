// A letter of the gateway to people: plain words in base64, headers in ASCII, from the organisation's own
// domain where that signs, so that its mail host takes it by an aligned signature (H6).
import { formatDate } from '@gatepost/mail/date.ts'
import type { OrderResult } from '#link/orders.ts'
import { newId } from '#platform/random.ts'
import { withoutLost } from './domain/claim-store.ts'
import type { ControlDeps } from './scope.ts'
import { keysInUse } from './signing/store.ts'

export type PlainLetter = {
  /** Of the Message-ID; made when left out. */
  readonly id?: string | undefined
  /** The address in From. */
  readonly author: string
  readonly to: readonly string[]
  readonly subject: string
  /** Lines of the body. */
  readonly body: readonly string[]
  readonly hostname: string
  /** Unix milliseconds. */
  readonly now: number
}

export type LetterDeps = Pick<ControlDeps, 'store' | 'clock' | 'config'> & {
  readonly link: Pick<ControlDeps['link'], 'order'>
}

/** A field of more than this would have to be folded. */
const FIELD_MAX = 800
const SUBJECT_SIGNS_MAX = 120
/** Characters of an encoded word: at most 75 octets, whatever they are (RFC 2047 §2). */
const WORD_SIGNS = 11

/** RFC 5322 text with CRLF; the body is base64, so that every name can be written (RFC 2045 §6.8). */
export function plainLetter({ id, author, to, subject, body, hostname, now }: PlainLetter): string {
  const lines =
    Buffer.from(body.join('\r\n'), 'utf8')
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  return [
    `Date: ${formatDate(now)}`,
    `From: Gatepost <${author}>`,
    toField(to),
    `Message-ID: <${id ?? newId('msg', now)}@${hostname}>`,
    `Subject: ${/^[ -~]*$/.test(subject) ? subject : encodedWords(subject)}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...lines,
    '',
  ].join('\r\n')
}

/** Header fields are ASCII; an international address stands in the envelope alone. */
export function toField(to: readonly string[]): string {
  const listed = to.filter((address) => /^[!-~]+$/.test(address) && address.length < FIELD_MAX)
  if (listed.length === 0) return 'To: undisclosed-recipients:;'
  return `To: ${listed.map((address) => `<${address}>`).join(',\r\n ')}`
}

/** RFC 2047 §2: words of at most 75 octets, each whole characters. */
export function encodedWords(text: string): string {
  const signs = [...text].slice(0, SUBJECT_SIGNS_MAX)
  const words: string[] = []
  while (signs.length > 0) {
    const word = signs.splice(0, WORD_SIGNS).join('')
    words.push(`=?utf-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=`)
  }
  return words.join('\r\n ')
}

/**
 * Whom a letter of the gateway to members of an organisation is from: postmaster@ of the reader's own domain
 * where that has a key in use, else of another domain that has, else of the gateway's own name.
 */
export async function letterAuthor(
  tenantId: string,
  to: string | null,
  { store, config }: Pick<LetterDeps, 'store' | 'config'>,
): Promise<string> {
  const domains = (await keysInUse(store.db, tenantId)).map(({ domain }) => domain).sort()
  const own = to?.slice(to.lastIndexOf('@') + 1).toLowerCase()
  return `postmaster@${domains.find((domain) => domain === own) ?? domains[0] ?? config.hostname}`
}

/**
 * Hands a letter to an edge. The result says `failed` where no edge took it, or where its readers are in a
 * domain that went to another organisation.
 */
export async function mailLetter(
  letter: Omit<PlainLetter, 'author' | 'hostname' | 'now'> & { readonly tenantId: string },
  deps: LetterDeps,
): Promise<OrderResult> {
  const { tenantId, ...rest } = letter
  const now = deps.clock.now()
  const to = await withoutLost(deps.store.db, tenantId, letter.to)
  if (to.length === 0) return { kind: 'failed', why: 'Its domain went to another organisation.' }
  const author = await letterAuthor(tenantId, to[0] ?? null, deps)
  const text = plainLetter({ ...rest, to, author, hostname: deps.config.hostname, now })
  return deps.link.order({
    kind: 'submit',
    id: newId('ord', now),
    tenantId,
    reversePath: null,
    forwardPaths: to,
    content: Buffer.from(text, 'utf8').toString('base64'),
  })
}
