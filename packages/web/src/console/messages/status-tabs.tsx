// The statuses that people look for most, with their counts of the last 24 hours.
import { getMessageCounts, type MessageStatus } from '@gatepost/contract/message.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import classes from './messages.module.css'

const tabs = [undefined, 'held', 'queued', 'deferred', 'refused'] as const

type Props = {
  readonly status: MessageStatus | undefined
  readonly onChange: (status: MessageStatus | undefined) => void
}

export function StatusTabs({ status, onChange }: Props) {
  const tenant = useSlug()
  const words = useWords('messages')
  const states = useWords('shell')
  const { data } = useEndpoint(getMessageCounts, { params: { tenant } }, { refetchInterval: 5_000 })
  return (
    <fieldset className={classes.tabs}>
      <legend className="hidden-visually">{words('tabs.label')}</legend>
      {tabs.map((tab) => {
        const number = tab && data ? data[tab] : 0
        return (
          <button
            key={tab ?? 'all'}
            type="button"
            className={classes.tab}
            aria-pressed={tab === status}
            onClick={() => onChange(tab)}
          >
            {tab ? states(`states.message.${tab}`) : words('tabs.all')}
            {number > 0 && ` ${count(number)}`}
          </button>
        )
      })}
    </fieldset>
  )
}
