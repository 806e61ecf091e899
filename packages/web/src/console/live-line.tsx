// Where the newest settings are live: "Live on 2 of 2 nodes since 3 s".
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { IconCircleCheckFilled, IconLoader } from '@tabler/icons-react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { span } from '#shared/format.ts'
import { useNow } from '#shared/now.ts'
import classes from './live-line.module.css'

export function LiveLine() {
  const t = useWords('settings')
  const shell = useWords('shell')
  const tenant = useSlug()
  const now = useNow()
  const { data } = useEndpoint(
    getLiveness,
    { params: { tenant } },
    { refetchInterval: (live) => (live && live.live >= live.total && live.total > 0 ? 10_000 : 1_000) },
  )
  if (!data) return null
  const everywhere = data.total > 0 && data.live >= data.total
  const newest = Math.max(...data.edges.map(({ seenAt }) => seenAt))
  const since =
    everywhere && Number.isFinite(newest) && now > newest + 1_000
      ? t('live.since', { span: span(now - newest) })
      : ''
  const Icon = everywhere ? IconCircleCheckFilled : IconLoader
  return (
    <span className={classes.live} data-everywhere={everywhere || undefined}>
      <Icon size={16} aria-hidden />
      <span role="status">{shell('liveOn', { live: data.live, total: data.total })}</span>
      <span aria-hidden className="tx3">
        {since}
      </span>
    </span>
  )
}
