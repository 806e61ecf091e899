// What happened, in order: connection, policies of each stage, delivery attempts with the remote reply.
import type { Message } from '@gatepost/contract/message.ts'
import { Switch } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { span } from '#shared/format.ts'
import { Block, Fold } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { usePhone } from '#shared/screen.ts'
import { StatusIcon } from '#shared/status-word.tsx'
import { ClockTime } from '#shared/time.tsx'
import type { StateOf } from '#shared/vocabulary.ts'
import { PolicyList } from './policy-list.tsx'
import { type Entry, entriesOf } from './timeline-entries.ts'
import classes from './why.module.css'

export function Timeline({ message }: { readonly message: Message }) {
  const phone = usePhone()
  const words = useWords('messages')
  const [brief, setBrief] = useState(phone)
  return (
    <Panel
      title={words('why.happened')}
      actions={
        <Switch
          size="xs"
          label={words('why.brief')}
          checked={brief}
          onChange={(event) => setBrief(event.currentTarget.checked)}
        />
      }
    >
      <ol className={classes.timeline}>
        {entriesOf(message, words).map((entry) => (
          <EntryView key={`${entry.kind} ${entry.title} ${entry.at}`} entry={entry} brief={brief} />
        ))}
      </ol>
    </Panel>
  )
}

function EntryView({ entry, brief }: { readonly entry: Entry; readonly brief: boolean }) {
  const words = useWords('messages')
  switch (entry.kind) {
    case 'connection':
      return (
        <Moment entry={entry}>
          <p className="tx2">{entry.words}</p>
        </Moment>
      )
    case 'stage':
      return (
        <Moment entry={entry}>
          {entry.steps.length > 0 && <PolicyList steps={entry.steps} brief={brief} label={entry.title} />}
          {entry.reply && <Block>{entry.reply}</Block>}
        </Moment>
      )
    case 'attempt':
      return (
        <Moment entry={entry}>
          <p className="tx2">
            {entry.words}
            {entry.durationMs > 0 && `, ${span(entry.durationMs)}`}
          </p>
          <Block>{entry.reply}</Block>
          {entry.signed && <p className="tx2">{entry.signed}</p>}
          {entry.banner && <p className="tx2">{entry.banner}</p>}
          {entry.report && <p className="tx2">{entry.report}</p>}
          {entry.tls.length > 0 && (
            <Fold title={words('why.tlsOf')}>
              <Block>{entry.tls.join('\n')}</Block>
            </Fold>
          )}
        </Moment>
      )
  }
}

type MomentProps = {
  readonly entry: { readonly at: number; readonly title: string; readonly state: StateOf<'message'> }
  readonly children: ReactNode
}

function Moment({ entry, children }: MomentProps) {
  return (
    <li className={classes.moment}>
      <span className={classes.when}>
        <ClockTime at={entry.at} />
      </span>
      <span className={classes.thread}>
        <StatusIcon of="message" state={entry.state} />
      </span>
      <div className={classes.what}>
        <h3>{entry.title}</h3>
        {children}
      </div>
    </li>
  )
}
