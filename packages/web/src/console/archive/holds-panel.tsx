// Legal holds: what fits stays until the hold ends.
import {
  type ArchiveHold,
  addArchiveHold,
  endArchiveHold,
  listArchiveHolds,
} from '@gatepost/contract/archive-settings.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { required } from '#shared/validation.ts'
import classes from './archive.module.css'
import { cardOf } from './card.tsx'

export function HoldsPanel({ may }: { readonly may: boolean }) {
  const words = useWords('archive')
  const tenant = useSlug()
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listArchiveHolds, { params: { tenant } })
  const end = useAction(endArchiveHold, { readAgain: [listArchiveHolds] })
  const release = async (row: ArchiveHold): Promise<void> => {
    const isSure = await confirm({
      title: words('endHold', { name: row.name }),
      body: words('endHoldMeans'),
      act: words('endTheHold'),
    })
    if (isSure) end.mutate({ params: { tenant, archiveHold: row.id } })
  }
  const columns: readonly Column<ArchiveHold>[] = [
    { id: 'name', head: words('hold'), cell: (row) => <What row={row} /> },
    {
      id: 'since',
      head: words('since'),
      cell: ({ createdAt, createdBy, endedAt }) =>
        `${date(createdAt)}, ${createdBy}${endedAt === null ? '' : `; ${words('ended', { day: date(endedAt) })}`}`,
    },
    ...(may
      ? [
          {
            id: 'end',
            head: '',
            align: 'right' as const,
            cell: (row: ArchiveHold) =>
              row.endedAt === null && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={words('endHold', { name: row.name })}
                  onClick={() => void release(row)}
                >
                  {words('end')}
                </Button>
              ),
          },
        ]
      : []),
  ]
  return (
    <Panel title={words('holds')} side={words('holdsWin')} flush>
      <PanelBody>
        <div className={stack.stack}>
          {Boolean(error ?? end.error) && <ProblemNote error={error ?? end.error} />}
          {data?.items.length === 0 && <p className="small tx2">{words('noHold')}</p>}
          {may && <NewHold />}
        </div>
      </PanelBody>
      {data && data.items.length > 0 && (
        <DataTable
          label={words('holds')}
          rows={data.items}
          columns={columns}
          card={cardOf(columns)}
          rowKey={({ id }) => id}
        />
      )}
    </Panel>
  )
}

function What({ row }: { readonly row: ArchiveHold }) {
  const { person, text } = row.query
  return (
    <div className={classes.row}>
      <span>{row.name}</span>
      <span className="small tx2">
        {[person, text].filter((word) => word !== undefined).join(', ')} · {row.reason}
      </span>
    </div>
  )
}

function NewHold() {
  const words = useWords('archive')
  const tenant = useSlug()
  const form = useForm({
    initialValues: { name: '', reason: '', person: '', text: '' },
    validate: {
      name: required(words('aName')),
      reason: required(words('aReason')),
      person: (person, { text }) => (person === '' && text === '' ? words('personOrWords') : null),
    },
  })
  const add = useAction(addArchiveHold, { readAgain: [listArchiveHolds], onDone: () => form.reset() })
  return (
    <form
      className={classes.inline}
      onSubmit={form.onSubmit(({ name, reason, person, text }) => {
        const query = { ...(person === '' ? {} : { person }), ...(text === '' ? {} : { text }) }
        add.mutate({ params: { tenant }, body: { name, reason, query } })
      })}
    >
      {add.error && <ProblemNote error={add.error} />}
      <TextInput label={words('holdName')} {...form.getInputProps('name')} />
      <TextInput label={words('reason')} {...form.getInputProps('reason')} />
      <TextInput
        label={words('person')}
        placeholder={words('addressOrDomain')}
        {...form.getInputProps('person')}
      />
      <TextInput label={words('words')} {...form.getInputProps('text')} />
      <Button type="submit" variant="default" loading={add.isPending}>
        {words('hold')}
      </Button>
    </form>
  )
}
