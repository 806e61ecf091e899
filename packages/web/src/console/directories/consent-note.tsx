// What became of a consent at Microsoft, for whom the browser was sent back with it (V1).

import { type ConsentOutcome, consentOutcomes } from '@gatepost/contract/provider-app.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'

const TONES: { readonly [Outcome in ConsentOutcome]: 'ok' | 'warn' | 'bad' } = {
  granted: 'ok',
  declined: 'warn',
  expired: 'warn',
  unproven: 'bad',
  taken: 'bad',
  unreachable: 'warn',
  'not-offered': 'warn',
}

export function ConsentNote() {
  const t = useWords('directories')
  const asked = new URLSearchParams(window.location.search).get('consent')
  const outcome = consentOutcomes.find((one) => one === asked)
  if (outcome === undefined) return null

  return (
    <Note tone={TONES[outcome]} title={t(`outcome.${outcome}.title`)} role="status">
      <p>{t(`outcome.${outcome}.text`)}</p>
    </Note>
  )
}
