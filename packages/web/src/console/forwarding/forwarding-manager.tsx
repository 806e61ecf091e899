// Forwarding addresses: the list, a new one that is tested before it is saved, and ending one. Used by the
// page and C13.
import { getConnect } from '@gatepost/contract/connect.ts'
import {
  addForwarding,
  type ForwardingAddress,
  listForwardings,
  removeForwarding,
  testForwarding,
  updateForwarding,
} from '@gatepost/contract/forwarding.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, Checkbox, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconArrowForwardUp, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { CheckList } from '#shared/check-list.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { focusFirstWrong, address as isAddress, useFieldErrors } from '#shared/validation.ts'
import { LiveLine } from '../live-line.tsx'

const READ_AGAIN = [listForwardings, getConnect, getLiveness]
const PAGE = 50

export function ForwardingManager() {
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const [search, setSearch] = useState('')
  const [removed, setRemoved] = useState<ForwardingAddress | null>(null)
  const pages = usePages()
  const query = { limit: PAGE, search: search || undefined, after: pages.after }
  const { data, error } = useEndpoint(
    listForwardings,
    { params: { tenant }, query },
    { keepPrevious: true, refetchInterval: 15_000 },
  )
  const remove = useAction(removeForwarding, {
    readAgain: READ_AGAIN,
    said: () => ({ text: 'The forwarding address is removed.' }),
  })
  const change = useAction(updateForwarding, {
    readAgain: READ_AGAIN,
    said: () => ({ text: 'The forwarding address is changed.' }),
  })
  const undo = useAction(addForwarding, { readAgain: READ_AGAIN, onDone: () => setRemoved(null) })
  const end = (row: ForwardingAddress) => {
    remove.mutate({ params: { tenant, forwarding: row.id } }, { onSuccess: () => setRemoved(row) })
  }
  const keep = (row: ForwardingAddress, keepCopy: boolean) =>
    change.mutate({ params: { tenant, forwarding: row.id }, body: { keepCopy } })
  const columns = columnsOf(may ? { end, keep } : null)
  const isEmpty = data?.items.length === 0 && search === '' && pages.index === 0
  return (
    <div className={stack.stack}>
      {removed && (
        <Note tone="info" role="status" title={`${removed.address} gets its mail itself again`}>
          <Button
            variant="default"
            size="compact-sm"
            loading={undo.isPending}
            onClick={() => undo.mutate({ params: { tenant }, body: bodyOf(removed) })}
          >
            Undo
          </Button>
        </Note>
      )}
      <Panel title="Forwarding addresses" flush>
        {!isEmpty && data && (
          <PanelBody>
            <TextInput
              aria-label="Search forwarding addresses"
              placeholder="Part of an address or comment"
              leftSection={<IconSearch size={15} aria-hidden />}
              value={search}
              onChange={(event) => {
                setSearch(event.currentTarget.value)
                pages.reset()
              }}
            />
          </PanelBody>
        )}
        {Boolean(error ?? remove.error ?? change.error ?? undo.error) && (
          <PanelBody>
            <ProblemNote error={error ?? remove.error ?? change.error ?? undo.error} />
          </PanelBody>
        )}
        {!data && !error && <SkeletonRows />}
        {isEmpty && (
          <EmptyState title="No address forwards yet" icon={IconArrowForwardUp}>
            <p>
              Mail from outside to outside is refused as relaying. A forwarding address is the exception: what
              comes for one of your addresses goes to another one, here or elsewhere.
            </p>
          </EmptyState>
        )}
        {data && !isEmpty && (
          <>
            <DataTable
              label="Forwarding addresses"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(row) => (
                <>
                  <Way row={row} />
                  <span className="small tx2">
                    Last used: <Used row={row} />
                  </span>
                  {columns.slice(-2).map((column) => (
                    <span key={column.id}>{column.cell(row)}</span>
                  ))}
                </>
              )}
            />
            <PageFoot
              pages={pages}
              next={data.next}
              shown={data.items.length}
              total={data.total}
              limit={PAGE}
            />
          </>
        )}
      </Panel>
      {may && <NewForwarding />}
    </div>
  )
}

