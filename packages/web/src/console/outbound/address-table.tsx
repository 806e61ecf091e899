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
  const tenant = useSlug()
  const confirm = useConfirm()
  const [search, setSearch] = useState('')
  const [taken, setTaken] = useState<Taken | null>(null)
  const revoke = useAction(revokeOutbound, { readAgain: [getOutbound, getConnect, getLiveness] })
  const ask = async ({ id, address, comment }: AuthorizedOutbound) => {
    const agreed = await confirm({
      title: `Mail from ${address} is refused from then on`,
      body: 'We answer 451 4.7.1 Open relay not allowed; the host keeps trying, so a mistake can be mended.',
      act: 'Take authorisation back',
      keep: 'Keep it',
    })
    if (!agreed) return
    revoke.mutate({ params: { tenant, address: id } }, { onSuccess: () => setTaken({ address, comment }) })
  }
  const columns = useMemo(() => columnsOf(may ? ask : null), [may, tenant])
  const wanted = search.trim().toLowerCase()
  const shown = addresses.filter((row) => `${row.address} ${row.comment}`.toLowerCase().includes(wanted))
  const undo = taken && <TakenBack taken={taken} onBack={() => setTaken(null)} />
  if (addresses.length === 0) {
    return (
      <>
        {undo}
        <p className={classes.empty}>None yet.</p>
      </>
    )
  }
  return (
    <>
      {undo}
      {addresses.length > SEARCH_FROM && (
        <div className={classes.search}>
          <TextInput
            aria-label="Search authorised addresses"
            placeholder="Part of an address or comment"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
      )}
      <DataTable
        label="Authorised addresses"
        rows={shown}
        columns={columns}
        rowKey={({ id }) => id}
        card={(row) => (
          <>
            <span className="mono strong">{row.address}</span>
            {row.comment && <span>{row.comment}</span>}
            <span className="tx2">
              Last seen: <LastSeen row={row} />
            </span>
            {may && <span>{revokeButton(row, ask)}</span>}
          </>
        )}
      />
      {revoke.error && <ProblemNote error={revoke.error} />}
    </>
  )
}

function TakenBack({ taken, onBack }: { readonly taken: Taken; readonly onBack: () => void }) {
  const tenant = useSlug()
  const back = useAction(authorizeOutbound, {
    readAgain: [getOutbound, getConnect, getLiveness],
    onDone: onBack,
  })
  return (
    <PanelBody>
      <Note tone="info" role="status" title={`${taken.address} may not send any more`}>
        <Button
          variant="default"
          size="compact-sm"
          loading={back.isPending}
          onClick={() => back.mutate({ params: { tenant }, body: taken })}
        >
          Undo
        </Button>
        {back.error && <ProblemNote error={back.error} />}
      </Note>
    </PanelBody>
  )
}

type Ask = (row: AuthorizedOutbound) => void

function columnsOf(ask: Ask | null): readonly Column<AuthorizedOutbound>[] {
  const columns: Column<AuthorizedOutbound>[] = [
    {
      id: 'address',
      head: 'Address',
      sortBy: ({ address }) => address,
      cell: ({ address }) => <span className="mono strong">{address}</span>,
    },
    {
      id: 'comment',
      head: 'Comment',
      sortBy: ({ comment }) => comment,
      cell: ({ comment }) => comment || '–',
    },
    {
      id: 'seen',
      head: 'Last seen',
      sortBy: ({ lastSeenAt }) => lastSeenAt ?? 0,
      cell: (row) => <LastSeen row={row} />,
    },
  ]
  if (!ask) return columns
  return [
    ...columns,
    { id: 'act', head: 'Change', headHidden: true, align: 'right', cell: (row) => revokeButton(row, ask) },
  ]
}

function revokeButton(row: AuthorizedOutbound, ask: Ask) {
  return (
    <Button variant="subtle" color="gray" size="compact-sm" onClick={() => ask(row)}>
      Take back<span className="hidden-visually"> {row.address}</span>
    </Button>
  )
}

function LastSeen({ row }: { readonly row: AuthorizedOutbound }) {
  return (
    <span className="tx2">{row.lastSeenAt === null ? 'not yet' : <RelativeTime at={row.lastSeenAt} />}</span>
  )
}
