// What an action means for mail, in words, where it cannot be taken back.
import type { QueueAction, QueueFilter } from '@gatepost/contract/queue.ts'
import type { Question } from '#shared/confirm.tsx'
import { plural } from '#shared/format.ts'
import { everythingOf } from './queue-search.ts'
import type { Selection } from './selection.ts'

/** `3 messages`, `everything held for acme.example`. */
export function objectOf(selection: Selection): string {
  return selection.kind === 'some' ? plural(selection.ids.size, 'message') : everythingOf(selection.filter)
}

/** The consequence, where it cannot be taken back; null where one can go ahead. */
export function questionOf(action: QueueAction, selection: Selection, filter: QueueFilter): Question | null {
  const what = objectOf(selection)
  if (action === 'discard') {
    return {
      title: `${sentence(what)}: never delivered, and nobody is told`,
      body: [
        'Recipients do not get it and senders hear nothing. It cannot be brought back.',
        hiddenNote(selection, { ...filter, state: undefined }),
      ].join(' '),
      act: 'Discard',
      keep: 'Keep held',
    }
  }
  if (action === 'release' && selection.kind === 'all') {
    return {
      title: `${sentence(what)} goes out now`,
      body: 'That includes messages on other pages, which you have not seen. Delivered mail cannot be called back.',
      act: 'Release all',
      keep: 'Keep held',
    }
  }
  return null
}

/** By id a message is meant with all its waiting recipients, also those that a filter hides. */
export function hiddenNote(selection: Selection, filter: QueueFilter): string {
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  if (selection.kind === 'all' || !isFiltered) return ''
  return 'Recipients of these messages that the filter hides are meant too.'
}

/** The words with a capital at the start. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
