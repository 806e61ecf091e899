// A list of checks opens what failed, with the remedy, and leaves the rest in one line.
import { expect, test } from 'vitest'
import { check } from '../../fixtures/connect.ts'
import { markupOf, wordsOf } from '../../fixtures/markup.tsx'
import { CheckList } from './check-list.tsx'

test('a failed check shows what we saw and what to do; others stay closed', () => {
  const checks = [
    check('resolve', 'Resolve', 'passed', '203.0.113.36'),
    check(
      'rcpt',
      'Recipient accepted',
      'failed',
      '550 5.1.1 mailbox not found',
      'Use a mailbox that exists.',
    ),
    check('message', 'A real message', 'not-run', 'After the recipient is accepted'),
  ]
  const markup = markupOf(<CheckList checks={checks} label="Tests" />)
  expect(wordsOf(markup)).toBe(
    'Resolve 203.0.113.36 Passed Recipient accepted Failed 550 5.1.1 mailbox not found Use a mailbox that exists. ' +
      'A real message After the recipient is accepted Not run',
  )
  expect(markup.match(/data-open="true"/g)).toHaveLength(1)
})
