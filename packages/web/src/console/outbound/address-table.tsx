// The authorised addresses with when each was last seen, and taking one back.
import { getConnect } from '@gatepost/contract/connect.ts'
import { type AuthorizedOutbound, getOutbound, revokeOutbound } from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './outbound.module.css'

type Props = { readonly addresses: readonly AuthorizedOutbound[]; readonly may: boolean }

export function AddressTable({ addresses, may }: Props) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const revoke = useAction(revokeOutbound, { readAgain: [getOutbound, getConnect, getLiveness] })
  const ask = async ({ id, address }: AuthorizedOutbound) => {
    const agreed = await confirm({
      title: `Mail from ${address} is refused from then on`,
      body: 'We answer 451 4.7.1 Open relay not allowed; the host keeps trying, so a mistake can be mended.',
      act: 'Take authorisation back',
      keep: 'Keep it',
    })
    if (agreed) revoke.mutate({ params: { tenant, address: id } })
  }
  const columns = useMemo(() => columnsOf(may ? ask : null), [may, tenant])
  if (addresses.length === 0) return <p className={classes.empty}>None yet.</p>
  return (
    <>
      <DataTable
        label="Authorised addresses"
        rows={addresses}
        columns={columns}
        rowKey={({ id }) => id}
        card={(row) => (
          <>
            <span className="mono strong">{row.address}</span>
            {row.comment && <span>{row.comment}</span>}
            <LastSeen row={row} />
            {may && <span>{revokeButton(row, ask)}</span>}
          </>
        )}
      />
      {revoke.error && <ProblemNote error={revoke.error} />}
    </>
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
