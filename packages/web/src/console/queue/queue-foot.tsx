// Foot of the queue's list: how many on this page, and the way on. A page may be short and still have a next.
import { Button } from '@mantine/core'
import { plural } from '#shared/format.ts'
import type { Pages } from '#shared/pages.tsx'
import { PanelFoot } from '#shared/panel.tsx'

type Props = { readonly pages: Pages; readonly next: string | null; readonly shown: number }

export function QueueFoot({ pages, next, shown }: Props) {
  if (shown === 0 && next === null && pages.index === 0) return null
  const where = next !== null || pages.index > 0 ? ` on page ${pages.index + 1}` : ''
  return (
    <PanelFoot>
      <span>
        {shown === 0
          ? `Nothing that matches${where} yet`
          : `${plural(shown, 'message')}${where}, oldest first`}
      </span>
      <span>
        {pages.index > 0 && (
          <Button variant="default" onClick={pages.newer} mr={8}>
            Older
          </Button>
        )}
        {next !== null && (
          <Button variant="default" onClick={() => pages.older(next)}>
            Newer
          </Button>
        )}
      </span>
    </PanelFoot>
  )
}
