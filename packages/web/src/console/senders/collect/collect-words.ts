// Words of collections: sources, states, and how far one is.
import type { ContactRun, ContactSource } from '@gatepost/contract/contacts.ts'
import { count, plural, span } from '#shared/format.ts'

export const sourceWords: {
  readonly [Source in ContactSource]: { readonly label: string; readonly means: string }
} = {
  gateway: {
    label: 'This gateway',
    means: 'Mail that went out through us. Nothing to sign in to; thin while outbound mail is new.',
  },
  'graph-trace': {
    label: 'Microsoft 365, message trace',
    means: 'The last 90 days, without touching a mailbox. Permission ExchangeMessageTrace.Read.All.',
  },
  'graph-sent': {
    label: 'Microsoft 365, Sent items',
    means: 'As far back as mailboxes go. Permission Mail.ReadBasic.All, which cannot read bodies.',
  },
  gmail: {
    label: 'Google Workspace',
    means: 'Headers of sent mail, scope gmail.metadata, through a service account.',
  },
  imap: {
    label: 'IMAP',
    means: 'The Sent folders of any server, by a master account that may read them.',
  },
}

/** `3 of 20 mailboxes, maya@acme.example 1,500 of 5,000`. */
export function progressLine({ source, parts, partsDone, part, leftMs }: ContactRun): string {
  if (parts === null) return 'Listing what there is to read'
  const isDays = source === 'gateway' || source === 'graph-trace'
  const texts = [
    `${count(partsDone)} of ${plural(parts, isDays ? 'day' : 'mailbox', isDays ? 'days' : 'mailboxes')}`,
  ]
  if (part !== null) {
    const of = part.total === null ? '' : ` of ${count(part.total)}`
    texts.push(`${part.title} ${count(part.seen)}${of}`)
  }
  if (leftMs !== null) texts.push(`about ${span(leftMs)} left`)
  return texts.join(', ')
}

/** How much is done, in percent. */
export function percentOf({ parts, partsDone, part }: ContactRun): number {
  if (parts === null || parts === 0) return 0
  const within = part === null || part.total === null || part.total === 0 ? 0 : part.seen / part.total
  return Math.min(100, ((partsDone + Math.min(1, within)) / parts) * 100)
}

/** What did not count, as a sentence; empty when everything did. */
export function leftOutLine({ leftOut, robots }: ContactRun): string {
  const parts: readonly (readonly [number, string])[] = [
    [leftOut.automatic, 'messages written by programs'],
    [leftOut.foreign, 'of authors outside your domains'],
    [leftOut.old, 'before the date'],
    [leftOut.mailing, 'mailings to many'],
    [robots, 'contacts that are robots or lists'],
  ]
  const told = parts.filter(([number]) => number > 0).map(([number, what]) => `${count(number)} ${what}`)
  return told.length === 0 ? '' : `Left out: ${told.join(', ')}.`
}
