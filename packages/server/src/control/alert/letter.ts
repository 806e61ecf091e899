// Word of an alert by mail: plain text in short sentences, 7 bit on the outside.
import { type AlertKind, alertKinds } from '@gatepost/contract/alert.ts'
import { formatDate } from '@gatepost/mail/date.ts'
import type { WebhookBody } from './webhook.ts'

export type AlertLetter = {
  readonly id: string
  readonly hostname: string
  readonly to: readonly string[]
  readonly body: WebhookBody
  /** Where the page is, with the console's address. */
  readonly page: string
  readonly now: number
}

/** RFC 5322 text with CRLF. */
export function alertLetter({ id, hostname, to, body, page, now }: AlertLetter): string {
  const lines =
    Buffer.from(wordsOf(body, page), 'utf8')
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  const listed = to.filter((address) => /^[!-~]+$/.test(address))
  return [
    `Date: ${formatDate(now)}`,
    `From: Gatepost <postmaster@${hostname}>`,
    listed.length > 0
      ? `To: ${listed.map((address) => `<${address}>`).join(',\r\n ')}`
      : 'To: undisclosed-recipients:;',
    `Message-ID: <${id}@${hostname}>`,
    `Subject: ${subjectOf(body)}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...lines,
    '',
  ].join('\r\n')
}

function subjectOf({ event, alert }: WebhookBody): string {
  if (alert === null) return 'Gatepost test alert'
  const what = alertKinds[alert.kind as AlertKind]
  const subject = alert.subject.replaceAll(/[^ -~]/g, '?').slice(0, 60)
  switch (event) {
    case 'alert.cleared':
      return `Over: ${what} (${subject})`
    case 'alert.escalated':
      return `Nobody took care yet: ${what} (${subject})`
    default:
      return `${what} (${subject})`
  }
}

function wordsOf({ event, alert, organization }: WebhookBody, page: string): string {
  const whose = organization === null ? 'The installation itself' : organization.name
  if (alert === null) {
    return [`A test of the alert channel of ${whose}. Nothing is wrong.`, '', page, ''].join('\r\n')
  }
  const head = event === 'alert.cleared' ? 'This is over:' : whose
  return [
    ...(event === 'alert.cleared' ? [head, ''] : [head, '']),
    alert.text,
    '',
    ...(event === 'alert.cleared' ? [] : [`What to do: ${alert.remedy}`, '']),
    ...(event === 'alert.escalated' ? ['Nobody acknowledged this alert so far.', ''] : []),
    `More, and the button to acknowledge it: ${page}`,
    '',
  ].join('\r\n')
}
