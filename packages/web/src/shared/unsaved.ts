// What was written in a form and not saved is not lost by a click elsewhere: the reader is asked first.
import { useBlocker } from '@tanstack/react-router'
import { said } from '#i18n/i18n.ts'
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
        title: said('unsaved.title', 'What you changed here is not saved'),
        body: said('unsaved.means', 'Leave the page and it is lost. Nothing that is live changes.'),
        act: said('unsaved.leave', 'Leave without saving'),
        keep: said('unsaved.stay', 'Stay here'),
        isKeepFirst: true,
      })
      return !leaves
    },
  })
}
