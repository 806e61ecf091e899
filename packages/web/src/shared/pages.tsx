// Paging through server lists by their `next`: Newer and Older, with where one is.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useWords, type Words } from '#i18n/i18n.ts'
import { count } from './format.ts'
import { PanelFoot } from './panel.tsx'

export type Pages = {
  readonly after: string | undefined
  readonly index: number
  readonly older: (next: string) => void
  readonly newer: () => void
  readonly reset: () => void
}

/** Remembers the cursors of the pages before this one. */
export function usePages(): Pages {
  const [cursors, setCursors] = useState<readonly string[]>([])
  return {
    after: cursors.at(-1),
    index: cursors.length,
    older: (next) => setCursors((known) => [...known, next]),
    newer: () => setCursors((known) => known.slice(0, -1)),
    reset: () => setCursors([]),
  }
}

type Props = {
  readonly pages: Pages
  readonly next: string | null
  readonly shown: number
  readonly limit: number
  readonly total: number | null
  readonly words?: readonly [back: string, on: string]
}

export function PageFoot({ pages, next, shown, limit, total, words }: Props) {
  const say = useWords('shell')
  const first = pages.index * limit + 1
  return (
    <PanelFoot>
      <span>{rangeOf({ shown, first, total }, say)}</span>
      <span>
        {pages.index > 0 && (
          <Button variant="default" onClick={pages.newer} mr={8}>
            {words?.[0] ?? say('newer', 'Newer')}
          </Button>
        )}
        {next !== null && (
          <Button variant="default" onClick={() => pages.older(next)}>
            {words?.[1] ?? say('older', 'Older')}
          </Button>
        )}
      </span>
    </PanelFoot>
  )
}

type Range = { readonly shown: number; readonly first: number; readonly total: number | null }

/** `1 to 100 of 1,186`. */
function rangeOf({ shown, first, total }: Range, say: Words): string {
  if (shown === 0) return say('none', 'None')
  const ends = { from: count(first), to: count(first + shown - 1) }
  if (total === null) {
    return say('fromTo', { defaultValue: `${ends.from} to ${ends.to}`, ...ends })
  }
  const all = count(total)
  return say('fromToOf', { defaultValue: `${ends.from} to ${ends.to} of ${all}`, ...ends, total: all })
}
