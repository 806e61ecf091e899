// ARC: whether mail that passes through is sealed, and whose seals are believed for mail that others passed
// on.

import { type ArcSeals, getSigning, type Signing, setArc } from '@gatepost/contract/signing.ts'
import { Button, NativeSelect, TagsInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

const sealWordsOf: (t: Words) => { readonly [Seals in ArcSeals]: string } = (t) => ({
  forwarded: t('arcPanel.whatIsForwardedOutside'),
  all: t('arcPanel.thatAndMailForYourMailHost'),
  none: t('arcPanel.none'),
})

const believedOf = (t: Words) => t('arcPanel.domainsOfForwardersAnd')

export function ArcPanel({ signing, may }: { readonly signing: Signing; readonly may: boolean }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const [seals, setSeals] = useState(signing.seals)
  const [sealers, setSealers] = useState<string[]>([...signing.sealers])
  const save = useAction(setArc, { readAgain: [getSigning] })
  const isChanged = seals !== signing.seals || sealers.join(' ') !== signing.sealers.join(' ')
  return (
    <Panel title={t('arcPanel.mailThatPassesThroughArc')}>
      <form
        className={stack.stack}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ params: { tenant }, body: { seals, sealers } })
        }}
      >
        <NativeSelect
          label={t('arcPanel.mailThatIsSealed')}
          description={t('arcPanel.aSealCarriesWhatOur')}
          data={Object.entries(sealWordsOf(t)).map(([value, label]) => ({ value, label }))}
          disabled={!may}
          value={seals}
          onChange={(event) => setSeals(event.currentTarget.value as ArcSeals)}
        />
        <TagsInput
          label={t('arcPanel.sealsWeBelieve')}
          description={believedOf(t)}
          placeholder={sealers.length === 0 ? 'lists.example' : ''}
          splitChars={[',', ' ', ';', '\n']}
          acceptValueOnBlur
          disabled={!may}
          value={sealers}
          onChange={setSealers}
        />
        <ProblemNote error={save.error} />
        {may && (
          <div>
            <Button type="submit" variant="default" disabled={!isChanged} loading={save.isPending}>
              {t('arcPanel.save')}
            </Button>
          </div>
        )}
      </form>
    </Panel>
  )
}
