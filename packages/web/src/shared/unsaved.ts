// What was written in a form and not saved is not lost by a click elsewhere: the reader is asked first.
import { useBlocker } from '@tanstack/react-router'
import { useConfirm } from './confirm.tsx'

/**
 * Asks before the page is left while there is something unsaved, also when the browser's tab is closed.
 * Other filters of the same page, and pages that take the draft along, are no leaving.
 */
export function useUnsaved(unsaved: boolean, takesDraft: (pathname: string) => boolean = () => false): void {
  const confirm = useConfirm()
  useBlocker({
    disabled: !unsaved,
    enableBeforeUnload: unsaved,
    shouldBlockFn: async ({ current, next }) => {
      if (current.pathname === next.pathname || takesDraft(next.pathname)) return false
      const leaves = await confirm({
        title: 'What you changed here is not saved',
        body: 'Leave the page and it is lost. Nothing that is live changes.',
        act: 'Leave without saving',
        keep: 'Stay here',
      })
      return !leaves
    },
  })
}
