// The frame of the end users' portal: the organisation's name, the person's menu, nothing of the console.
import { signOut } from '@gatepost/contract/session.ts'
import { Menu } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { Suspense } from 'react'
import { call } from '#api/call.ts'
import { PendingPage } from '#app/pending-page.tsx'
import { useMe } from '#app/session.ts'
import { Mark } from '#app/shell/mark.tsx'
import { initialsOf } from '#app/shell/person-menu.tsx'
import { SchemeMenu } from '#app/shell/scheme-menu.tsx'
import classes from './portal.module.css'

export function PortalShell() {
  const me = useMe()
  const navigate = useNavigate()
  const client = useQueryClient()
  const leave = async () => {
    await call(signOut).catch(() => {})
    client.clear()
    await navigate({ to: '/sign-in', search: {} })
  }
  return (
    <div className={classes.ground}>
      <header className={classes.bar}>
        <Link to="/portal" className={classes.brand}>
          <Mark size={28} />
          {me?.tenants[0]?.name ?? 'Gatepost'} mail
        </Link>
        <div className={classes.tools}>
          <SchemeMenu />
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <button type="button" className={classes.initials} aria-label={me?.name ?? 'You'}>
                {initialsOf(me?.name ?? '')}
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{me?.email}</Menu.Label>
              <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
                Sign out
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </header>
      <Suspense fallback={<PendingPage />}>
        <Outlet />
      </Suspense>
    </div>
  )
}
