// Envelope journaling as Exchange does it: a report of who sent what to whom, with the message inside
// untouched.
import { firstValue } from './message-text.ts'

export type Journaled = {
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  readonly content: Uint8Array
}

const BOUNDARY = 'journal-report'
/** The author that Exchange gives to its reports. */
const AUTHOR = 'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e'

/** A report for the journal address; its reverse-path is null. */
export function journalReport(
  message: Journaled,
  { to, domain, at, count }: { to: string; domain: string; at: number; count: number },
): Buffer {
  const subject = firstValue(message.content, 'subject')
  const head = [
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `From: Microsoft Outlook <${AUTHOR}@${domain}>`,
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Message-ID: <journal-${at.toString(36)}-${count}@${domain}>`,
    'X-MS-Journal-Report:',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: text/plain; charset="us-ascii"',
    'Content-Transfer-Encoding: 7bit',
    '',
    `Sender: ${message.reversePath}`,
    `Subject: ${subject}`,
    `Message-Id: ${firstValue(message.content, 'message-id')}`,
    ...message.forwardPaths.map((forwardPath) => `To: ${forwardPath}`),
    '',
    `--${BOUNDARY}`,
    'Content-Type: message/rfc822',
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head), message.content, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
}
