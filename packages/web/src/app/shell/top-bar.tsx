// Top bar of a page: where one is on the left, the page's actions, health and colour scheme on the right.
import { getHealthLine } from '@gatepost/contract/system.ts'
import { ActionIcon } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import { type ReactNode, useContext } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { usePhone } from '#shared/screen.ts'
import type { Crumb } from '../page.tsx'
import { AwayStrip } from './away-strip.tsx'
import { SchemeMenu } from './lazy-parts.tsx'
import classes from './shell.module.css'
import { ShellContext } from './shell-context.ts'

type Props = {
  readonly title: string
  readonly crumbs: readonly Crumb[]
  readonly busy?: boolean | undefined
  readonly children?: ReactNode
}

export function TopBar({ title, crumbs, busy, children }: Props) {
  const phone = usePhone()
  const words = useWords('shell')
  const { openMenu } = useContext(ShellContext)
  return (
    <>
      <header className={classes.bar}>
        {phone && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={40}
            aria-label={words('openMenu')}
            onClick={openMenu}
          >
            <IconMenu2 size={20} aria-hidden />
          </ActionIcon>
        )}
        <nav aria-label={words('breadcrumb')} className={classes.crumbs}>
          <ol className={classes.crumbs}>
            {!phone &&
              crumbs.map((crumb) => (
                <li key={crumb.label}>
                  {crumb.link ?? <span>{crumb.label}</span>}
                  <span aria-hidden>/</span>
                </li>
              ))}
            <li>
              <span aria-current="page" className={classes.here}>
                {title}
              </span>
            </li>
          </ol>
        </nav>
        <div className={classes.barRight}>
          {children}
          {!phone && <HealthLine />}
          <SchemeMenu />
        </div>
        {busy && <span className={classes.busy} aria-hidden />}
      </header>
      <AwayStrip />
    </>
  )
}

/** "2 of 2 nodes healthy". */
export function HealthLine() {
  const words = useWords('shell')
  const { data } = useEndpoint(getHealthLine, {}, { refetchInterval: 15_000 })
  if (!data) return null
  const tone =
    data.healthy === 0 ? 'bad' : data.healthy < data.total || data.readinessFailed > 0 ? 'warn' : 'ok'
  const failed =
    data.readinessFailed > 0 ? `, ${words('readinessFailed', { count: data.readinessFailed })}` : ''
  return (
    <span className={classes.health}>
      <span className={classes.dot} data-tone={tone} aria-hidden />
      {words('nodesHealthy', { healthy: data.healthy, total: data.total }) + failed}
    </span>
  )
}
