// The mail with a reset link: plain text, from us, saying what to do for who did not ask.
import { formatDate } from '@gatepost/mail/date.ts'

/** RFC 5322 text with CRLF, 7 bit only: the link and the words need no more. */
export function resetMessage(mail: {
  readonly id: string
  readonly hostname: string
  readonly to: string
  readonly link: string
  readonly minutes: number
  readonly from: string
  readonly now: number
}): string {
  const { id, hostname, to, link, minutes, from, now } = mail
  return [
    `Date: ${formatDate(now)}`,
    `From: Gatepost <postmaster@${hostname}>`,
    // Header fields of this message are ASCII; an international address stands in the envelope alone.
    /^[!-~]+$/.test(to) ? `To: <${to}>` : 'To: undisclosed-recipients:;',
    `Message-ID: <${id}@${hostname}>`,
    'Subject: Set a new password for Gatepost',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    'Content-Transfer-Encoding: 7bit',
    '',
    'Somebody asked to set a new password for your account at Gatepost, the mail',
    'gateway of your organisation. Open this link to choose one:',
    '',
    link,
    '',
    `The link works once, within ${minutes} minutes. It was asked for from the`,
    `address ${from}.`,
    '',
    'If that was not you, do nothing: your password stays as it is. Tell your',
    'administrator when such mails come again and again.',
    '',
  ].join('\r\n')
}
