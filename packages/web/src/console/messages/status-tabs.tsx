// The statuses that people look for most, with their counts of the last 24 hours.
import { getMessageCounts, type MessageStatus } from '@gatepost/contract/message.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { count } from '#shared/format.ts'
import classes from './messages.module.css'

const tabs = [
  { status: undefined, label: 'All' },
  { status: 'held', label: 'Held' },
  { status: 'queued', label: 'Queued' },
  { status: 'deferred', label: 'Deferred' },
  { status: 'refused', label: 'Refused' },
] as const

type Props = {
  readonly status: MessageStatus | undefined
  readonly onChange: (status: MessageStatus | undefined) => void
}

export function StatusTabs({ status, onChange }: Props) {
  const tenant = useSlug()
  const { data } = useEndpoint(getMessageCounts, { params: { tenant } }, { refetchInterval: 5_000 })
  return (
    <fieldset className={classes.tabs}>
      <legend className="hidden-visually">Show messages that are</legend>
      {tabs.map((tab) => {
        const number = tab.status && data ? data[tab.status] : 0
        return (
          <button
            key={tab.label}
            type="button"
            className={classes.tab}
            aria-pressed={tab.status === status}
            onClick={() => onChange(tab.status)}
          >
            {tab.label}
            {number > 0 && ` ${count(number)}`}
          </button>
        )
      })}
    </fieldset>
  )
}
