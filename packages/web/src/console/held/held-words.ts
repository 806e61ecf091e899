// Words of held mail: what was done, and by what it was left.
import type { HeldMessage } from '@gatepost/contract/held.ts'
import type { Words } from '#i18n/i18n.ts'

export type HeldAction = 'release' | 'permit' | 'reject' | 'block' | 'discard' | 'refuse-request'

export type Acted = {
  readonly messages: number
  readonly entries: number
  readonly waiting: number
  readonly left: readonly { readonly id: string; readonly why: string }[]
}

/** `3 messages released` and what waits for a second person. */
export function resultTitle(t: Words, action: HeldAction, { messages, waiting }: Acted): string {
  const parts = [
    ...(messages > 0 || waiting === 0 ? [t(`done.${action}`, { count: messages })] : []),
    ...(waiting > 0 ? [t('done.waiting', { count: waiting })] : []),
  ]
  return parts.join('; ')
}

export function senderOf(t: Words, { author, reversePath }: Pick<HeldMessage, 'author' | 'reversePath'>) {
  return author || reversePath || t('who.nobody')
}

export function recipientsOf(t: Words, { recipients, recipientCount }: HeldMessage): string {
  const first = recipients[0]?.address ?? '–'
  return recipientCount > 1 ? t('who.more', { first, more: recipientCount - 1 }) : first
}

/** What became of it for a recipient. */
export function becameWord(t: Words, state: HeldMessage['recipients'][number]['state']): string {
  return t(`became.${state}`)
}

/** What holds it: the server's own words where a class is newer than this page. */
export function classWord(t: Words, name: string, fallback: string): string {
  return t(`class.${name}`, { defaultValue: fallback })
}
