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
import { useWords, type Words } from '#i18n/i18n.ts'
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
  const t = useWords('flow')
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
    said: () => ({ text: t('forwardingManager.theForwardingAddressIs') }),
  })
  const change = useAction(updateForwarding, {
    readAgain: READ_AGAIN,
    said: () => ({ text: t('forwardingManager.theForwardingAddressIs2') }),
  })
  const undo = useAction(addForwarding, { readAgain: READ_AGAIN, onDone: () => setRemoved(null) })
  const end = (row: ForwardingAddress) => {
    remove.mutate({ params: { tenant, forwarding: row.id } }, { onSuccess: () => setRemoved(row) })
  }
  const keep = (row: ForwardingAddress, keepCopy: boolean) =>
    change.mutate({ params: { tenant, forwarding: row.id }, body: { keepCopy } })
  const columns = columnsOf(t, may ? { end, keep } : null)
  const isEmpty = data?.items.length === 0 && search === '' && pages.index === 0
  return (
    <div className={stack.stack}>
      {removed && (
        <Note
          tone="info"
          role="status"
          title={t('forwardingManager.getsItsMailItselfAgain', { address: removed.address })}
        >
          <Button
            variant="default"
            size="compact-sm"
            loading={undo.isPending}
            onClick={() => undo.mutate({ params: { tenant }, body: bodyOf(removed) })}
          >
            {t('forwardingManager.undo')}
          </Button>
        </Note>
      )}
      <Panel title={t('forwardingManager.forwardingAddresses')} flush>
        {!isEmpty && data && (
          <PanelBody>
            <TextInput
              aria-label={t('forwardingManager.searchForwardingAddresses')}
              placeholder={t('forwardingManager.partOfAnAddressOrComment')}
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
          <EmptyState title={t('forwardingManager.noAddressForwardsYet')} icon={IconArrowForwardUp}>
            <p>{t('forwardingManager.mailFromOutsideToOutsideIs')}</p>
          </EmptyState>
        )}
        {data && !isEmpty && (
          <>
            <DataTable
              label={t('forwardingManager.forwardingAddresses')}
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(row) => (
                <>
                  <Way row={row} />
                  <span className="small tx2">
                    {t('forwardingManager.lastUsed')}
                    <Used row={row} />
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
  const t = useWords('flow')
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
    <Panel title={t('forwardingManager.newForwardingAddress')}>
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }), focusFirstWrong)}
      >
        <div className={stack.pair}>
          <TextInput
            label={t('forwardingManager.mailFor')}
            description={t('forwardingManager.inOneOfYourValidated')}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('address')}
          />
          <TextInput
            label={t('forwardingManager.goesTo')}
            description={t('forwardingManager.insideOrOutsideOfYour')}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('target')}
          />
        </div>
        <Checkbox
          label={t('forwardingManager.alsoDeliverToTheAddress')}
          {...form.getInputProps('keepCopy', { type: 'checkbox' })}
        />
        <TextInput
          label={t('forwardingManager.comment')}
          description={t('forwardingManager.whyItForwardsMayStayEmpty')}
          {...form.getInputProps('comment')}
        />
        {test.data && <CheckList label={t('forwardingManager.testOfTheTarget')} checks={test.data.checks} />}
        {Boolean(test.error ?? add.error) && <ProblemNote error={test.error ?? add.error} />}
        <div className={stack.row}>
          <Button type="submit" loading={add.isPending}>
            {t('forwardingManager.addForwardingAddress')}
          </Button>
          <Button variant="default" loading={test.isPending} onClick={runTest}>
            {t('forwardingManager.testTarget')}
          </Button>
          {add.isSuccess && <LiveLine />}
        </div>
        <p className="small tx2">{t('forwardingManager.theMessageKeepsWhoItWas')}</p>
      </form>
    </Panel>
  )
}

type Acts = {
  readonly end: (row: ForwardingAddress) => void
  readonly keep: (row: ForwardingAddress, keepCopy: boolean) => void
}

function columnsOf(t: Words, acts: Acts | null): readonly Column<ForwardingAddress>[] {
  const columns: Column<ForwardingAddress>[] = [
    { id: 'address', head: t('forwardingManager.mailForGoesTo'), cell: (row) => <Way row={row} /> },
    { id: 'used', head: t('forwardingManager.lastUsed2'), cell: (row) => <Used row={row} /> },
    {
      id: 'copy',
      head: t('forwardingManager.copyKept'),
      cell: (row) =>
        acts ? (
          <Checkbox
            aria-label={t('forwardingManager.keepACopyAt', { address: row.address })}
            label={t('forwardingManager.copyKept')}
            checked={row.keepCopy}
            onChange={(event) => acts.keep(row, event.currentTarget.checked)}
          />
        ) : row.keepCopy ? (
          t('forwardingManager.yes')
        ) : (
          t('forwardingManager.no')
        ),
    },
  ]
  if (!acts) return columns
  return [
    ...columns,
    {
      id: 'act',
      head: t('forwardingManager.end'),
      headHidden: true,
      align: 'right',
      cell: (row) => (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => acts.end(row)}>
          {t('forwardingManager.end')}
          <span className="hidden-visually">
            {t('forwardingManager.forwardingOf', { address: row.address })}
          </span>
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
  const t = useWords('flow')
  return row.lastSeenAt === null ? (
    <span className="tx2">{t('forwardingManager.notYet')}</span>
  ) : (
    <RelativeTime at={row.lastSeenAt} />
  )
}

function bodyOf({ address, target, keepCopy, comment }: ForwardingAddress) {
  return { address, target, keepCopy, comment }
}
