// The authorised addresses with when each was last seen, and taking one back.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  type AuthorizedOutbound,
  authorizeOutbound,
  getOutbound,
  revokeOutbound,
} from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PanelBody } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './outbound.module.css'

/** Fewer are seen at a glance. */
const SEARCH_FROM = 5

type Taken = { readonly address: string; readonly comment: string }
type Props = { readonly addresses: readonly AuthorizedOutbound[]; readonly may: boolean }

export function AddressTable({ addresses, may }: Props) {
  const t = useWords('flow')
  const tenant = useSlug()
  const confirm = useConfirm()
  const [search, setSearch] = useState('')
  const [taken, setTaken] = useState<Taken | null>(null)
  const revoke = useAction(revokeOutbound, { readAgain: [getOutbound, getConnect, getLiveness] })
  const ask = async ({ id, address, comment }: AuthorizedOutbound) => {
    const agreed = await confirm({
      title: t('addressTable.mailFromIsRefusedFromThen', { address }),
      body: t('addressTable.weAnswer451471OpenRelayNot'),
      act: t('addressTable.takeAuthorisationBack'),
      keep: t('addressTable.keepIt'),
    })
    if (!agreed) return
    revoke.mutate({ params: { tenant, address: id } }, { onSuccess: () => setTaken({ address, comment }) })
  }
  const columns = useMemo(() => columnsOf(t, may ? ask : null), [may, tenant])
  const wanted = search.trim().toLowerCase()
  const shown = addresses.filter((row) => `${row.address} ${row.comment}`.toLowerCase().includes(wanted))
  const undo = taken && <TakenBack taken={taken} onBack={() => setTaken(null)} />
  if (addresses.length === 0) {
    return (
      <>
        {undo}
        <p className={classes.empty}>{t('addressTable.noneYet')}</p>
      </>
    )
  }
  return (
    <>
      {undo}
      {addresses.length > SEARCH_FROM && (
        <div className={classes.search}>
          <TextInput
            aria-label={t('addressTable.searchAuthorisedAddresses')}
            placeholder={t('addressTable.partOfAnAddressOrComment')}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
      )}
      <DataTable
        label={t('addressTable.authorisedAddresses')}
        rows={shown}
        columns={columns}
        rowKey={({ id }) => id}
        card={(row) => (
          <>
            <span className="mono strong">{row.address}</span>
            {row.comment && <span>{row.comment}</span>}
            <span className="tx2">
              {t('addressTable.lastSeen')}
              <LastSeen row={row} />
            </span>
            {may && <span>{revokeButton(t, row, ask)}</span>}
          </>
        )}
      />
      {revoke.error && <ProblemNote error={revoke.error} />}
    </>
  )
}

function TakenBack({ taken, onBack }: { readonly taken: Taken; readonly onBack: () => void }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const back = useAction(authorizeOutbound, {
    readAgain: [getOutbound, getConnect, getLiveness],
    onDone: onBack,
  })
  return (
    <PanelBody>
      <Note tone="info" role="status" title={t('addressTable.mayNotSendAnyMore', { address: taken.address })}>
        <Button
          variant="default"
          size="compact-sm"
          loading={back.isPending}
          onClick={() => back.mutate({ params: { tenant }, body: taken })}
        >
          {t('addressTable.undo')}
        </Button>
        {back.error && <ProblemNote error={back.error} />}
      </Note>
    </PanelBody>
  )
}

type Ask = (row: AuthorizedOutbound) => void

function columnsOf(t: Words, ask: Ask | null): readonly Column<AuthorizedOutbound>[] {
  const columns: Column<AuthorizedOutbound>[] = [
    {
      id: 'address',
      head: t('addressTable.address'),
      sortBy: ({ address }) => address,
      cell: ({ address }) => <span className="mono strong">{address}</span>,
    },
    {
      id: 'comment',
      head: t('addressTable.comment'),
      sortBy: ({ comment }) => comment,
      cell: ({ comment }) => comment || '–',
    },
    {
      id: 'seen',
      head: t('addressTable.lastSeen2'),
      sortBy: ({ lastSeenAt }) => lastSeenAt ?? 0,
      cell: (row) => <LastSeen row={row} />,
    },
  ]
  if (!ask) return columns
  return [
    ...columns,
    {
      id: 'act',
      head: t('addressTable.change'),
      headHidden: true,
      align: 'right',
      cell: (row) => revokeButton(t, row, ask),
    },
  ]
}

function revokeButton(t: Words, row: AuthorizedOutbound, ask: Ask) {
  return (
    <Button variant="subtle" color="gray" size="compact-sm" onClick={() => ask(row)}>
      {t('addressTable.takeBack')}
      <span className="hidden-visually"> {row.address}</span>
    </Button>
  )
}

function LastSeen({ row }: { readonly row: AuthorizedOutbound }) {
  const t = useWords('flow')
  return (
    <span className="tx2">
      {row.lastSeenAt === null ? t('addressTable.notYet') : <RelativeTime at={row.lastSeenAt} />}
    </span>
  )
}
