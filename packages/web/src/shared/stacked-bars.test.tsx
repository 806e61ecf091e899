// The scale of the bars parts into whole ticks, whatever the largest bar.
import { expect, test } from 'vitest'
import { niceAbove } from './stacked-bars.tsx'

test('the scale ends at the next number of three whole ticks', () => {
  const cases = [
    [0, 3],
    [1, 3],
    [3, 3],
    [4, 6],
    [14, 15],
    [16, 30],
    [412, 600],
    [1_204, 1_500],
    [9_999_999, 15_000_000],
  ] as const
  for (const [value, end] of cases) expect([value, niceAbove(value)]).toEqual([value, end])
})
