// What became of a consent at Microsoft, for whom the browser was sent back with it (V1).
import { type ConsentOutcome, consentOutcomes } from '@gatepost/contract/provider-app.ts'
import { Note } from '#shared/note.tsx'

type Words = { readonly tone: 'ok' | 'warn' | 'bad'; readonly title: string; readonly text: string }

const WORDS: { readonly [Outcome in ConsentOutcome]: Words } = {
  granted: {
    tone: 'ok',
    title: 'The consent is yours',
    text: 'Add the directory, or test it where it is there already: it uses your provider’s application.',
  },
  declined: {
    tone: 'warn',
    title: 'Microsoft says no',
    text: 'The administrator declined, or may not consent.',
  },
  expired: {
    tone: 'warn',
    title: 'The link is used or over',
    text: 'Make another one: each counts once, for an hour.',
  },
  unproven: {
    tone: 'bad',
    title: 'The consent is another organisation’s',
    text: 'None of your validated domains belongs to the organisation at Microsoft that consented. Nothing was kept.',
  },
  taken: {
    tone: 'bad',
    title: 'Another organisation here holds that one',
    text: 'An organisation at Microsoft belongs to one organisation here. Ask your provider.',
  },
  unreachable: {
    tone: 'warn',
    title: 'Microsoft did not answer',
    text: 'Whose the consent is could not be proven. Make another link in some minutes.',
  },
  'not-offered': { tone: 'warn', title: 'The application has changed', text: 'Make another link.' },
}

export function ConsentNote() {
  const asked = new URLSearchParams(window.location.search).get('consent')
  const outcome = consentOutcomes.find((one) => one === asked)
  if (outcome === undefined) return null
  const { tone, title, text } = WORDS[outcome]
  return (
    <Note tone={tone} title={title} role="status">
      <p>{text}</p>
    </Note>
  )
}
