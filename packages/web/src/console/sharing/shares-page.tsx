// Share links that are open: what each shows, who used it and when, and taking one back.
import { listShares, removeShare, type Share } from '@gatepost/contract/share.ts'
import { Button } from '@mantine/core'
import { IconShare } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date, plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'

export function SharesPage() {
  const tenant = useSlug()
  const may = useMay('connect:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listShares, { params: { tenant } }, { refetchInterval: 15_000 })
  const remove = useAction(removeShare, { readAgain: [listShares] })
  const end = async (share: Share) => {
    const agreed = await confirm({
      title: 'The link shows nothing from now on',
      body: `Whoever holds the link to “${share.title}” is told that it is not valid any more.`,
      act: 'Take link back',
    })
    if (agreed) remove.mutate({ params: { tenant, share: share.id } })
  }
  const columns = columnsOf(may, end)
  return (
    <Page
      title="Share links"
      lead="Steps that were handed to colleagues: read-only, without an account, until a day."
    >
      {Boolean(error ?? remove.error) && <ProblemNote error={error ?? remove.error} />}
      <Panel title="Links that are open" flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="No link is open" icon={IconShare}>
            <p>
              Open a step of <ConnectLink /> and choose “Share this step”: whoever gets the link sees its
              values and whether we see them already.
            </p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label="Share links"
            rows={data.items}
            columns={columns}
            rowKey={({ id }) => id}
            card={(share) => (
              <>
                <What share={share} />
                <Made share={share} />
                <span className="tx2">
                  Until {date(share.expiresAt)} · Last used: <Used share={share} />
                </span>
                <span>{columns.at(-1)?.cell(share)}</span>
              </>
            )}
          />
        )}
        <PanelBody>
          <p className="small tx2">The links themselves are kept as digests: none can be shown again.</p>
        </PanelBody>
      </Panel>
    </Page>
  )
}

function columnsOf(may: boolean, end: (share: Share) => Promise<void>): readonly Column<Share>[] {
  return [
    { id: 'what', head: 'Shows', sortBy: ({ title }) => title, cell: (share) => <What share={share} /> },
    {
      id: 'by',
      head: 'Made',
      sortBy: ({ createdAt }) => createdAt,
      cell: (share) => <Made share={share} />,
    },
    {
      id: 'until',
      head: 'Until',
      sortBy: ({ expiresAt }) => expiresAt,
      cell: ({ expiresAt }) => date(expiresAt),
    },
    {
      id: 'used',
      head: 'Last used',
      sortBy: ({ lastUsedAt }) => lastUsedAt ?? 0,
      cell: (share) => <Used share={share} />,
    },
    {
      id: 'remove',
      head: 'Take back',
      headHidden: true,
      align: 'right',
      cell: (share) =>
        may && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Take back the link to ${share.title}`}
            onClick={() => end(share)}
          >
            Take back
          </Button>
        ),
    },
  ]
}

function What({ share }: { readonly share: Share }) {
  const slug = useSlug()
  return (
    <div>
      <Link className="strong" to="/t/$slug/connect/$step" params={{ slug, step: share.step }}>
        {share.title}
      </Link>
      <div className="small tx2">{share.domain ?? 'all domains'}</div>
    </div>
  )
}

function Made({ share }: { readonly share: Share }) {
  const { createdBy, createdAt, mailedTo } = share
  return (
    <div>
      {createdBy}, <RelativeTime at={createdAt} />
      {mailedTo !== null && <div className="small tx2">mailed to {mailedTo}</div>}
    </div>
  )
}

function Used({ share }: { readonly share: Share }) {
  if (share.lastUsedAt === null) return <span className="tx2">Never</span>
  return (
    <span>
      <RelativeTime at={share.lastUsedAt} />, {plural(share.uses, 'time')}
    </span>
  )
}

function ConnectLink() {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/connect" params={{ slug }}>
      Connect
    </Link>
  )
}
