// Which messages of the queue are meant: some by id, or all that match a filter, seen or not.
import { MESSAGES_PER_ACTION_MAX, type QueueAction, type QueueFilter } from '@gatepost/contract/queue.ts'
import type { Words } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import type { Row } from './queue-rows.ts'

export type Selection =
  | { readonly kind: 'some'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'all'; readonly filter: QueueFilter }

export const nothing: Selection = { kind: 'some', ids: new Set() }

export function isEmpty(selection: Selection): boolean {
  return selection.kind === 'some' && selection.ids.size === 0
}

export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === 'all' || selection.ids.has(id)
}

/** Turns one row on or off. One row off from all that match leaves the other shown rows. */
export function toggled(selection: Selection, id: string, shown: readonly string[]): Selection {
  const ids = new Set(selection.kind === 'all' ? shown : selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { kind: 'some', ids }
}

/** Turns all shown rows on, or off when all are on; rows of other pages stay as they were. */
export function toggledAll(selection: Selection, shown: readonly string[]): Selection {
  if (selection.kind === 'all') return nothing
  const isFull = shown.every((id) => selection.ids.has(id))
  const ids = new Set(selection.ids)
  for (const id of shown) {
    if (isFull) ids.delete(id)
    else ids.add(id)
  }
  return { kind: 'some', ids }
}

/** `3 selected`; the number of all that match is not known before they were acted on. */
export function selectionWords(selection: Selection, words: Words): string {
  if (selection.kind === 'some') return words('selected', { number: count(selection.ids.size) })
  return words(selection.filter.domain || selection.filter.search ? 'allMatch' : 'allSelected')
}

const queuedActions: readonly QueueAction[] = ['retry', 'hold', 'reroute', 'bounce']
const heldActions: readonly QueueAction[] = ['release', 'reroute', 'bounce', 'discard']
const allActions: readonly QueueAction[] = ['retry', 'release', 'hold', 'reroute', 'bounce', 'discard']

/** What can be done about the selection, the likeliest first. Rows that are not shown may be in any state. */
export function actionsFor(selection: Selection, rows: readonly Row[]): readonly QueueAction[] {
  const states =
    selection.kind === 'all' ? statesOfFilter(selection.filter) : statesOfRows(selection.ids, rows)
  if (states.size !== 1) return allActions
  return states.has('held') ? heldActions : queuedActions
}

function statesOfFilter({ state }: QueueFilter): ReadonlySet<string> {
  return new Set(state === undefined ? [] : [state])
}

function statesOfRows(ids: ReadonlySet<string>, rows: readonly Row[]): ReadonlySet<string> {
  const chosen = rows.filter(({ message }) => ids.has(message.id))
  // Chosen on another page: their states are not known here.
  if (chosen.length < ids.size) return new Set()
  return new Set(chosen.flatMap(({ message }) => message.recipients.map(({ state }) => state)))
}

export type Target =
  | { readonly messages: string[]; readonly filter?: never }
  | { readonly filter: QueueFilter; readonly messages?: never }

/** What to send: the filter, or the ids in as many requests as they need. */
export function targetsOf(selection: Selection): readonly Target[] {
  if (selection.kind === 'all') return [{ filter: selection.filter }]
  const ids = [...selection.ids]
  const requests = Math.ceil(ids.length / MESSAGES_PER_ACTION_MAX)
  return Array.from({ length: requests }, (_, index) => ({
    messages: ids.slice(index * MESSAGES_PER_ACTION_MAX, (index + 1) * MESSAGES_PER_ACTION_MAX),
  }))
}
