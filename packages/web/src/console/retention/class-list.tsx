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
import { useWords, type Words } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { count, date, groupMark } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './retention.module.css'

type Item = RetentionView['items'][number]

export function ClassList({ items }: { readonly items: readonly Item[] }) {
  const t = useWords('retention')
  return (
    <Panel title={t('kept')} flush>
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
  const t = useWords('retention')
  const tenant = useSlug()
  const may = useMay('retention:write')
  const confirm = useConfirm()
  const { min, max, forever } = retentionClasses[item.class]
  const name = t(`class.${item.class}.name`)
  const [days, setDays] = useState<number | string>(item.days ?? max)
  const [always, setAlways] = useState(item.days === null)
  const save = useAction(setRetention, {
    readAgain: [getRetention],
    said: () => ({ text: t('saved') }),
  })
  const next = always ? null : Number(days)
  const act = async () => {
    const isShorter = next !== null && (item.days === null || next < item.days)
    const agreed =
      !isShorter ||
      (await confirm({
        title: t('shorter', { name, days: next }),
        body: t('gone'),
        act: t('keepShorter'),
      }))
    if (agreed) save.mutate({ params: { tenant }, body: { class: item.class, days: next } })
  }
  return (
    <>
      <div>
        <span className="strong">{name}</span>
        <p className="tx2">{t(`class.${item.class}.means`)}</p>
        <p className="small tx2">{wordsOf(item, t)}</p>
        {save.error && <ProblemNote error={save.error} focus />}
      </div>
      {may ? (
        <div className={classes.choice}>
          {forever && (
            <Checkbox
              size="xs"
              label={t('forEver')}
              checked={always}
              onChange={(event) => setAlways(event.currentTarget.checked)}
            />
          )}
          <NumberInput
            aria-label={t('daysOf', { name: t(`class.${item.class}.inside`) })}
            size="xs"
            w={124}
            thousandSeparator={groupMark()}
            // The field refuses one mark for both.
            decimalSeparator={groupMark() === '.' ? ',' : '.'}
            min={min}
            max={max}
            allowDecimal={false}
            suffix={` ${t('days')}`}
            disabled={always}
            value={days}
            onChange={setDays}
          />
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('saveDaysOf', { name: t(`class.${item.class}.inside`) })}
            disabled={next === item.days}
            title={next === item.days ? t('same') : undefined}
            loading={save.isPending}
            onClick={act}
          >
            {t('save')}
          </Button>
        </div>
      ) : (
        <span>{item.days === null ? t('forEver') : t('daysCount', { count: item.days })}</span>
      )}
    </>
  )
}

function wordsOf(
  { class: name, usual, changedAt, changedBy, lastRunAt, lastRemoved }: Item,
  t: Words,
): string {
  const { min, max } = retentionClasses[name]
  const chosen = usual ? t('asComes') : t('chosen', { name: changedBy, day: date(changedAt ?? 0) })
  const run =
    lastRunAt === null
      ? ''
      : `; ${lastRemoved === 0 ? t('removedNothing') : t('removed', { number: count(lastRemoved) })}`
  return `${chosen}; ${t('bounds', { min, max: count(max) })}${run}.`
}
