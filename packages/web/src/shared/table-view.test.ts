// A table's view is read as it was kept, and nothing else is believed.
import { expect, test } from 'vitest'
import { readView } from './table-view.ts'

test('only a whole view is read', () => {
  expect(readView('{"dense":true,"hidden":["size"]}')).toEqual({ dense: true, hidden: ['size'] })
  for (const text of [
    undefined,
    '',
    'null',
    '[]',
    '{"dense":1,"hidden":[]}',
    '{"dense":true,"hidden":[3]}',
  ]) {
    expect(readView(text), String(text)).toBe(null)
  }
})
