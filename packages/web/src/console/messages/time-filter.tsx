// The time of the message list: a range back from now, or days one names.
import { Button, Popover, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { type MessageSearch, ranges, timeWords } from './message-search.ts'
import classes from './messages.module.css'

type Props = {
  readonly search: MessageSearch
  readonly onChange: (part: Partial<MessageSearch>) => void
}

export function TimeFilter({ search, onChange }: Props) {
  const words = useWords('messages')
  const [open, setOpen] = useState(false)
  const [from, setFrom] = useState(search.from ?? '')
  const [to, setTo] = useState(search.to ?? '')
  const choose = (part: Partial<MessageSearch>) => {
    setOpen(false)
    onChange(part)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    choose({ from: from || undefined, to: to || undefined, time: undefined })
  }
  const isRange = search.from === undefined && search.to === undefined
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      width={280}
      withinPortal={false}
      trapFocus
      withRoles={false}
    >
      <Popover.Target>
        <button type="button" className={classes.time} aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="tx3">{words('time.label')}</span> {timeWords(search, words)}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.popover}>
          <div className={classes.ranges}>
            {ranges.map((time) => (
              <button
                key={time}
                type="button"
                className={classes.tab}
                aria-pressed={isRange && (search.time ?? 'day') === time}
                onClick={() =>
                  choose({ time: time === 'day' ? undefined : time, from: undefined, to: undefined })
                }
              >
                {words(`time.${time}`)}
              </button>
            ))}
          </div>
          <form className={classes.popover} onSubmit={submit}>
            <TextInput
              type="date"
              label={words('time.fromDay')}
              value={from}
              max={to || undefined}
              onChange={(event) => setFrom(event.currentTarget.value)}
            />
            <TextInput
              type="date"
              label={words('time.toDay')}
              value={to}
              min={from || undefined}
              onChange={(event) => setTo(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={from === '' && to === ''}>
              {words('time.show')}
            </Button>
          </form>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
