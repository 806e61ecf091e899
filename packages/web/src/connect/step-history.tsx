// When each check of a step changed: what was seen, and since when it is as it is.
import { type ConnectStep, getStepHistory } from '@gatepost/contract/connect.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { Fold } from '#shared/note.tsx'
import { StatusWord } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from './connect.module.css'

const READ_MS = 15_000

export function StepHistory({ step }: { readonly step: ConnectStep }) {
  const words = useWords('connect')
  const say = useSaid()
  const params = { tenant: useSlug(), step: step.name }
  const { data } = useEndpoint(getStepHistory, { params }, { refetchInterval: READ_MS })
  if (!data || data.items.length === 0) return null
  return (
    <Fold title={words('checks.changed', { count: data.items.length })}>
      <ul
        className={classes.history}
        aria-label={words('checks.history', { title: words(`steps.${step.name}`, step.title) })}
      >
        {data.items.map(({ at, title, state, saw, said }) => (
          <li key={`${at} ${title} ${state}`}>
            <StatusWord of="check" state={state} />
            <span>
              {say(said?.title, title)}
              <span className="small tx2"> {say(said?.saw, saw)}</span>
            </span>
            <span className="small tx3">
              <FullTime at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  )
}
