// Whether the keyboard's focus is inside a list, so that its rows don't move under the reader.
import { type FocusEvent, useState } from 'react'

export function useFocusInside() {
  const [inside, setInside] = useState(false)
  return {
    inside,
    handlers: {
      onFocus: () => setInside(true),
      onBlur: (event: FocusEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setInside(false)
      },
    },
  }
}
