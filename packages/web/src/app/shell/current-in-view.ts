// Keeps the entry of the page one is on in sight, where the navigation is longer than the window.
import { useLocation } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef } from 'react'

/** For the element that scrolls. The page itself never moves by it. */
export function useCurrentInView(): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    const box = list.current
    if (!box) return
    // What stands above and below comes a moment later and takes room; so does a lower window.
    const sizes = new ResizeObserver(() => show(box, pathname))
    sizes.observe(box)
    return () => sizes.disconnect()
  }, [pathname])
  return list
}

/** An entry may lead to a page with a filter, and pages have pages below them. */
function show(box: HTMLElement, pathname: string): void {
  const entry = [...box.querySelectorAll('a')].findLast(
    ({ ariaCurrent, pathname: to }) => ariaCurrent === 'page' || to === pathname,
  )
  if (!entry) return
  const [outer, inner] = [box.getBoundingClientRect(), entry.getBoundingClientRect()]
  if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + inner.height
  else if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top + inner.height
}
