// The audit log reads as sentences, also for every action on the queue; unknown actions keep their name.
import { QueueAction } from '@gatepost/contract/queue.ts'
import { expect, test } from 'vitest'
import { auditSentence } from './audit-words.ts'

test.each([
  ['domain.validated', 'domain acme.example', 'Validated domain acme.example'],
  ['users.imported', 'import people.csv', 'Ran user import people.csv'],
  ['route.arrival-confirmed', 'route Head office', 'Confirmed the test message of route Head office'],
  ['delivery.paused', 'organisation Acme', 'Paused delivery for organisation Acme'],
])('%s', (action, subject, sentence) => {
  expect(auditSentence({ action, subject })).toBe(sentence)
})

test.each(QueueAction.options)('queue.%s has words', (action) => {
  expect(auditSentence({ action: `queue.${action}`, subject: '2 messages' })).toMatch(/^[A-Z]\w+ 2 messages$/)
})

test('an unknown action has none', () => {
  expect(auditSentence({ action: 'moon.landed', subject: 'x' })).toBeNull()
})
