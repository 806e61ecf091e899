// How a domain rotates its keys, how long old records stay, and whether it signs at all.

import { getSigning, type SigningDomain, updateSigningDomain } from '@gatepost/contract/signing.ts'
import { Button, NumberInput, Switch } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

const ROTATE_DAYS_DEFAULT = 180

type Props = { readonly domain: SigningDomain; readonly onDone: () => void }

export function RotationForm({ domain, onDone }: Props) {
  const t = useWords('flow')
  const tenant = useSlug()
  const save = useAction(updateSigningDomain, { readAgain: [getSigning], onDone })
  const [enabled, setEnabled] = useState(domain.enabled)
  const [rotates, setRotates] = useState(domain.rotateDays !== null)
  const [rotateDays, setRotateDays] = useState(domain.rotateDays ?? ROTATE_DAYS_DEFAULT)
  const [overlapDays, setOverlapDays] = useState(domain.overlapDays)
  return (
    <PanelBody>
      <form
        className={stack.form}
        aria-label={t('rotationForm.signingOf', { domain: domain.domain })}
        onSubmit={(event) => {
          event.preventDefault()
          const body = { enabled, rotateDays: rotates ? rotateDays : null, overlapDays }
          save.mutate({ params: { tenant, domain: domain.id }, body })
        }}
      >
        <Switch
          label={t('rotationForm.signMailOfThisDomain')}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <Switch
          label={t('rotationForm.makeNewKeysByItself')}
          description={t('rotationForm.youAreShownTheirRecords')}
          checked={rotates}
          onChange={(event) => setRotates(event.currentTarget.checked)}
        />
        {rotates && (
          <NumberInput
            label={t('rotationForm.everySoManyDays')}
            min={30}
            max={730}
            value={rotateDays}
            onChange={(value) => setRotateDays(Number(value))}
          />
        )}
        <NumberInput
          label={t('rotationForm.daysThatTheOldRecordStays')}
          description={t('rotationForm.mailUnderWayAndInMailboxes')}
          min={1}
          max={90}
          value={overlapDays}
          onChange={(value) => setOverlapDays(Number(value))}
        />
        <ProblemNote error={save.error} />
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            {t('rotationForm.save')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t('rotationForm.cancel')}
          </Button>
        </div>
      </form>
    </PanelBody>
  )
}
