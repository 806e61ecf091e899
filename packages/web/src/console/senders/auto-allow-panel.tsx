// Auto allow (S4): what it made, how it works here, and the policies that leave mail out.
import { type AutoAllow, getAutoAllow, setAutoAllow } from '@gatepost/contract/auto-allow.ts'
import { Button, NumberInput, Switch } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { count, plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'

export function AutoAllowPanel() {
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [open, setOpen] = useState(false)
  const { data, error } = useEndpoint(getAutoAllow, { params: { tenant } }, { refetchInterval: 30_000 })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={1} />
  return (
    <Panel
      title="Auto allow"
      side="people you wrote to"
      flush
      actions={<ToneText tone={data.enabled ? 'ok' : 'mute'}>{data.enabled ? 'On' : 'Off'}</ToneText>}
    >
      <PanelBody>
        <p>
          Whoever is written to may answer without delay: mail that your people send permits its recipients,
          each for the person who wrote. An entry ends after {plural(data.days, 'day')} without further mail.
          Out-of-office replies, newsletters, delivery reports and answers to held mail permit nobody.
        </p>
        <Numbers setting={data} />
      </PanelBody>
      {open && <SettingForm setting={data} onDone={() => setOpen(false)} />}
      <PanelFoot>
        <Link to="/t/$slug/policies" params={{ slug: tenant }} search={{ type: 'auto-allow' }}>
          {data.exclusions === 0
            ? 'Leave mail out by a policy'
            : `${plural(data.exclusions, 'policy', 'policies')} of this type`}
        </Link>
        {may && !open && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            Change<span className="hidden-visually"> auto allow</span>
          </Button>
        )}
      </PanelFoot>
    </Panel>
  )
}

function Numbers({ setting }: { readonly setting: AutoAllow }) {
  const slug = useSlug()
  const { entries, suspended, ending, samplePercent } = setting
  return (
    <p className="tx2">
      <Link to="/t/$slug/senders" params={{ slug }} search={{ source: 'auto-allow' }}>
        {countUpTo(entries)} {entries === 1 ? 'entry' : 'entries'}
      </Link>
      , {countUpTo(ending)} of them end within a week,{' '}
      <Link to="/t/$slug/senders" params={{ slug }} search={{ state: 'suspended' }}>
        {countUpTo(suspended)} suspended
      </Link>
      . {samplePercent} % of the answers are screened all the same; where one is bad, its entry is suspended.
    </p>
  )
}

/** The server counts so far. */
const COUNTED_MAX = 10_000

function countUpTo(value: number): string {
  return value >= COUNTED_MAX ? `${count(value)} or more` : count(value)
}

function SettingForm({ setting, onDone }: { readonly setting: AutoAllow; readonly onDone: () => void }) {
  const tenant = useSlug()
  const save = useAction(setAutoAllow, { readAgain: [getAutoAllow], onDone })
  const [enabled, setEnabled] = useState(setting.enabled)
  const [days, setDays] = useState(setting.days)
  const [samplePercent, setSample] = useState(setting.samplePercent)
  return (
    <PanelBody>
      <form
        className={stack.form}
        aria-label="Auto allow"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ params: { tenant }, body: { enabled, days, samplePercent } })
        }}
      >
        <Switch
          label="Permit the answers of those who are written to"
          description="Entries that are there stay until they end"
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <NumberInput
          label="Days without mail that end an entry"
          min={7}
          max={730}
          value={days}
          onChange={(value) => setDays(Number(value))}
        />
        <NumberInput
          label="Of a hundred answers, screen so many all the same"
          min={0}
          max={100}
          value={samplePercent}
          onChange={(value) => setSample(Number(value))}
        />
        <ProblemNote error={save.error} />
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
        </div>
      </form>
    </PanelBody>
  )
}
