// Connect's frame: the task list beside every step; on a phone the list is part of the overview instead.
import { Outlet } from '@tanstack/react-router'
import { useWords } from '#i18n/i18n.ts'
import classes from './connect.module.css'
import { TaskList } from './task-list.tsx'
import { useConnect } from './use-connect.ts'

export function ConnectLayout() {
  // The steps say most of it: waiting once is better than a page that changes its language while it is read.
  useWords('said')
  const { data } = useConnect()
  return (
    <div className={classes.layout}>
      <div className={classes.side}>
        <div className={classes.sideInner}>{data && <TaskList connect={data} />}</div>
      </div>
      <div className={classes.page}>
        <Outlet />
      </div>
    </div>
  )
}
