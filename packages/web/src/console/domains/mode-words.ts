// The ways to validate recipients, in words.
import type { RecipientMode } from '@gatepost/contract/domain.ts'
import type { Words } from '#i18n/i18n.ts'
import type { Choice } from '#shared/choice-cards.tsx'

export const modesOf = (t: Words): readonly Choice<RecipientMode>[] => [
  {
    value: 'known',
    label: t('mode.known'),
    means: t('mode.knownMeans'),
  },
  {
    value: 'directory',
    label: t('mode.directory'),
    means: t('mode.directoryMeans'),
  },
  {
    value: 'call-forward',
    label: t('mode.ask'),
    means: t('mode.askMeans'),
  },
  {
    value: 'learning',
    label: t('mode.learn'),
    means: t('mode.learnMeans'),
  },
  {
    value: 'accept-all',
    label: t('mode.all'),
    means: t('mode.allMeans'),
  },
]

export const unknownRepliesOf = (t: Words): readonly Choice<'reject' | 'defer'>[] => [
  {
    value: 'reject',
    label: t('unknown.reject'),
    means: t('unknown.rejectMeans'),
  },
  {
    value: 'defer',
    label: t('unknown.defer'),
    means: t('unknown.deferMeans'),
  },
]

export const whenSilentOf = (t: Words): readonly Choice<'defer' | 'accept'>[] => [
  {
    value: 'defer',
    label: t('silent.defer'),
    means: t('silent.deferMeans'),
  },
  { value: 'accept', label: t('silent.accept'), means: t('silent.acceptMeans') },
]
