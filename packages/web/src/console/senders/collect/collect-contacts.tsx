// Collecting contacts inside the gateway (X3): begin, watch, stop and go on, and the review before the
// import.

import {
  type ContactRun,
  listContactRuns,
  removeContactRun,
  resumeContacts,
  stopContacts,
} from '@gatepost/contract/contacts.ts'
import { Button, Progress } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, dateTime } from '#shared/format.ts'
import { Fold, Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { CollectForm } from './collect-form.tsx'
import { leftOutLine, percentOf, progressLine } from './collect-words.ts'
import { ReviewContacts } from './review-contacts.tsx'

const POLL_MS = 2_000

export function CollectContacts() {
  const t = useWords('senders')
  const tenant = useSlug()
  const may = useMay('senders:write')
  const [isNew, setNew] = useState(false)
  const { data, error } = useEndpoint(
    listContactRuns,
    { params: { tenant } },
    { refetchInterval: (last) => (last?.items[0]?.state === 'running' ? POLL_MS : false) },
  )
  const run = data?.items[0] ?? null
  const isRunning = run?.state === 'running'
  return (
    <Panel
      title={t('collectContacts.collectContactsHere')}
      side={run === null ? t('collectContacts.withoutAToolWithYour') : run.target}
      actions={
        may &&
        !isNew &&
        !isRunning && (
          <Button variant="default" onClick={() => setNew(true)}>
            {run === null ? t('collectContacts.setUp') : t('collectContacts.newCollection')}
          </Button>
        )
      }
    >
      <div className={stack.stack}>
        {error && !data && <ProblemNote error={error} />}
        {isNew && data && <CollectForm connectors={data.connectors} onClose={() => setNew(false)} />}
        {!isNew && run === null && data && <p>{t('collectContacts.theGatewayReadsWhomYour')}</p>}
        {!isNew && run !== null && <Run run={run} may={may} />}
      </div>
    </Panel>
  )
}

function Run({ run, may }: { readonly run: ContactRun; readonly may: boolean }) {
  const t = useWords('senders')
  const tenant = useSlug()
  const [isReviewing, setReviewing] = useState(false)
  const readAgain = [listContactRuns]
  const stop = useAction(stopContacts, { readAgain })
  const resume = useAction(resumeContacts, { readAgain })
  const remove = useAction(removeContactRun, { readAgain })
  const params = { tenant, contactRun: run.id }
  const error = stop.error ?? resume.error ?? remove.error
  const isStopped = run.state === 'stopped' || run.state === 'failed'
  return (
    <>
      <State run={run} />
      <BigNumbers>
        <BigNumber name={t('collectContacts.contacts')}>{count(run.contacts)}</BigNumber>
        <BigNumber name={t('collectContacts.people')}>{count(run.people)}</BigNumber>
        <BigNumber name={t('collectContacts.messagesRead')}>{count(run.messages)}</BigNumber>
      </BigNumbers>
      {leftOutLine(t, run) !== '' && <p className="small tx2">{leftOutLine(t, run)}</p>}
      {run.skipped > 0 && <Skipped run={run} />}
      {error && <ProblemNote error={error} />}
      {isReviewing && <ReviewContacts run={run} onClose={() => setReviewing(false)} />}
      {may && !isReviewing && (
        <div className={stack.row}>
          {run.contacts > 0 && run.state !== 'running' && (
            <Button onClick={() => setReviewing(true)}>{t('collectContacts.reviewAndImport')}</Button>
          )}
          {run.state === 'running' && (
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate({ params })}>
              {t('collectContacts.stop')}
            </Button>
          )}
          {isStopped && (
            <Button
              variant="default"
              loading={resume.isPending}
              onClick={() => resume.mutate({ params, body: { secret: null } })}
            >
              {t('collectContacts.goOn')}
            </Button>
          )}
          {run.state !== 'running' && (
            <Button
              variant="subtle"
              color="gray"
              loading={remove.isPending}
              onClick={() => remove.mutate({ params })}
            >
              {t('collectContacts.remove')}
            </Button>
          )}
        </div>
      )}
    </>
  )
}

function State({ run }: { readonly run: ContactRun }) {
  const t = useWords('senders')
  switch (run.state) {
    case 'running':
      return (
        <div className={stack.tight} role="status">
          <span className="strong">
            {t('collectContacts.collectionRunningSince', { startedAt: dateTime(run.startedAt) })}
          </span>
          <Progress value={percentOf(run)} aria-label={t('collectContacts.howMuchWasRead')} size="sm" />
          <span className="small tx2">{progressLine(t, run)}</span>
          {run.waiting !== null && (
            <span className="small tx2">{t('collectContacts.waiting', { waiting: run.waiting })}</span>
          )}
        </div>
      )
    case 'failed':
      return (
        <Note
          tone="bad"
          role="alert"
          title={run.trouble?.saw ?? t('collectContacts.theCollectionEndedEarly')}
        >
          <p>{t('collectContacts.whatWasFoundStaysGoOnReads', { remedy: run.trouble?.remedy })}</p>
        </Note>
      )
    case 'stopped':
      return (
        <Note
          tone="info"
          title={t('collectContacts.stoppedWhatWasFoundStays', { run: progressLine(t, run) })}
        />
      )
    case 'complete':
      return (
        <p role="status">
          {t('collectContacts.allWasReadNothingIs', {
            value: run.finishedAt === null ? '' : dateTime(run.finishedAt),
          })}
        </p>
      )
  }
}

function Skipped({ run }: { readonly run: ContactRun }) {
  const t = useWords('senders')
  return (
    <Fold title={t('collectContacts.notRead', { skipped: count(run.skipped) })}>
      <ul>
        {run.skippedParts.map(({ title, why }) => (
          <li key={title}>
            <span className="strong">{title}</span>: {why}
          </li>
        ))}
      </ul>
    </Fold>
  )
}
