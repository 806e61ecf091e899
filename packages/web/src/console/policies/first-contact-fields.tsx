// What marks the first message of an author: how, for whom, and what a banner costs.
import { NumberInput } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'
import { Choice } from './choice.tsx'
import type { FieldsProps } from './option-fields.tsx'

const ACTIONS = ['tag', 'banner', 'none'] as const
const MEASURES = ['recipient', 'organisation'] as const
const LANGUAGES = ['en', 'de', 'fr'] as const

export function FirstContact({ option, set, faultOf }: FieldsProps<'first-contact'>) {
  const words = useWords('policies')
  const { action, measure, learnDays, language } = option
  return (
    <>
      <Choice
        label={words('option.action')}
        of="option.first"
        values={ACTIONS}
        value={action}
        onChange={(to) => set({ action: to })}
      />
      {action === 'banner' && (
        <>
          <Note tone="warn" title={words('option.bannerBreaks')}>
            <p>{words('option.bannerBreaksText')}</p>
          </Note>
          <Choice
            label={words('option.bannerLanguage')}
            of="option.language"
            values={LANGUAGES}
            value={language ?? 'en'}
            onChange={(to) => set({ language: to })}
          />
        </>
      )}
      {action !== 'none' && (
        <>
          <Choice
            label={words('option.countsAsFirst')}
            of="option.measure"
            values={MEASURES}
            value={measure ?? 'recipient'}
            onChange={(to) => set({ measure: to })}
          />
          <NumberInput
            label={words('option.learnDays')}
            description={words('option.learnDaysText')}
            min={0}
            max={90}
            value={learnDays ?? 14}
            onChange={(to) => set({ learnDays: Number(to) || 0 })}
            error={faultOf('option.learnDays')}
            maw="12rem"
          />
        </>
      )}
    </>
  )
}
