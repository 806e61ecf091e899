// Menus, the rail and the phone's menu: they load behind the first paint, which needs none of them.
import { lazy, Suspense } from 'react'
import classes from './shell.module.css'

const LazyPerson = lazy(() => import('./person-menu.tsx').then(({ PersonMenu }) => ({ default: PersonMenu })))
const LazySwitcher = lazy(() =>
  import('./tenant-switcher.tsx').then(({ TenantSwitcher }) => ({ default: TenantSwitcher })),
)
const LazyScheme = lazy(() => import('./scheme-menu.tsx').then(({ SchemeMenu }) => ({ default: SchemeMenu })))
const LazyRail = lazy(() => import('./rail.tsx').then(({ Rail }) => ({ default: Rail })))
const LazyDrawer = lazy(() => import('./menu-drawer.tsx').then(({ MenuDrawer }) => ({ default: MenuDrawer })))

/** As high as what comes, so that nothing jumps. */
const switcherSpace = <span className={classes.switcher} aria-hidden />

export function PersonMenu() {
  return (
    <Suspense fallback={switcherSpace}>
      <LazyPerson />
    </Suspense>
  )
}

export function TenantSwitcher() {
  return (
    <Suspense fallback={switcherSpace}>
      <LazySwitcher />
    </Suspense>
  )
}

export function SchemeMenu() {
  return (
    <Suspense fallback={<span className={classes.iconSpace} aria-hidden />}>
      <LazyScheme />
    </Suspense>
  )
}

export function Rail() {
  return (
    <Suspense fallback={<span className={classes.rail} aria-hidden />}>
      <LazyRail />
    </Suspense>
  )
}

type DrawerProps = { readonly opened: boolean; readonly onClose: () => void; readonly onSearch: () => void }

export function MenuDrawer(props: DrawerProps) {
  return (
    <Suspense>
      <LazyDrawer {...props} />
    </Suspense>
  )
}
