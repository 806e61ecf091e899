// A letter of the installation to one person: plain words in base64, headers in ASCII.
import { formatDate } from '@gatepost/mail/date.ts'
import { newId } from '#platform/random.ts'

export type PlainLetter = {
  readonly to: string
  /** ASCII, of our own words. */
  readonly subject: string
  /** Lines of the body. */
  readonly body: readonly string[]
  readonly hostname: string
  /** Unix milliseconds. */
  readonly now: number
}

/** RFC 5322 text with CRLF; the body is base64, so that every name can be written (RFC 2045 §6.8). */
export function plainLetter({ to, subject, body, hostname, now }: PlainLetter): string {
  const lines =
    Buffer.from(body.join('\r\n'), 'utf8')
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  return [
    `Date: ${formatDate(now)}`,
    `From: Gatepost <postmaster@${hostname}>`,
    /^[ -~]+$/.test(to) ? `To: <${to}>` : 'To: undisclosed-recipients:;',
    `Message-ID: <${newId('msg', now)}@${hostname}>`,
    `Subject: ${subject}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...lines,
    '',
  ].join('\r\n')
}
