// Keeps the list from jumping: while a row is focused, new rows wait until the reader asks for them.
import type { MessageRow } from '@gatepost/contract/message.ts'
import { useEffect, useRef, useState } from 'react'

export function useSteadyRows(rows: readonly MessageRow[]) {
  const element = useRef<HTMLElement | null>(null)
  const [focused, setFocused] = useState(false)
  const [frozen, setFrozen] = useState<ReadonlySet<string> | null>(null)
  const latest = useRef(rows)
  latest.current = rows
  useEffect(() => {
    const node = element.current
    if (!node) return
    const enter = () => setFocused(true)
    const leave = (event: FocusEvent) => {
      if (!node.contains(event.relatedTarget as Node | null)) setFocused(false)
    }
    node.addEventListener('focusin', enter)
    node.addEventListener('focusout', leave)
    return () => {
      node.removeEventListener('focusin', enter)
      node.removeEventListener('focusout', leave)
    }
  })
  useEffect(() => {
    setFrozen(focused ? new Set(latest.current.map(({ id }) => id)) : null)
  }, [focused])
  const shown = frozen ? rows.filter(({ id }) => frozen.has(id)) : rows
  return {
    shown,
    held: rows.length - shown.length,
    release: () => setFrozen(null),
    box: (node: HTMLElement | null) => {
      element.current = node
    },
  }
}
