// The journal addresses, who may send to them, and what arrived. Used by the settings and by step C11.
import { getArchive, SILENCE_MINUTES, setArchive } from '@gatepost/contract/archive-settings.ts'
import { getConnect } from '@gatepost/contract/connect.ts'
import { Button, NumberInput, Switch } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { ago, count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import classes from './archive.module.css'

export function JournalPanel({ may }: { readonly may: boolean }) {
  const tenant = useSlug()
  const now = useNow()
  const confirm = useConfirm()
  const { data, error } = useEndpoint(getArchive, { params: { tenant } }, { refetchInterval: 5_000 })
  const set = useAction(setArchive, { readAgain: [getArchive, getConnect] })
  const change = (body: Parameters<typeof set.mutate>[0]['body']) => set.mutate({ params: { tenant }, body })
  const renew = async (): Promise<void> => {
    const isSure = await confirm({
      title: 'Make new journal addresses',
      body: 'Mail to the present ones is refused from then on. Change the journal rule of the mail host at once.',
      act: 'Make new addresses',
    })
    if (isSure) change({ renewAddresses: true })
  }
  const journal = data?.journal
  return (
    <Panel title="Journal mail">
      <div className={stack.stack}>
        {Boolean(error ?? set.error) && <ProblemNote error={error ?? set.error} />}
        {!data && !error && <SkeletonRows />}
        {journal && (
          <>
            <Switch
              label="Take journal reports of your mail host"
              description="They bring internal mail, blind copies and members of lists into the archive."
              checked={journal.enabled}
              disabled={!may || set.isPending}
              onChange={(event) => change({ journalEnabled: event.currentTarget.checked })}
            />
            {journal.isSilent && (
              <Note tone="warn" title="Journal mail has stopped">
                Nothing came in hours in which some usually comes. Look at the journal rule, the connector and
                its queue at the mail host.
              </Note>
            )}
            {journal.address !== null && (
              <Facts
                rows={[
                  ['Journal address', <Address key="a" value={journal.address} label="journal address" />],
                  [
                    'Alternate address',
                    <Address key="b" value={journal.alternateAddress ?? ''} label="alternate address" />,
                  ],
                  [
                    'Taken from',
                    journal.sources.length === 0
                      ? 'logins and clouds of the outbound step; no address is authorised'
                      : `${journal.sources.join(', ')}, and logins and clouds of the outbound step`,
                  ],
                  [
                    'Last report',
                    journal.lastReportAt === null ? 'none yet' : ago(journal.lastReportAt, now),
                  ],
                  ['In the last day', plural(journal.reportsToday, 'report')],
                  ['Flagged in the last week', count(journal.flaggedThisWeek)],
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
                  Make new addresses
                </Button>
              </div>
            )}
            {journal.address !== null && <AlertChannelLink what="Silence of the journal" />}
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
      <CopyButton value={value} label={`Copy ${label}`} />
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
  const [draft, setDraft] = useState<number | string>(minutes)
  const isGood = typeof draft === 'number' && draft >= SILENCE_MINUTES.min && draft <= SILENCE_MINUTES.max
  return (
    <>
      <NumberInput
        label="Tell me after minutes of silence"
        description={`${SILENCE_MINUTES.min} to ${SILENCE_MINUTES.max}, in hours in which mail usually comes`}
        min={SILENCE_MINUTES.min}
        max={SILENCE_MINUTES.max}
        value={draft}
        onChange={setDraft}
      />
      <Button variant="default" disabled={!isGood || draft === minutes} onClick={() => onSet(Number(draft))}>
        Save
      </Button>
    </>
  )
}
