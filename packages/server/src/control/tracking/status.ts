// What became of each recipient, as one letter each, and the word a whole message shows.
import type { MessageStatus } from '@gatepost/contract/message.ts'
import type { DeliveryReport } from '#link/reports.ts'

const LETTERS = {
  queued: 'q',
  deferred: 'f',
  delivered: 'd',
  bounced: 'b',
  held: 'h',
  refused: 'r',
} as const

/** The most telling first: what a person should look at. */
const TELLING = ['bounced', 'held', 'refused', 'deferred', 'queued', 'delivered'] as const

export type RecipientStatus = keyof typeof LETTERS

const OUTCOMES: { readonly [Outcome in DeliveryReport['outcome']]: RecipientStatus } = {
  delivered: 'delivered',
  deferred: 'deferred',
  bounced: 'bounced',
  held: 'held',
  // The next hop may have it or not: it is tried again.
  ambiguous: 'deferred',
}

export function lettersOf(status: RecipientStatus, recipients: number): string {
  return LETTERS[status].repeat(Math.max(1, recipients))
}

/**
 * The letters after a delivery report. What was settled for good is not unsettled by a report that came late.
 */
export function afterDelivery(
  letters: string,
  report: Pick<DeliveryReport, 'recipients' | 'outcome'>,
): string {
  const letter = LETTERS[OUTCOMES[report.outcome]]
  if (letters.length === 1) return report.recipients.includes(0) && !isFinal(letters) ? letter : letters
  const after = [...letters]
  for (const index of report.recipients) {
    if (index >= 0 && index < after.length && !isFinal(after[index]!)) after[index] = letter
  }
  return after.join('')
}

function isFinal(letter: string): boolean {
  return letter === LETTERS.delivered || letter === LETTERS.bounced
}

/** The status that a message shows. */
export function statusOf(letters: string): RecipientStatus {
  return TELLING.find((status) => letters.includes(LETTERS[status])) ?? 'queued'
}

/** The status of one recipient. */
export function recipientStatus(letters: string, index: number): MessageStatus {
  const letter = letters[index]
  return TELLING.find((status) => LETTERS[status] === letter) ?? 'queued'
}
