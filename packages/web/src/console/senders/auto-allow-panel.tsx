// Auto allow (S4): what it made, how it works here, and the policies that leave mail out.

import { type AutoAllow, getAutoAllow, setAutoAllow } from '@gatepost/contract/auto-allow.ts'
import { Button, NumberInput, Switch } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'

export function AutoAllowPanel() {
  const t = useWords('senders')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [open, setOpen] = useState(false)
  const { data, error } = useEndpoint(getAutoAllow, { params: { tenant } }, { refetchInterval: 30_000 })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={1} />
  return (
    <Panel
      title={t('autoAllowPanel.autoAllow')}
      side={t('autoAllowPanel.peopleYouWroteTo')}
      flush
      actions={
        <ToneText tone={data.enabled ? 'ok' : 'mute'}>
          {data.enabled ? t('autoAllowPanel.on') : t('autoAllowPanel.off')}
        </ToneText>
      }
    >
      <PanelBody>
        <p>{t('autoAllowPanel.whoeverIsWrittenToMay', { count: data.days })}</p>
        <Numbers setting={data} />
      </PanelBody>
      {open && <SettingForm setting={data} onDone={() => setOpen(false)} />}
      <PanelFoot>
        <Link to="/t/$slug/policies" params={{ slug: tenant }} search={{ type: 'auto-allow' }}>
          {data.exclusions === 0
            ? t('autoAllowPanel.leaveMailOutByAPolicy')
            : t('autoAllowPanel.policiesOfThisType', { count: data.exclusions })}
        </Link>
        {may && !open && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t('autoAllowPanel.change')}
            <span className="hidden-visually">{t('autoAllowPanel.autoAllow2')}</span>
          </Button>
        )}
      </PanelFoot>
    </Panel>
  )
}

function Numbers({ setting }: { readonly setting: AutoAllow }) {
  const t = useWords('senders')
  const slug = useSlug()
  const { entries, suspended, ending, samplePercent } = setting
  return (
    <p className="tx2">
      {rich(t, 'autoAllowPanel.ofThemEndWithinAWeekOfThe', {
        link: (
          <Link to="/t/$slug/senders" params={{ slug }} search={{ source: 'auto-allow' }}>
            {countUpTo(t, entries)} {entries === 1 ? t('autoAllowPanel.entry') : t('autoAllowPanel.entries')}
          </Link>
        ),
        ending: countUpTo(t, ending),
        link2: (
          <Link to="/t/$slug/senders" params={{ slug }} search={{ state: 'suspended' }}>
            {t('autoAllowPanel.suspended', { suspended: countUpTo(t, suspended) })}
          </Link>
        ),
        samplePercent,
      })}
    </p>
  )
}

/** The server counts so far. */
const COUNTED_MAX = 10_000

function countUpTo(t: Words, value: number): string {
  return value >= COUNTED_MAX ? t('autoAllowPanel.orMore', { value: count(value) }) : count(value)
}

function SettingForm({ setting, onDone }: { readonly setting: AutoAllow; readonly onDone: () => void }) {
  const t = useWords('senders')
  const tenant = useSlug()
  const save = useAction(setAutoAllow, { readAgain: [getAutoAllow], onDone })
  const [enabled, setEnabled] = useState(setting.enabled)
  const [days, setDays] = useState(setting.days)
  const [samplePercent, setSample] = useState(setting.samplePercent)
  return (
    <PanelBody>
      <form
        className={stack.form}
        aria-label={t('autoAllowPanel.autoAllow')}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ params: { tenant }, body: { enabled, days, samplePercent } })
        }}
      >
        <Switch
          label={t('autoAllowPanel.permitTheAnswersOfThoseWho')}
          description={t('autoAllowPanel.entriesThatAreThereStay')}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <NumberInput
          label={t('autoAllowPanel.daysWithoutMailThatEndAn')}
          min={7}
          max={730}
          value={days}
          onChange={(value) => setDays(Number(value))}
        />
        <NumberInput
          label={t('autoAllowPanel.ofAHundredAnswersScreenSo')}
          min={0}
          max={100}
          value={samplePercent}
          onChange={(value) => setSample(Number(value))}
        />
        <ProblemNote error={save.error} />
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            {t('autoAllowPanel.save')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t('autoAllowPanel.cancel')}
          </Button>
        </div>
      </form>
    </PanelBody>
  )
}
