// The careful way of C9: ours behind the present hosts first, then in front of them, then alone; each can be
// taken back by the one before.
import type { MxView } from '@gatepost/contract/domain.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import { PartView } from '../instructions/part-view.tsx'
import classes from './mx.module.css'

const order = ['present', 'behind', 'before'] as const

const words = [
  {
    key: 'behind',
    title: 'Ours behind the present hosts',
    means:
      'Mail comes here only while those are away, and from senders that try the last host first. Watch what is refused.',
  },
  {
    key: 'before',
    title: 'Ours in front of them',
    means: 'Mail comes here, and goes to the former hosts if we cannot be reached. Watch the first hour.',
  },
  { key: 'alone', title: 'Ours alone', means: 'Nobody goes around the gateway any more. The step is done.' },
] as const

export function StagedCutOver({ mx }: { readonly mx: MxView }) {
  if (mx.staged === null) return null
  const { staged } = mx
  const at = order.indexOf(staged.stage)
  return (
    <Panel title="In three careful changes" side="instead of one">
      <ol className={classes.staged}>
        {words.map(({ key, title, means }, index) => (
          <li key={key} aria-current={index === at ? 'step' : undefined}>
            <p className="strong">
              {index < at && <StatusIcon of="step" state="done" size={16} />} {title}
              {index === at && <span className="small tx2"> next</span>}
            </p>
            <p className="tx2">{means}</p>
            {index >= at && (
              <PartView part={{ kind: 'code', name: `records: ${title}`, code: staged[key] }} />
            )}
          </li>
        ))}
      </ol>
      <p className="small tx2">
        To go back from any of them, publish the records under “Way back”. Wait for the former TTL between two
        changes.
      </p>
    </Panel>
  )
}
