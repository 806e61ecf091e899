// The journal addresses, who may send to them, and what arrived. Used by the settings and by step C11.
import { getArchive, SILENCE_MINUTES, setArchive } from '@gatepost/contract/archive-settings.ts'
import { getConnect } from '@gatepost/contract/connect.ts'
import { Button, NumberInput, Switch } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { ago, count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import classes from './archive.module.css'

export function JournalPanel({ may }: { readonly may: boolean }) {
  const words = useWords('archive')
  const tenant = useSlug()
  const now = useNow()
  const confirm = useConfirm()
  const { data, error } = useEndpoint(getArchive, { params: { tenant } }, { refetchInterval: 5_000 })
  const set = useAction(setArchive, { readAgain: [getArchive, getConnect] })
  const change = (body: Parameters<typeof set.mutate>[0]['body']) => set.mutate({ params: { tenant }, body })
  const renew = async (): Promise<void> => {
    const isSure = await confirm({
      title: words('renewTitle'),
      body: words('renewMeans'),
      act: words('renew'),
    })
    if (isSure) change({ renewAddresses: true })
  }
  const journal = data?.journal
  return (
    <Panel title={words('journalMail')}>
      <div className={stack.stack}>
        {Boolean(error ?? set.error) && <ProblemNote error={error ?? set.error} />}
        {!data && !error && <SkeletonRows />}
        {journal && (
          <>
            <Switch
              label={words('takeReports')}
              description={words('takeReportsMeans')}
              checked={journal.enabled}
              disabled={!may || set.isPending}
              onChange={(event) => change({ journalEnabled: event.currentTarget.checked })}
            />
            {journal.isSilent && (
              <Note tone="warn" title={words('journalStopped')}>
                {words('journalStoppedMeans')}
              </Note>
            )}
            {journal.address !== null && (
              <Facts
                wide
                rows={[
                  [
                    words('journalAddress'),
                    <Address key="a" value={journal.address} label={words('copyJournal')} />,
                  ],
                  [
                    words('alternateAddress'),
                    <Address key="b" value={journal.alternateAddress ?? ''} label={words('copyAlternate')} />,
                  ],
                  [
                    words('takenFrom'),
                    journal.sources.length === 0
                      ? words('takenFromLogins')
                      : words('takenFromAll', { addresses: journal.sources.join(', ') }),
                  ],
                  [
                    words('lastReport'),
                    journal.lastReportAt === null ? words('noneYet') : ago(journal.lastReportAt, now),
                  ],
                  [words('lastDay'), words('reports', { count: journal.reportsToday })],
                  [words('flaggedWeek'), count(journal.flaggedThisWeek)],
                ]}
              />
            )}
            {journal.address !== null && may && (
              <div className={classes.inline}>
                <Silence
                  key={journal.silenceMinutes}
                  minutes={journal.silenceMinutes}
                  onSet={(silenceMinutes) => change({ silenceMinutes })}
                />
                <Button variant="default" onClick={() => void renew()}>
                  {words('renew')}
                </Button>
              </div>
            )}
            {journal.address !== null && <AlertChannelLink what={words('silenceOf')} />}
          </>
        )}
      </div>
    </Panel>
  )
}

function Address({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <span className={classes.buttons}>
      <code>{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  )
}

function Silence({
  minutes,
  onSet,
}: {
  readonly minutes: number
  readonly onSet: (minutes: number) => void
}) {
  const words = useWords('archive')
  const [draft, setDraft] = useState<number | string>(minutes)
  const isGood = typeof draft === 'number' && draft >= SILENCE_MINUTES.min && draft <= SILENCE_MINUTES.max
  return (
    <>
      <NumberInput
        label={words('silence')}
        description={words('silenceMeans', SILENCE_MINUTES)}
        min={SILENCE_MINUTES.min}
        max={SILENCE_MINUTES.max}
        value={draft}
        onChange={setDraft}
      />
      <Button variant="default" disabled={!isGood || draft === minutes} onClick={() => onSet(Number(draft))}>
        {words('save')}
      </Button>
    </>
  )
}
