// The frame around all console pages: skip link, sidebar or rail, the phone's menu, and the search.
import { Outlet, useLocation } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useNarrow, usePhone } from '#shared/screen.ts'
import { Toasts } from '#shared/toasts.tsx'
import { PendingPage } from '../pending-page.tsx'
import { useKeys } from './keys.ts'
import { MenuDrawer, Rail } from './lazy-parts.tsx'
import { OperatorBanner } from './operator-banner.tsx'
import classes from './shell.module.css'
import { ShellContext } from './shell-context.ts'
import { Sidebar } from './sidebar.tsx'

const SearchBox = lazy(() => import('./search-box.tsx').then(({ SearchBox }) => ({ default: SearchBox })))
const KeysDialog = lazy(() => import('./keys-dialog.tsx').then(({ KeysDialog }) => ({ default: KeysDialog })))

export function Shell() {
  const slug = useSlug()
  const words = useWords('shell')
  const phone = usePhone()
  const narrow = useNarrow()
  const { pathname } = useLocation()
  const [menu, setMenu] = useState(false)
  const [searches, setSearches] = useState(0)
  const search = () => setSearches((times) => times + 1)
  const hadMenu = useRef(false)
  hadMenu.current ||= menu
  const [keys, setKeys] = useState<boolean | null>(null)
  useKeys({ onSearch: search, onKeys: () => setKeys(true) })
  useEffect(() => setMenu(false), [pathname])
  const inConnect = pathname.startsWith(`/t/${slug}/connect`)
  return (
    <ShellContext
      value={{ openMenu: () => setMenu(true), openSearch: search, openKeys: () => setKeys(true) }}
    >
      <a href="#main" className={classes.skip}>
        {words('skip')}
      </a>
      <div className={classes.shell}>
        {!phone && (narrow || (slug !== '' && inConnect) ? <Rail /> : <Sidebar onSearch={search} />)}
        <div className={classes.page}>
          <OperatorBanner />
          <Suspense fallback={<PendingPage />}>
            <Outlet />
          </Suspense>
        </div>
      </div>
      {(menu || hadMenu.current) && (
        <MenuDrawer
          opened={menu}
          onClose={() => setMenu(false)}
          onSearch={() => {
            setMenu(false)
            search()
          }}
        />
      )}
      <Toasts />
      {searches > 0 && (
        <Suspense>
          <SearchBox asked={searches} />
        </Suspense>
      )}
      {keys !== null && (
        <Suspense>
          <KeysDialog opened={keys} onClose={() => setKeys(false)} />
        </Suspense>
      )}
    </ShellContext>
  )
}
