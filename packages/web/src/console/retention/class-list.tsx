// Classes of data with their days, each changed in place within its bounds.
import {
  getRetention,
  type RetentionView,
  retentionClasses,
  setRetention,
} from '@gatepost/contract/retention.ts'
import { Button, Checkbox, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { count, date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './retention.module.css'

type Item = RetentionView['items'][number]

export function ClassList({ items }: { readonly items: readonly Item[] }) {
  return (
    <Panel title="Kept for" flush>
      <ul className={stack.plain}>
        {items.map((item) => (
          <li key={`${item.class} ${item.days}`} className={classes.class}>
            <ClassRow item={item} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function ClassRow({ item }: { readonly item: Item }) {
  const tenant = useSlug()
  const may = useMay('retention:write')
  const confirm = useConfirm()
  const { name, means, min, max, forever } = retentionClasses[item.class]
  const [days, setDays] = useState<number | string>(item.days ?? max)
  const [always, setAlways] = useState(item.days === null)
  const save = useAction(setRetention, {
    readAgain: [getRetention],
    said: () => ({ text: 'The retention is saved.' }),
  })
  const next = always ? null : Number(days)
  const act = async () => {
    const isShorter = next !== null && (item.days === null || next < item.days)
    const agreed =
      !isShorter ||
      (await confirm({
        title: `${name} older than ${next} days goes with the next night`,
        body: 'What has gone does not come back.',
        act: 'Keep shorter',
      }))
    if (agreed) save.mutate({ params: { tenant }, body: { class: item.class, days: next } })
  }
  return (
    <>
      <div>
        <span className="strong">{name}</span>
        <p className="tx2">{means}</p>
        <p className="small tx2">{wordsOf(item)}</p>
        {save.error && <ProblemNote error={save.error} focus />}
      </div>
      {may ? (
        <div className={classes.choice}>
          {forever && (
            <Checkbox
              size="xs"
              label="For ever"
              checked={always}
              onChange={(event) => setAlways(event.currentTarget.checked)}
            />
          )}
          <NumberInput
            aria-label={`Days of ${name.toLowerCase()}`}
            size="xs"
            w={124}
            thousandSeparator=","
            min={min}
            max={max}
            allowDecimal={false}
            suffix=" days"
            disabled={always}
            value={days}
            onChange={setDays}
          />
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Save days of ${name.toLowerCase()}`}
            disabled={next === item.days}
            title={next === item.days ? 'These are the days it is kept now' : undefined}
            loading={save.isPending}
            onClick={act}
          >
            Save
          </Button>
        </div>
      ) : (
        <span>{item.days === null ? 'For ever' : `${count(item.days)} days`}</span>
      )}
    </>
  )
}

function wordsOf({ class: name, usual, changedAt, changedBy, lastRunAt, lastRemoved }: Item): string {
  const { min, max } = retentionClasses[name]
  const chosen = usual ? 'As it comes' : `Chosen by ${changedBy}, ${date(changedAt ?? 0)}`
  const run =
    lastRunAt === null ? '' : `; the last night removed ${lastRemoved === 0 ? 'nothing' : count(lastRemoved)}`
  return `${chosen}; ${min} to ${count(max)} days${run}.`
}
