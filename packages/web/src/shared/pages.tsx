// Paging through server lists by their `next`: Newer and Older, with where one is.
import { Button } from '@mantine/core'
import { useState } from 'react'
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

export function PageFoot({ pages, next, shown, limit, total, words = ['Newer', 'Older'] }: Props) {
  const first = pages.index * limit + 1
  const of = total === null ? '' : ` of ${count(total)}`
  return (
    <PanelFoot>
      <span>{shown === 0 ? 'None' : `${count(first)} to ${count(first + shown - 1)}${of}`}</span>
      <span>
        {pages.index > 0 && (
          <Button variant="default" onClick={pages.newer} mr={8}>
            {words[0]}
          </Button>
        )}
        {next !== null && (
          <Button variant="default" onClick={() => pages.older(next)}>
            {words[1]}
          </Button>
        )}
      </span>
    </PanelFoot>
  )
}
