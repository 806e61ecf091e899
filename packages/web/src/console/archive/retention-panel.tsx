// How long archived mail stays: for everybody, and longer or shorter for some.
import {
  type ArchiveView,
  addArchiveRule,
  getArchive,
  removeArchiveRule,
  setArchive,
} from '@gatepost/contract/archive-settings.ts'
import { Button, NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './archive.module.css'
import { cardOf } from './card.tsx'

type Rule = ArchiveView['rules'][number]

export function RetentionPanel({ may }: { readonly may: boolean }) {
  const words = useWords('archive')
  const tenant = useSlug()
  const { data } = useEndpoint(getArchive, { params: { tenant } })
  const set = useAction(setArchive, { readAgain: [getArchive] })
  const add = useAction(addArchiveRule, { readAgain: [getArchive] })
  const remove = useAction(removeArchiveRule, { readAgain: [getArchive] })
  const error = set.error ?? add.error ?? remove.error
  if (!data) return null
  const columns: readonly Column<Rule>[] = [
    { id: 'who', head: words('for'), cell: ({ kind, label }) => `${words(`kinds.${kind}`)} ${label}` },
    { id: 'days', head: words('days'), align: 'right', cell: ({ days }) => words('daysOf', { count: days }) },
    ...(may
      ? [
          {
            id: 'end',
            head: '',
            align: 'right' as const,
            cell: (row: Rule) => (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={words('removeRule', { name: row.label })}
                onClick={() => remove.mutate({ params: { tenant, archiveRule: row.id } })}
              >
                {words('remove')}
              </Button>
            ),
          },
        ]
      : []),
  ]
  return (
    <Panel title={words('howLong')} flush>
      <PanelBody>
        <div className={stack.stack}>
          {error && <ProblemNote error={error} />}
          <Days
            key={String(data.days)}
            days={data.days}
            may={may}
            onSet={(days) => set.mutate({ params: { tenant }, body: { days } })}
          />
          {may && <NewRule onAdd={(body) => add.mutate({ params: { tenant }, body })} />}
        </div>
      </PanelBody>
      {data.rules.length > 0 && (
        <DataTable
          label={words('rules')}
          rows={data.rules}
          columns={columns}
          card={cardOf(columns)}
          rowKey={({ id }) => id}
        />
      )}
    </Panel>
  )
}

function Days(props: {
  readonly days: number | null
  readonly may: boolean
  readonly onSet: (days: number | null) => void
}) {
  const { days, may, onSet } = props
  const words = useWords('archive')
  const [draft, setDraft] = useState<number | string>(days ?? '')
  const next = draft === '' ? null : Number(draft)
  return (
    <div className={classes.inline}>
      <NumberInput
        label={words('daysForAll')}
        description={words('daysForAllMeans')}
        min={30}
        max={36_500}
        value={draft}
        disabled={!may}
        onChange={setDraft}
      />
      {may && (
        <Button variant="default" disabled={next === days} onClick={() => onSet(next)}>
          {words('save')}
        </Button>
      )}
    </div>
  )
}

type NewRuleBody = { kind: 'domain' | 'group' | 'address'; value: string; days: number }

function NewRule({ onAdd }: { readonly onAdd: (rule: NewRuleBody) => void }) {
  const words = useWords('archive')
  const [kind, setKind] = useState<'domain' | 'address'>('domain')
  const [value, setValue] = useState('')
  const [days, setDays] = useState<number | string>(3_650)
  return (
    <div className={classes.inline}>
      <Select
        label={words('otherDays')}
        allowDeselect={false}
        data={[
          { value: 'domain', label: words('aDomain') },
          { value: 'address', label: words('anAddress') },
        ]}
        value={kind}
        onChange={(chosen) => setKind(chosen === 'address' ? 'address' : 'domain')}
      />
      <TextInput
        label={words(kind === 'domain' ? 'domain' : 'address')}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <NumberInput label={words('days')} min={30} max={36_500} value={days} onChange={setDays} />
      <Button
        variant="default"
        disabled={value.trim() === '' || typeof days !== 'number'}
        onClick={() => {
          onAdd({ kind, value: value.trim(), days: Number(days) })
          setValue('')
        }}
      >
        {words('add')}
      </Button>
    </div>
  )
}
