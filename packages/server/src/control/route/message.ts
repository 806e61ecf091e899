// The real test message of a delivery route (C5): plain, from us, and saying what to do when it arrives.
import { formatDate } from '@gatepost/mail/date.ts'

export type TestMessage = {
  readonly id: string
  readonly hostname: string
  readonly sender: string
  readonly recipient: string
  readonly organisation: string
  readonly now: number
}

/** RFC 5322 text with CRLF, 7 bit only. */
export function testMessage({ id, hostname, sender, recipient, organisation, now }: TestMessage): string {
  const name = asciiOf(organisation)
  // A name that ASCII cannot write is left out rather than shown as question marks.
  const isReadable = name !== '' && !name.includes('?')
  return [
    `Date: ${formatDate(now)}`,
    `From: Gatepost <${sender}>`,
    // Header fields of this message are ASCII; an international address stands in the envelope alone.
    /^[ -~]+$/.test(recipient) ? `To: <${recipient}>` : 'To: undisclosed-recipients:;',
    `Message-ID: <${id}@${hostname}>`,
    `Subject: Gatepost test message${isReadable ? ` for ${name}` : ''}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    'Content-Transfer-Encoding: 7bit',
    '',
    `This message came to you through ${isReadable ? `the delivery route of ${name}` : 'a delivery route'}.`,
    '',
    'An administrator is preparing Gatepost to receive your mail and tests the way',
    'to this mailbox. If you are that administrator, go back to the page and confirm',
    'that the message arrived. Everybody else may delete it.',
    '',
    `Test ${id}, sent by ${hostname}.`,
    '',
  ].join('\r\n')
}

function asciiOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 200)
}
