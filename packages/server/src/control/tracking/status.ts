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
  discarded: 'x',
} as const

/** The most telling first: what a person should look at. */
const TELLING = ['bounced', 'held', 'refused', 'deferred', 'queued', 'discarded', 'delivered'] as const

export type RecipientStatus = keyof typeof LETTERS

/** Change where a recipient goes or when, not whether it waits: a held one stays held. */
const KEEPS_HELD: ReadonlySet<string> = new Set(['rerouted', 'paused'])

const OUTCOMES: { readonly [Outcome in DeliveryReport['outcome']]: RecipientStatus } = {
  delivered: 'delivered',
  deferred: 'deferred',
  bounced: 'bounced',
  held: 'held',
  // The next hop may have it or not: it is tried again.
  ambiguous: 'deferred',
  released: 'queued',
  rerouted: 'queued',
  paused: 'queued',
  discarded: 'discarded',
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
  const stays = KEEPS_HELD.has(report.outcome) ? LETTERS.held : null
  const isSettled = (before: string): boolean => FINAL.includes(before) || before === stays
  if (letters.length === 1) return report.recipients.includes(0) && !isSettled(letters) ? letter : letters
  const after = [...letters]
  for (const index of report.recipients) {
    if (index >= 0 && index < after.length && !isSettled(after[index]!)) after[index] = letter
  }
  return after.join('')
}

const FINAL = [LETTERS.delivered, LETTERS.bounced, LETTERS.discarded].join('')

/** The status that a message shows. */
export function statusOf(letters: string): RecipientStatus {
  return TELLING.find((status) => letters.includes(LETTERS[status])) ?? 'queued'
}

/** The status of one recipient. */
export function recipientStatus(letters: string, index: number): MessageStatus {
  const letter = letters[index]
  return TELLING.find((status) => LETTERS[status] === letter) ?? 'queued'
}
