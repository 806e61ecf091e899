// Word of an alert by mail: plain text in short sentences, 7 bit on the outside.
import { type AlertKind, alertKinds } from '@gatepost/contract/alert.ts'
import { plainLetter } from '../letter.ts'
import type { WebhookBody } from './webhook.ts'

export type AlertLetter = {
  readonly id: string
  readonly hostname: string
  /** The address in From. */
  readonly author: string
  readonly to: readonly string[]
  readonly body: WebhookBody
  /** Where the page is, with the console's address. */
  readonly page: string
  readonly now: number
}

/** RFC 5322 text with CRLF. */
export function alertLetter({ id, hostname, author, to, body, page, now }: AlertLetter): string {
  const words = wordsOf(body, page)
  return plainLetter({ id, author, to, subject: subjectOf(body), body: words, hostname, now })
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

function wordsOf({ event, alert, organization }: WebhookBody, page: string): readonly string[] {
  const whose = organization === null ? 'The installation itself' : organization.name
  if (alert === null) {
    return [`A test of the alert channel of ${whose}. Nothing is wrong.`, '', page, '']
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
  ]
}
