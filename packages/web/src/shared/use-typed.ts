// What is typed into a field that searches, and when it is asked for.
import { useEffect, useRef, useState } from 'react'

/** Long enough for the next letter and for a press that left the field, short enough to feel at once. */
const MOMENT_MS = 300

type Typed = {
  readonly typed: string
  readonly setTyped: (text: string) => void
  /** Asks now. */
  readonly ask: () => void
  /**
   * Asks in a moment, if the page is still the same then. Whoever presses a row or a link right after typing
   * hits it, since nothing moves under the press, and is not called back from where it leads.
   */
  readonly askSoon: () => void
}

/**
 * Follows a `value` that changes from elsewhere, such as by “Clear search”; what the field asked for itself
 * comes back without touching the letters and spaces that were typed meanwhile.
 */
export function useTyped(value: string, onChange: (value: string) => void): Typed {
  const [typed, setTyped] = useState(value)
  const asked = useRef(value)
  useEffect(() => {
    if (value === asked.current) return
    asked.current = value
    setTyped(value)
  }, [value])
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const ask = () => {
    clearTimeout(timer.current)
    asked.current = typed.trim()
    if (asked.current !== value) onChange(asked.current)
  }
  // A filter that was set in between is in the newest `onChange` alone.
  const latest = useRef(ask)
  latest.current = ask
  const askSoon = () => {
    clearTimeout(timer.current)
    const { pathname } = location
    timer.current = setTimeout(() => {
      if (location.pathname === pathname) latest.current()
    }, MOMENT_MS)
  }
  return { typed, setTyped, ask, askSoon }
}
