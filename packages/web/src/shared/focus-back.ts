// Focus goes back to where it was once a layer that opened over the page is gone: whoever uses the keyboard
// stands where they stood.
import { useEffect, useState } from 'react'

/** For a dialog that is drawn only while it is open: the component that draws it calls this. */
export function useFocusBack(): void {
  const [from] = useState(() => document.activeElement)
  useEffect(() => () => giveFocusBack(from), [])
}

/** Focuses what had the focus, unless that is gone or the focus has a new place already. */
export function giveFocusBack(from: Element | null): void {
  setTimeout(() => {
    const now = document.activeElement
    const isLost = now === null || now === document.body || now.closest('[role=dialog]') !== null
    if (isLost && from instanceof HTMLElement && from.isConnected) from.focus()
  })
}
