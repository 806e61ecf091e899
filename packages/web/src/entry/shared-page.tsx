// What a share link shows: one step for a colleague without an account, read again by itself as DNS changes.

import { type SharedStep, viewShare } from '@gatepost/contract/share.ts'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { call } from '#api/call.ts'
import { isProblem } from '#api/problem-error.ts'
import { Mark } from '#app/shell/mark.tsx'
import { StepInstructions } from '#connect/instructions/step-instructions.tsx'
import { useStepText } from '#connect/step-words.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { CheckList } from '#shared/check-list.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { date } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { RecordsTable } from '#shared/records-table.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { CheckedLine } from '#shared/time.tsx'
import classes from './entry.module.css'

/** The control plane looks at DNS by itself; the page only asks what it saw. */
const AGAIN_MS = 10_000

export function SharedPage() {
  const words = useWords('entry')
  // It stands behind the #, which browsers never send: no log of a proxy learns it.
  const hash = useLocation({ select: (location) => location.hash })
  const token = new URLSearchParams(hash).get('token') ?? ''
  const { data, error } = useQuery({
    queryKey: ['viewShare', token],
    queryFn: () => call(viewShare, { body: { token } }),
    enabled: token !== '',
    retry: false,
    refetchInterval: (query) => (query.state.error ? false : AGAIN_MS),
  })
  useEffect(() => keepFromIndexes(), [])
  const stepText = useStepText()
  const title = data ? stepText({ ...data, name: data.step }, 'title') : words('shared.title')
  useEffect(() => {
    document.title = `${title} · Gatepost`
  }, [title])
  const isOver = token === '' || isProblem(error, 'share-wrong')
  return (
    <div className={classes.ground}>
      <header className={classes.bar}>
        <span className={classes.brand}>
          <Mark size={24} />
          Gatepost
        </span>
        {data && (
          <span>
            {words('shared.by', {
              name: data.sharedBy,
              organisation: data.organisation,
              date: date(data.expiresAt),
            })}
          </span>
        )}
      </header>
      <main id="main" className={classes.setup}>
        {isOver ? (
          <Note tone="warn" title={words('shared.over')}>
            <p>{words('shared.overMeans')}</p>
          </Note>
        ) : (
          error && !data && <ProblemNote error={error} />
        )}
        {token !== '' && !data && !error && <SkeletonRows label={words('shared.reading')} />}
        {data && !isOver && <Shown step={data} />}
      </main>
    </div>
  )
}

function Shown({ step }: { readonly step: SharedStep }) {
  const words = useWords('entry')
  const connectWords = useWords('connect')
  const stepText = useStepText()
  const say = useSaid()
  const named = { ...step, name: step.step }
  return (
    <>
      <div className={stack.row}>
        <h1>{stepText(named, 'title')}</h1>
        {step.state !== 'locked' && <StatusWord of="step" state={step.state} pill />}
      </div>
      <p className={classes.lead}>{stepText(named, 'why')}</p>
      <div className={stack.stack}>
        {step.note !== '' && (
          <Note tone="info" title={words('shared.writes', { name: step.sharedBy })}>
            <p>{step.note}</p>
          </Note>
        )}
        {step.records.length > 0 && (
          <Panel title={words('shared.records')} side={step.domain ?? undefined} flush>
            <RecordsTable records={step.records} fullNames label={words('shared.records')} />
          </Panel>
        )}
        {step.values.length > 0 && (
          <Panel title={words('shared.values')}>
            <Facts
              wide
              rows={step.values.map(({ label, value, said }) => {
                const title = say(said, label)
                return [title, <Value key={label} label={title} value={value} />]
              })}
            />
          </Panel>
        )}
        {step.instructions && <StepInstructions environment={step.environment} values={step.instructions} />}
        {step.checks.length > 0 && (
          <Panel
            title={words('shared.checked')}
            side={<CheckedLine checkedAt={step.checkedAt} nextCheckAt={null} />}
            flush
          >
            <CheckList checks={step.checks} label={words('shared.checks')} />
          </Panel>
        )}
        <Panel title={connectWords('safeToTry')}>
          <Facts
            rows={[
              [connectWords('facts.users'), stepText(named, 'changesForUsers')],
              [connectWords('facts.break'), stepText(named, 'couldBreak')],
              [connectWords('facts.undo'), stepText(named, 'undo')],
              [connectWords('facts.takes'), connectWords('minutes', { minutes: step.minutes })],
            ]}
          />
        </Panel>
        <p className="small tx2">{words('shared.only')}</p>
      </div>
    </>
  )
}

function Value({ label, value }: { readonly label: string; readonly value: string }) {
  const words = useWords('entry')
  return (
    <span className={stack.inline}>
      <HostText>{value}</HostText>
      <CopyButton value={value} label={words('shared.copy', { label })} />
    </span>
  )
}

/** Whoever passes the link on must not pass it to search engines too. */
function keepFromIndexes(): () => void {
  const tag = document.createElement('meta')
  tag.name = 'robots'
  tag.content = 'noindex, nofollow'
  document.head.append(tag)
  return () => tag.remove()
}
