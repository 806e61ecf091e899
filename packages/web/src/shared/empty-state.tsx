// An empty page teaches: what will appear here, why it is empty now, and one thing to do.
import { IconInbox } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

type Props = {
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
  readonly icon?: typeof IconInbox
}

export function EmptyState({ title, children, action, icon: Icon = IconInbox }: Props) {
  return (
    <div className={classes.empty}>
      <span className={classes.tile}>
        <Icon size={20} stroke={1.6} aria-hidden />
      </span>
      <div>
        <h2 className={classes.title}>{title}</h2>
        <div className={classes.text}>{children}</div>
        {action && <div className={classes.action}>{action}</div>}
      </div>
    </div>
  )
}
