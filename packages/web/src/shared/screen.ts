// Which of the three layouts is on: the look's widths in one place.
import { useMediaQuery } from '@mantine/hooks'

/** Up to 700 px: one column, lists instead of tables. */
export function usePhone(): boolean {
  return useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false }) ?? false
}

/** Below 1100 px the sidebar becomes a rail. */
export function useNarrow(): boolean {
  return useMediaQuery('(max-width: 1099px)', false, { getInitialValueInEffect: false }) ?? false
}
