// What marks the first message of an author: how, for whom, and what a banner costs.
import { NumberInput } from '@mantine/core'
import { Note } from '#shared/note.tsx'
import { Choice } from './choice.tsx'
import type { FieldsProps } from './option-fields.tsx'

const actionWords = {
  tag: 'Tag: a header field, the text stays as it is',
  banner: 'Banner: a line in the text, and the tag',
  none: 'No action: leave these senders out of a wider policy',
} as const
const measureWords = {
  recipient: 'The author never wrote to this recipient',
  organisation: 'The author never wrote to anybody here',
} as const
const languageWords = { en: 'English', de: 'Deutsch', fr: 'Français' } as const

export function FirstContact({ option, set, faultOf }: FieldsProps<'first-contact'>) {
  const { action, measure, learnDays, language } = option
  return (
    <>
      <Choice label="Action" words={actionWords} value={action} onChange={(to) => set({ action: to })} />
      {action === 'banner' && (
        <>
          <Note tone="warn" title="A banner breaks the author’s signature">
            <p>
              The text no longer is what the author signed, so DKIM and DMARC fail wherever the message is
              checked again. It leaves with an ARC seal of your domain where that has a signing key. Mail
              signed or encrypted with S/MIME or PGP keeps its text and gets the tag alone.
            </p>
          </Note>
          <Choice
            label="Language of the banner"
            words={languageWords}
            value={language ?? 'en'}
            onChange={(to) => set({ language: to })}
          />
        </>
      )}
      {action !== 'none' && (
        <>
          <Choice
            label="Counts as first"
            words={measureWords}
            value={measure ?? 'recipient'}
            onChange={(to) => set({ measure: to })}
          />
          <NumberInput
            label="Days of learning"
            description="So long it only looks on who writes to whom. 0 marks from the first message on."
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
