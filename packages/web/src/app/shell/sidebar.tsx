// The sidebar: which organisation, search, pages by group, settings and the signed-in person.
import { getConnect } from '@gatepost/contract/connect.ts'
import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMe, useMyTenant } from '#app/session.ts'
import { useAlertCount } from '#console/alerts/use-alert-count.ts'
import { useHeldCount } from '#console/held/use-held-count.ts'
import { useQueueCount } from '#console/queue/use-queue-count.ts'
import { useWords } from '#i18n/i18n.ts'
import { useCurrentInView } from './current-in-view.ts'
import { entryLink, useWhere } from './entry-link.ts'
import { PersonMenu, TenantSwitcher } from './lazy-parts.tsx'
import { settingsEntry, tenantNavigation } from './navigation.ts'
import type { Entry, TenantAddress } from './navigation-types.ts'
import classes from './shell.module.css'
import { systemNavigation } from './system-navigation.ts'
import { HealthLine } from './top-bar.tsx'

type Props = { readonly onSearch: () => void; readonly inDrawer?: boolean }

export function Sidebar({ onSearch, inDrawer }: Props) {
  const tenant = useMyTenant()
  const words = useWords('shell')
  const pages = useCurrentInView()
  return (
    <nav aria-label={words('main')} className={classes.sidebar} data-drawer={inDrawer || undefined}>
      <div className={classes.sidebarInner}>
        <TenantSwitcher />
        <button type="button" className={classes.search} onClick={onSearch}>
          <IconSearch size={16} aria-hidden />
          {words('search')}
          <kbd className={classes.key}>Ctrl K</kbd>
        </button>
        <div ref={pages} className={classes.nav}>
          {tenant ? <TenantPages slug={tenant.slug} /> : <SystemPages />}
        </div>
        <div className={classes.bottom}>
          {inDrawer && <HealthLine />}
          {tenant && <TenantEntry entry={settingsEntry} slug={tenant.slug} />}
          <PersonMenu />
        </div>
      </div>
    </nav>
  )
}

function TenantPages({ slug }: { readonly slug: string }) {
  const words = useWords('shell')
  const permissions = useMyTenant()?.permissions ?? []
  const counts = useCounts(slug, {
    queue: permissions.includes('queue:read'),
    connect: permissions.includes('connect:read'),
    alerts: permissions.includes('alerts:read'),
  })
  return tenantNavigation.map(({ name, entries }) => {
    const shown = entries.filter(({ needs }) => permissions.includes(needs))
    if (shown.length === 0) return null
    return (
      <div key={name ?? 'main'}>
        {name && <p className={classes.groupName}>{words(`groups.${name}`, name)}</p>}
        <ul className={classes.group}>
          {shown.map((entry) => (
            <li key={entry.label}>
              <TenantEntry entry={entry} slug={slug} count={counts.get(entry.label)} />
            </li>
          ))}
        </ul>
      </div>
    )
  })
}

/** Numbers beside the entries, by label. */
function useCounts(
  slug: string,
  may: { readonly queue: boolean; readonly connect: boolean; readonly alerts: boolean },
): ReadonlyMap<string, string | undefined> {
  const words = useWords('shell')
  const { data: connect } = useEndpoint(
    getConnect,
    { params: { tenant: slug } },
    { staleTime: 15_000, enabled: may.connect },
  )
  const held = useHeldCount(slug, may.queue)
  const queued = useQueueCount(slug, 'queued', may.queue)
  const alerts = useAlertCount(slug, may.alerts)
  const isLeft = connect && connect.requiredDone < connect.required
  return new Map([
    ['Held mail', held],
    ['Queue', queued],
    ['Alerts', alerts],
    ['Connect', isLeft ? words('xOfY', { done: connect.requiredDone, total: connect.required }) : undefined],
  ])
}

type EntryProps = {
  readonly entry: Entry<TenantAddress>
  readonly slug: string
  readonly count?: string | undefined
}

function TenantEntry({ entry, slug, count }: EntryProps) {
  const Icon = entry.icon
  const where = useWhere()
  const words = useWords('shell')
  return (
    <Link {...entryLink(entry, slug, where)} className={classes.entry}>
      <Icon size={18} stroke={1.6} aria-hidden />
      {words(`pages.${entry.label}`, entry.label)}
      {count && <span className={classes.entryCount}>{count}</span>}
    </Link>
  )
}

function SystemPages() {
  const me = useMe()
  const words = useWords('shell')
  if (!me?.operator) return null
  return systemNavigation.map(({ name, entries }) => (
    <div key={name}>
      <p className={classes.groupName}>{words(`groups.${name}`, name ?? '')}</p>
      <ul className={classes.group}>
        {entries.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link to={to} className={classes.entry}>
              <Icon size={18} stroke={1.6} aria-hidden />
              {words(`pages.${label}`, label)}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ))
}
