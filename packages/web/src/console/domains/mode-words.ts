// The ways to validate recipients, in words.
import type { RecipientMode } from '@gatepost/contract/domain.ts'
import type { Choice } from '#shared/choice-cards.tsx'

export const MODES: readonly Choice<RecipientMode>[] = [
  {
    value: 'known',
    label: 'Known recipients',
    means: 'Only users and aliases in the list, and postmaster and abuse. Others are refused at the door.',
  },
  {
    value: 'directory',
    label: 'Directory users',
    means: 'Only those that a directory names. Users added by hand or seen in mail do not count.',
  },
  {
    value: 'call-forward',
    label: 'Ask the mail host',
    means: 'Your mail host is asked for each recipient, and its answers are kept for a while.',
  },
  {
    value: 'learning',
    label: 'Learn for some days',
    means: 'Everybody is accepted and noted, so that you can look through who is written to.',
  },
  {
    value: 'accept-all',
    label: 'Accept all',
    means: 'Every address in the domain. Your mail host refuses the unknown ones itself.',
  },
]

export const UNKNOWN_REPLIES: readonly Choice<'reject' | 'defer'>[] = [
  {
    value: 'reject',
    label: 'Refuse: 550 5.1.1',
    means: 'The sender learns at once that the address is wrong.',
  },
  {
    value: 'defer',
    label: 'Put off: 451 4.1.1',
    means: 'The sender tries again for days. For the first days, while the list may have gaps.',
  },
]

export const WHEN_SILENT: readonly Choice<'defer' | 'accept'>[] = [
  {
    value: 'defer',
    label: 'Put off: 451 4.4.3',
    means: 'Listed users are accepted all the same; others come again.',
  },
  { value: 'accept', label: 'Accept', means: 'Your mail host refuses the unknown ones when it is back.' },
]
