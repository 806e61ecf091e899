// Words of collections: sources, states, and how far one is.

import type { ContactRun, ContactSource } from '@gatepost/contract/contacts.ts'
import type { Words } from '#i18n/i18n.ts'
import { count, span } from '#shared/format.ts'

export const sourceWordsOf: (t: Words) => {
  readonly [Source in ContactSource]: { readonly label: string; readonly means: string }
} = (t) => ({
  gateway: {
    label: t('collectWords.thisGateway'),
    means: t('collectWords.mailThatWentOutThroughUs'),
  },
  'graph-trace': {
    label: t('collectWords.microsoft365MessageTrace'),
    means: t('collectWords.theLast90DaysWithout'),
  },
  'graph-sent': {
    label: t('collectWords.microsoft365SentItems'),
    means: t('collectWords.asFarBackAsMailboxesGo'),
  },
  gmail: {
    label: t('collectWords.googleWorkspace'),
    means: t('collectWords.headersOfSentMailScope'),
  },
  imap: {
    label: 'IMAP',
    means: t('collectWords.theSentFoldersOfAnyServer'),
  },
})

/** `3 of 20 mailboxes, maya@acme.example 1,500 of 5,000`. */
export function progressLine(t: Words, { source, parts, partsDone, part, leftMs }: ContactRun): string {
  if (parts === null) return t('collectWords.listingWhatThereIsToRead')
  const isDays = source === 'gateway' || source === 'graph-trace'
  const done = count(partsDone)
  const read = isDays
    ? t('collectWords.ofDays', { done, count: parts })
    : t('collectWords.ofMailboxes', { done, count: parts })
  const texts = [read]
  if (part !== null) {
    const of = part.total === null ? '' : t('collectWords.of', { total: count(part.total) })
    texts.push(`${part.title} ${count(part.seen)}${of}`)
  }
  if (leftMs !== null) texts.push(t('collectWords.aboutLeft', { leftMs: span(leftMs) }))
  return texts.join(', ')
}

/** How much is done, in percent. */
export function percentOf({ parts, partsDone, part }: ContactRun): number {
  if (parts === null || parts === 0) return 0
  const within = part === null || part.total === null || part.total === 0 ? 0 : part.seen / part.total
  return Math.min(100, ((partsDone + Math.min(1, within)) / parts) * 100)
}

/** What did not count, as a sentence; empty when everything did. */
export function leftOutLine(t: Words, { leftOut, robots }: ContactRun): string {
  const parts: readonly (readonly [number, string])[] = [
    [leftOut.automatic, t('collectWords.messagesWrittenByPrograms')],
    [leftOut.foreign, t('collectWords.ofAuthorsOutsideYour')],
    [leftOut.old, t('collectWords.beforeTheDate')],
    [leftOut.mailing, t('collectWords.mailingsToMany')],
    [robots, t('collectWords.contactsThatAreRobotsOr')],
  ]
  const told = parts.filter(([number]) => number > 0).map(([number, what]) => `${count(number)} ${what}`)
  return told.length === 0 ? '' : t('collectWords.leftOut', { value: told.join(', ') })
}
