// The careful way of C9: ours behind the present hosts first, then in front of them, then alone; each can be
// taken back by the one before.
import type { MxView } from '@gatepost/contract/domain.ts'
import { useWords } from '#i18n/i18n.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import { PartView } from '../instructions/part-view.tsx'
import classes from './mx.module.css'

const order = ['present', 'behind', 'before'] as const

const steps = ['behind', 'before', 'alone'] as const

export function StagedCutOver({ mx }: { readonly mx: MxView }) {
  const words = useWords('connect')
  if (mx.staged === null) return null
  const { staged } = mx
  const at = order.indexOf(staged.stage)
  return (
    <Panel title={words('mx.stagedTitle')} side={words('mx.stagedSide')}>
      <ol className={classes.staged}>
        {steps.map((key, index) => (
          <li key={key} aria-current={index === at ? 'step' : undefined}>
            <p className="strong">
              {index < at && <StatusIcon of="step" state="done" size={16} />} {words(`mx.${key}`)}
              {index === at && <span className="small tx2"> {words('mx.next')}</span>}
            </p>
            <p className="tx2">{words(`mx.${key}Means`)}</p>
            {index >= at && (
              <PartView part={{ kind: 'code', name: `records: ${words(`mx.${key}`)}`, code: staged[key] }} />
            )}
          </li>
        ))}
      </ol>
      <p className="small tx2">{words('mx.goBack')}</p>
    </Panel>
  )
}
