// What an action means for mail, in words, where it cannot be taken back.
import type { QueueAction, QueueFilter } from '@gatepost/contract/queue.ts'
import type { Words } from '#i18n/i18n.ts'
import type { Question } from '#shared/confirm.tsx'
import { count } from '#shared/format.ts'
import { everythingOf } from './queue-search.ts'
import type { Selection } from './selection.ts'

/** `3 messages`, `everything held for acme.example`. */
export function objectOf(selection: Selection, words: Words): string {
  if (selection.kind === 'all') return everythingOf(selection.filter, words)
  const { size } = selection.ids
  return words('messages', { count: size, number: count(size) })
}

type Asked = { readonly selection: Selection; readonly filter: QueueFilter; readonly words: Words }

/** The consequence, where it cannot be taken back; null where one can go ahead. */
export function questionOf(action: QueueAction, { selection, filter, words }: Asked): Question | null {
  const what = sentence(objectOf(selection, words))
  if (action === 'discard') {
    const hidden = hiddenNote({ selection, filter: { ...filter, state: undefined }, words })
    return {
      title: words('ask.discard', { what }),
      body: [words('ask.discardText'), hidden].join(' '),
      act: words('act.discard'),
      keep: words('ask.keep'),
    }
  }
  if (action === 'release' && selection.kind === 'all') {
    return {
      title: words('ask.release', { what }),
      body: words('ask.releaseText'),
      act: words('ask.releaseAll'),
      keep: words('ask.keep'),
    }
  }
  return null
}

/** By id a message is meant with all its waiting recipients, also those that a filter hides. */
export function hiddenNote({ selection, filter, words }: Asked): string {
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return selection.kind === 'all' || !isFiltered ? '' : words('ask.hidden')
}

/** The words with a capital at the start. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