function NewForwarding() {
  const tenant = useSlug()
  const test = useAction(testForwarding)
  const add = useAction(addForwarding, {
    readAgain: READ_AGAIN,
    onDone: () => {
      form.reset()
      test.reset()
    },
  })
  const form = useForm({
    initialValues: { address: '', target: '', keepCopy: false, comment: '' },
    validate: { address: isAddress, target: isAddress },
    onValuesChange: () => test.reset(),
  })
  useFieldErrors(form, add.error)
  useFieldErrors(form, test.error)
  const runTest = () => {
    if (form.validate().hasErrors) return focusFirstWrong()
    const { address, target } = form.getValues()
    return test.mutate({ params: { tenant }, body: { address, target } })
  }
  return (
    <Panel title="New forwarding address">
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }), focusFirstWrong)}
      >
        <div className={stack.pair}>
          <TextInput
            label="Mail for"
            description="In one of your validated domains."
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('address')}
          />
          <TextInput
            label="Goes to"
            description="Inside or outside of your organisation."
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('target')}
          />
        </div>
        <Checkbox
          label="Also deliver to the address itself"
          {...form.getInputProps('keepCopy', { type: 'checkbox' })}
        />
        <TextInput
          label="Comment"
          description="Why it forwards. May stay empty."
          {...form.getInputProps('comment')}
        />
        {test.data && <CheckList label="Test of the target" checks={test.data.checks} />}
        {Boolean(test.error ?? add.error) && <ProblemNote error={test.error ?? add.error} />}
        <div className={stack.row}>
          <Button type="submit" loading={add.isPending}>
            Add forwarding address
          </Button>
          <Button variant="default" loading={test.isPending} onClick={runTest}>
            Test target
          </Button>
          {add.isSuccess && <LiveLine />}
        </div>
        <p className="small tx2">
          The message keeps who it was written to. Where it leaves, its return path becomes one of yours, so
          that it passes SPF there; reports of failure find back to the sender.
        </p>
      </form>
    </Panel>
  )
}

type Acts = {
  readonly end: (row: ForwardingAddress) => void
  readonly keep: (row: ForwardingAddress, keepCopy: boolean) => void
}

function columnsOf(acts: Acts | null): readonly Column<ForwardingAddress>[] {
  const columns: Column<ForwardingAddress>[] = [
    { id: 'address', head: 'Mail for … goes to', cell: (row) => <Way row={row} /> },
    { id: 'used', head: 'Last used', cell: (row) => <Used row={row} /> },
    {
      id: 'copy',
      head: 'Copy kept',
      cell: (row) =>
        acts ? (
          <Checkbox
            aria-label={`Keep a copy at ${row.address}`}
            label="Copy kept"
            checked={row.keepCopy}
            onChange={(event) => acts.keep(row, event.currentTarget.checked)}
          />
        ) : row.keepCopy ? (
          'yes'
        ) : (
          'no'
        ),
    },
  ]
  if (!acts) return columns
  return [
    ...columns,
    {
      id: 'act',
      head: 'End',
      headHidden: true,
      align: 'right',
      cell: (row) => (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => acts.end(row)}>
          End<span className="hidden-visually"> forwarding of {row.address}</span>
        </Button>
      ),
    },
  ]
}

function Way({ row }: { readonly row: ForwardingAddress }) {
  return (
    <div>
      <span className="strong mono">{row.address}</span>
      <div className="mono tx2">
        <span aria-hidden>→ </span>
        {row.target}
      </div>
      {row.comment && <div className="small tx2">{row.comment}</div>}
    </div>
  )
}

function Used({ row }: { readonly row: ForwardingAddress }) {
  return row.lastSeenAt === null ? <span className="tx2">not yet</span> : <RelativeTime at={row.lastSeenAt} />
}

function bodyOf({ address, target, keepCopy, comment }: ForwardingAddress) {
  return { address, target, keepCopy, comment }
}
