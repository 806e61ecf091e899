// Foot of the queue's list: how many on this page, and the way on. A page may be short and still have a next.
import { Button } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import type { Pages } from '#shared/pages.tsx'
import { PanelFoot } from '#shared/panel.tsx'

type Props = { readonly pages: Pages; readonly next: string | null; readonly shown: number }

export function QueueFoot({ pages, next, shown }: Props) {
  const words = useWords('queue')
  if (shown === 0 && next === null && pages.index === 0) return null
  const found =
    shown === 0 ? words('foot.nothing') : words('messages', { count: shown, number: count(shown) })
  const isPaged = next !== null || pages.index > 0
  const what = isPaged ? words('foot.page', { what: found, page: pages.index + 1 }) : found
  return (
    <PanelFoot>
      <span>{words(shown === 0 ? 'foot.yet' : 'foot.oldest', { what })}</span>
      <span>
        {pages.index > 0 && (
          <Button variant="default" onClick={pages.newer} mr={8}>
            {words('foot.older')}
          </Button>
        )}
        {next !== null && (
          <Button variant="default" onClick={() => pages.older(next)}>
            {words('foot.newer')}
          </Button>
        )}
      </span>
    </PanelFoot>
  )
}
