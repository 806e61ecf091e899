// C2 as a table: what the world says of connectors, and what the step says then.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectorTest } from '@gatepost/contract/directory.ts'
import { deriveDirectory } from './derive-directory.ts'
import type { ObservedDirectory } from './observed.ts'

const synchronised = { isAccepted: true, lastGoodAt: 1, entries: 12 }
const failedTest: ConnectorTest = {
  state: 'done',
  startedAt: 1,
  passed: false,
  certificate: null,
  checks: [
    {
      name: 'sign-in',
      title: 'Sign in',
      state: 'failed',
      saw: 'No.',
      remedy: 'Look.',
      checkedAt: 1,
      nextCheckAt: null,
    },
  ],
}

const cases: readonly (readonly [string, readonly Partial<ObservedDirectory>[], string, boolean])[] = [
  ['none', [], 'not-started: No directory yet', false],
  ['saved', [{}], 'in-progress: Corp: preview next', false],
  ['a test failed', [{ test: failedTest }], 'needs-attention: Corp: “Sign in” failed', false],
  ['previewed', [{ isPreviewed: true }], 'in-progress: Corp: the preview waits for a yes', false],
  ['accepted', [{ isAccepted: true }], 'in-progress: The first synchronisation runs', false],
  ['synchronised', [synchronised], 'done: Corp, 12 entries', true],
  [
    'in error',
    [{ ...synchronised, trouble: { saw: 'It listed nobody.', remedy: 'Test.' } }],
    'needs-attention: Corp: It listed nobody.',
    true,
  ],
  ['one good, a second new', [synchronised, { name: 'Two' }], 'in-progress: Two: preview next', true],
  [
    'switched off before',
    [{ isAccepted: true, isEnabled: false }],
    'needs-attention: Corp is switched off',
    false,
  ],
]

for (const [title, directories, expected, isSatisfied] of cases) {
  test(title, () => {
    const own = deriveDirectory({ directories: directories.map(directory) })
    assert.equal(`${own.state}: ${own.detail}`, expected)
    assert.equal(own.isSatisfied, isSatisfied)
    for (const { state, remedy } of own.checks) if (state === 'failed') assert.ok(remedy)
  })
}

function directory(more: Partial<ObservedDirectory>): ObservedDirectory {
  return {
    id: 'con_1',
    name: 'Corp',
    isEnabled: true,
    isAccepted: false,
    isPreviewed: false,
    test: null,
    trouble: null,
    lastGoodAt: null,
    nextRunAt: null,
    entries: 0,
    ...more,
  }
}
