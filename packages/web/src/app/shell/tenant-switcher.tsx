// Which organisation the page shows, always visible; operators reach the installation from here.
import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconServer2 } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMe, useMyTenant } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Mark } from './mark.tsx'
import classes from './shell.module.css'

export function TenantSwitcher() {
  const me = useMe()
  const words = useWords('shell')
  const tenant = useMyTenant()
  const navigate = useNavigate()
  return (
    <Menu position="bottom-start" width={212}>
      <Menu.Target>
        <button type="button" className={classes.switcher}>
          <Mark />
          <span className={classes.switcherWords}>
            <span className={classes.switcherName}>{tenant?.name ?? words('installation')}</span>
            <span className="small tx2">{tenant?.primaryDomain ?? words('allOrganisations')}</span>
          </span>
          <IconChevronDown size={16} aria-hidden />
          <span className="hidden-visually">{words('switchOrganisation')}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {me?.tenants.map(({ id, slug, name }) => (
          <Menu.Item
            key={id}
            rightSection={
              slug === tenant?.slug ? <IconCheck size={14} aria-label={words('shownNow')} /> : null
            }
            onClick={() => navigate({ to: '/t/$slug', params: { slug } })}
          >
            {name}
          </Menu.Item>
        ))}
        {me?.operator && (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconServer2 size={16} aria-hidden />}
              onClick={() => navigate({ to: '/system/organizations' })}
            >
              {words('installation')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
