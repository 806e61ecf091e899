// Share links that are open: what each shows, who used it and when, and taking one back.

import { listShares, removeShare, type Share } from '@gatepost/contract/share.ts'
import { Button } from '@mantine/core'
import { IconShare } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'

export function SharesPage() {
  const t = useWords('settings')
  const stepWords = useWords('connect')
  const tenant = useSlug()
  const may = useMay('connect:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listShares, { params: { tenant } }, { refetchInterval: 15_000 })
  const remove = useAction(removeShare, { readAgain: [listShares] })
  const end = async (share: Share) => {
    const agreed = await confirm({
      title: t('shares.theLinkShowsNothingFromNow'),
      body: t('shares.whoeverHoldsTheLinkToIs', { title: share.title }),
      act: t('shares.takeLinkBack'),
    })
    if (agreed) remove.mutate({ params: { tenant, share: share.id } })
  }
  const columns = columnsOf(t, may, end)
  return (
    <Page title={t('shares.shareLinks')} lead={t('shares.stepsThatWereHandedTo')}>
      {Boolean(error ?? remove.error) && <ProblemNote error={error ?? remove.error} />}
      <Panel title={t('shares.linksThatAreOpen')} flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title={t('shares.noLinkIsOpen')} icon={IconShare}>
            <p>
              {t('shares.openAStepOf')}
              <ConnectLink />
              {t('shares.andChooseShareThisStep')}
            </p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label={t('shares.shareLinks')}
            rows={data.items.map((share) => ({
              ...share,
              title: stepWords(`steps.${share.step}`, share.title),
            }))}
            columns={columns}
            rowKey={({ id }) => id}
            card={(share) => (
              <>
                <What share={share} />
                <Made share={share} />
                <span className="tx2">
                  {t('shares.untilLastUsed', { expiresAt: date(share.expiresAt) })}
                  <Used share={share} />
                </span>
                <span>{columns.at(-1)?.cell(share)}</span>
              </>
            )}
          />
        )}
        <PanelBody>
          <p className="small tx2">{t('shares.theLinksThemselvesAreKept')}</p>
        </PanelBody>
      </Panel>
    </Page>
  )
}

function columnsOf(t: Words, may: boolean, end: (share: Share) => Promise<void>): readonly Column<Share>[] {
  return [
    {
      id: 'what',
      head: t('shares.shows'),
      sortBy: ({ title }) => title,
      cell: (share) => <What share={share} />,
    },
    {
      id: 'by',
      head: t('shares.made'),
      sortBy: ({ createdAt }) => createdAt,
      cell: (share) => <Made share={share} />,
    },
    {
      id: 'until',
      head: t('shares.until'),
      sortBy: ({ expiresAt }) => expiresAt,
      cell: ({ expiresAt }) => date(expiresAt),
    },
    {
      id: 'used',
      head: t('shares.lastUsed'),
      sortBy: ({ lastUsedAt }) => lastUsedAt ?? 0,
      cell: (share) => <Used share={share} />,
    },
    {
      id: 'remove',
      head: t('shares.takeBack'),
      headHidden: true,
      align: 'right',
      cell: (share) =>
        may && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('shares.takeBackTheLinkTo', { title: share.title })}
            onClick={() => end(share)}
          >
            {t('shares.takeBack')}
          </Button>
        ),
    },
  ]
}

function What({ share }: { readonly share: Share }) {
  const t = useWords('settings')
  const slug = useSlug()
  return (
    <div>
      <Link className="strong" to="/t/$slug/connect/$step" params={{ slug, step: share.step }}>
        {share.title}
      </Link>
      <div className="small tx2">{share.domain ?? t('shares.allDomains')}</div>
    </div>
  )
}

function Made({ share }: { readonly share: Share }) {
  const t = useWords('settings')
  const { createdBy, createdAt, mailedTo } = share
  return (
    <div>
      {createdBy}, <RelativeTime at={createdAt} />
      {mailedTo !== null && <div className="small tx2">{t('shares.mailedTo', { mailedTo })}</div>}
    </div>
  )
}

function Used({ share }: { readonly share: Share }) {
  const t = useWords('settings')
  if (share.lastUsedAt === null) return <span className="tx2">{t('shares.never')}</span>
  return (
    <span>
      <RelativeTime at={share.lastUsedAt} />, {t('shares.times', { count: share.uses })}
    </span>
  )
}

function ConnectLink() {
  const t = useWords('settings')
  const slug = useSlug()
  return (
    <Link to="/t/$slug/connect" params={{ slug }}>
      {t('shares.connect')}
    </Link>
  )
}
