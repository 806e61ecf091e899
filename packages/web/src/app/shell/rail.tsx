// The sidebar at 56 px: icons with names for screen readers and tooltips; the console stays one click away.
import { Tooltip } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useContext } from 'react'
import { useMe, useMyTenant } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useCurrentInView } from './current-in-view.ts'
import { entryLink, useWhere } from './entry-link.ts'
import { Mark } from './mark.tsx'
import { settingsEntry, tenantNavigation } from './navigation.ts'
import { PersonMenu } from './person-menu.tsx'
import classes from './shell.module.css'
import { ShellContext } from './shell-context.ts'
import { systemNavigation } from './system-navigation.ts'

export function Rail() {
  const tenant = useMyTenant()
  const words = useWords('shell')
  const me = useMe()
  const { openSearch } = useContext(ShellContext)
  const where = useWhere()
  const pages = useCurrentInView()
  const entries = tenantNavigation.flatMap((group) => group.entries)
  return (
    <nav aria-label={words('main')} className={classes.rail}>
      <div className={classes.railInner}>
        <Link to="/" aria-label={words('startPage')} className={classes.railLink}>
          <Mark />
        </Link>
        <div ref={pages} className={classes.railPages}>
          <ul className={classes.railList}>
            <li>
              <Tooltip label={`${words('search')} (Ctrl K)`} position="right">
                <button
                  type="button"
                  className={classes.railLink}
                  aria-label={words('search')}
                  onClick={openSearch}
                >
                  <IconSearch size={18} stroke={1.6} aria-hidden />
                </button>
              </Tooltip>
            </li>
            {tenant
              ? entries
                  .filter(({ needs }) => tenant.permissions.includes(needs))
                  .map((entry) => (
                    <li key={entry.label}>
                      <Tooltip label={words(`pages.${entry.label}`, entry.label)} position="right">
                        <Link
                          {...entryLink(entry, tenant.slug, where)}
                          aria-label={words(`pages.${entry.label}`, entry.label)}
                          className={classes.railLink}
                        >
                          <entry.icon size={18} stroke={1.6} aria-hidden />
                        </Link>
                      </Tooltip>
                    </li>
                  ))
              : me?.operator &&
                systemNavigation
                  .flatMap((group) => group.entries)
                  .map(({ to, label, icon: Icon }) => (
                    <li key={to}>
                      <Tooltip label={words(`pages.${label}`, label)} position="right">
                        <Link
                          to={to}
                          aria-label={words(`pages.${label}`, label)}
                          className={classes.railLink}
                        >
                          <Icon size={18} stroke={1.6} aria-hidden />
                        </Link>
                      </Tooltip>
                    </li>
                  ))}
          </ul>
        </div>
        <div className={classes.railBottom}>
          {tenant && (
            <Tooltip label={words('settings')} position="right">
              <Link
                to={settingsEntry.to}
                params={{ slug: tenant.slug }}
                aria-label={words('settings')}
                className={classes.railLink}
              >
                <settingsEntry.icon size={18} stroke={1.6} aria-hidden />
              </Link>
            </Tooltip>
          )}
          <PersonMenu small />
        </div>
      </div>
    </nav>
  )
}
