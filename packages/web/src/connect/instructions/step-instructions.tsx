// The instructions of an environment with given values, a copy button for each block: for readers of a share
// link.
import type { Environment } from '@gatepost/contract/common.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './instructions.module.css'
import { instructionsFor } from './instructions.ts'
import type { Values } from './part.ts'
import { keyOf, PartView } from './part-view.tsx'
import { useTold } from './use-told.ts'

type Props = {
  readonly environment: Environment
  readonly values: Values & { readonly direction: 'inbound' | 'outbound' }
}

export function StepInstructions({ environment, values }: Props) {
  const tell = useTold()
  const { title, steps, caution } = instructionsFor(environment, values.direction, values)
  return (
    <Panel title={tell(title)}>
      <div className={stack.stack}>
        <ol className={classes.steps}>
          {steps.map((parts) => (
            <li key={parts.map(keyOf).join()}>
              {parts.map((part) => (
                <PartView key={keyOf(part)} part={part} />
              ))}
            </li>
          ))}
        </ol>
        {caution && (
          <Note tone="warn" title={tell(caution.title)}>
            <p>{tell(caution.text)}</p>
          </Note>
        )}
      </div>
    </Panel>
  )
}
