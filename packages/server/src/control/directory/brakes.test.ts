// The brakes as a table: empty, shrunken, capped, stopped, agreed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge, type Limits, type Listing, stoppedBy } from './brakes.ts'

const whole: Listing = { mode: 'full', known: 1_000, listed: 1_000, missing: 0, due: 0, gone: 0 }
const free: Limits = { maxRemovals: 100, stopped: null, agreed: null }

const cases: readonly [string, Partial<Listing>, Partial<Limits>, string][] = [
  ['nothing is gone', {}, {}, 'go'],
  ['the first listing', { known: 0, listed: 10_000 }, {}, 'go'],
  ['nobody is listed', { listed: 0, missing: 1_000 }, {}, 'refuse'],
  ['nobody is listed, and somebody agreed', { listed: 0, missing: 1_000 }, { agreed: 1_000 }, 'refuse'],
  ['nobody on the first listing', { known: 0, listed: 0 }, {}, 'refuse'],
  ['an empty delta', { mode: 'delta', listed: 0 }, {}, 'go'],
  ['half is gone', { listed: 500, missing: 500 }, {}, 'refuse'],
  ['half is gone, agreed', { listed: 500, missing: 500 }, { agreed: 500 }, 'go'],
  ['half is gone, agreed to fewer', { listed: 500, missing: 500 }, { agreed: 499 }, 'refuse'],
  ['a delta that removes half', { mode: 'delta', listed: 0, missing: 500 }, {}, 'refuse'],
  ['a tenth is gone', { listed: 900, missing: 100 }, {}, 'go'],
  ['a little more than a tenth', { listed: 899, missing: 101 }, {}, 'refuse'],
  ['two of five', { known: 5, listed: 3, missing: 2 }, {}, 'go'],
  ['half is gone, without grace', { listed: 500, missing: 500, due: 500, gone: 500 }, {}, 'refuse'],
  ['three of five', { known: 5, listed: 2, missing: 3 }, {}, 'refuse'],
  ['removals within the cap', { due: 60 }, {}, 'go'],
  ['removals over the cap', { due: 60 }, { maxRemovals: 50 }, 'hold'],
  ['a cap of none', { due: 1 }, { maxRemovals: 0 }, 'hold'],
  ['no cap, more than a tenth', { due: 200 }, { maxRemovals: null }, 'hold'],
  ['no cap, agreed', { due: 200 }, { maxRemovals: null, agreed: 200 }, 'go'],
  ['another connector is in error', { due: 1 }, { stopped: 'x' }, 'hold'],
  ['another is in error, agreed', { due: 1 }, { stopped: 'x', agreed: 1 }, 'hold'],
  ['another is in error, nothing due', {}, { stopped: 'x' }, 'go'],
]

for (const [title, listing, limits, expected] of cases) {
  test(title, () => {
    const gone = (listing.missing ?? 0) + (listing.due ?? 0)
    assert.equal(judge({ ...whole, gone, ...listing }, { ...free, ...limits }).kind, expected)
  })
}

test('who stops the removals of an organisation', () => {
  const one = { id: 'a', name: 'A', isEnabled: true, isAccepted: true, trouble: null }
  const other = { ...one, id: 'b', name: 'B' }
  assert.equal(stoppedBy([one, other], 'a'), null)
  assert.match(stoppedBy([one, { ...other, trouble: 'It is away.' }], 'a') ?? '', /B is in error/)
  assert.match(stoppedBy([one, { ...other, isEnabled: false }], 'a') ?? '', /B is switched off/)
  // One's own trouble is this run's matter, and what never ran knows nobody.
  assert.equal(stoppedBy([{ ...one, trouble: 'x' }, other], 'a'), null)
  assert.equal(stoppedBy([one, { ...other, isEnabled: false, isAccepted: false }], 'a'), null)
})
