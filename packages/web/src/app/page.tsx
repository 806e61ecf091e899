// The frame of every page: breadcrumb and actions in the top bar, one h1, and the title of the browser's tab.
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { GuideButton } from '#shared/guide-link.tsx'
import classes from './page.module.css'
import { useMyTenant } from './session.ts'
import { useGuide } from './shell/guide-of.ts'
import { TopBar } from './shell/top-bar.tsx'

export type Crumb = { readonly label: string; readonly link?: ReactNode }

type Props = {
  readonly title: string
  /** Between the organisation and this page. */
  readonly crumbs?: readonly Crumb[]
  /** One or two sentences below the heading. */
  readonly lead?: ReactNode
  /** Pill beside the heading. */
  readonly state?: ReactNode
  /** At the right of the heading. */
  readonly actions?: ReactNode
  /** At the right of the top bar. */
  readonly barActions?: ReactNode
  readonly width?: 'page' | 'connect' | 'full'
  /** Data is being read again: a thin line under the bar. */
  readonly busy?: boolean
  readonly heading?: ReactNode
  /** The page's guide where it is not that of its entry in the navigation; null where there is none. */
  readonly guide?: string | null
  readonly children: ReactNode
}

export function Page(props: Props) {
  const {
    title,
    crumbs = [],
    lead,
    state,
    actions,
    barActions,
    width = 'page',
    busy,
    heading,
    guide,
    children,
  } = props
  const tenant = useMyTenant()
  const ownGuide = useGuide()
  const shownGuide = guide === undefined ? ownGuide : guide
  const owner = tenant?.name ?? 'Installation'
  useEffect(() => {
    document.title = `${title} · ${owner} · Gatepost`
  }, [title, owner])
  return (
    <div className={classes.frame}>
      <TopBar title={title} crumbs={[ownerCrumb(owner, tenant?.slug), ...crumbs]} busy={busy}>
        {barActions}
        {shownGuide !== null && <GuideButton guide={shownGuide} />}
      </TopBar>
      <main id="main" tabIndex={-1} className={classes.main} data-width={width}>
        <div className={classes.content}>
          <div className={classes.head}>
            <div className={classes.words}>
              <div className={classes.heading}>
                <h1>{heading ?? title}</h1>
                {state}
              </div>
              {lead && <div className={classes.lead}>{lead}</div>}
            </div>
            {actions && <div className={classes.actions}>{actions}</div>}
          </div>
          {children}
        </div>
      </main>
    </div>
  )
}

function ownerCrumb(label: string, slug: string | undefined): Crumb {
  if (!slug) return { label }
  return {
    label,
    link: (
      <Link to="/t/$slug/dashboard" params={{ slug }}>
        {label}
      </Link>
    ),
  }
}
