// Words of held mail: what was done, and by what it was left.
import type { HeldMessage } from '@gatepost/contract/held.ts'
import { plural } from '#shared/format.ts'

export type HeldAction = 'release' | 'permit' | 'reject' | 'block' | 'discard' | 'refuse-request'

export const DONE: { readonly [Action in HeldAction]: string } = {
  release: 'released',
  permit: 'released, and their senders permitted',
  reject: 'rejected',
  block: 'removed, and their senders blocked',
  discard: 'removed',
  'refuse-request': 'kept: the request was refused',
}

export type Acted = {
  readonly messages: number
  readonly entries: number
  readonly waiting: number
  readonly left: readonly { readonly id: string; readonly why: string }[]
}

/** `3 messages released.` and what waits for a second person. */
export function resultTitle(action: HeldAction, { messages, waiting }: Acted): string {
  const parts = [
    ...(messages > 0 || waiting === 0 ? [`${plural(messages, 'message')} ${DONE[action]}`] : []),
    ...(waiting > 0 ? [`${plural(waiting, 'message')} now wait for a second person`] : []),
  ]
  return parts.join('; ')
}

export function senderOf({ author, reversePath }: Pick<HeldMessage, 'author' | 'reversePath'>): string {
  return author || reversePath || 'nobody (a report)'
}

export function recipientsOf({ recipients, recipientCount }: HeldMessage): string {
  const first = recipients[0]?.address ?? '–'
  return recipientCount > 1 ? `${first} and ${recipientCount - 1} more` : first
}

export const STATES: { readonly [State in HeldMessage['recipients'][number]['state']]: string } = {
  held: 'Held',
  released: 'Released',
  rejected: 'Rejected',
  discarded: 'Removed',
  gone: 'Ended',
}
