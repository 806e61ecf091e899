// The frame of the end users' portal: the organisation's name, the person's menu, nothing of the console.

import { getPortal } from '@gatepost/contract/portal.ts'
import { signOut } from '@gatepost/contract/session.ts'
import { Menu } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useRef } from 'react'
import { call } from '#api/call.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { PendingPage } from '#app/pending-page.tsx'
import { useMe } from '#app/session.ts'
import { Mark } from '#app/shell/mark.tsx'
import { initialsOf } from '#app/shell/person-menu.tsx'
import { SchemeMenu } from '#app/shell/scheme-menu.tsx'
import { languages, nameOfLanguage, useLanguage, useWords } from '#i18n/i18n.ts'
import { Toasts } from '#shared/toasts.tsx'
import classes from './portal.module.css'
import { usePortalTenant } from './use-portal.ts'

export function PortalShell() {
  const me = useMe()
  const words = useWords('portal')
  const [language, setLanguage] = useLanguage()
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
          {words('mailOf', { name: me?.tenants[0]?.name ?? 'Gatepost' })}
        </Link>
        <div className={classes.tools}>
          <SchemeMenu />
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <button type="button" className={classes.initials} aria-label={me?.name ?? words('you')}>
                {initialsOf(me?.name ?? '')}
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{me?.email}</Menu.Label>
              <Menu.Divider />
              <Menu.RadioGroup value={language} onChange={setLanguage}>
                {languages.map((each) => (
                  <Menu.RadioItem key={each} value={each} lang={each}>
                    {nameOfLanguage(each)}
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
              <Menu.Divider />
              <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
                {words('signOut')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </header>
      <PortalNav />
      <Suspense fallback={<PendingPage />}>
        <Outlet />
        <Toasts />
      </Suspense>
    </div>
  )
}

function PortalNav() {
  const t = useWords('portal')
  const tenant = usePortalTenant()
  const { data } = useEndpoint(getPortal, { params: { tenant } }, { enabled: tenant !== '' })
  const held = data?.held ?? 0
  const nav = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // Where the tabs are wider than the phone the present one is not left outside of it.
  useEffect(() => {
    const tab = nav.current?.querySelector('[aria-current="page"]')
    tab?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
  }, [path, t, held])
  return (
    <nav ref={nav} className={classes.nav} aria-label={t('nav.label')}>
      <Link to="/portal" activeOptions={{ exact: true }} className={classes.tab}>
        {t('nav.held')}
        {held > 0 && <span className={classes.count}>{held}</span>}
      </Link>
      <Link to="/portal/mail" className={classes.tab}>
        {t('nav.mail')}
      </Link>
      <Link to="/portal/refused" className={classes.tab}>
        {t('nav.refused')}
      </Link>
      <Link to="/portal/senders" className={classes.tab}>
        {t('nav.senders')}
      </Link>
      <Link to="/portal/account" className={classes.tab}>
        {t('nav.account')}
      </Link>
    </nav>
  )
}
