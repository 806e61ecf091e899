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

test.each([
  ['archive.hold-added', 'hold on ann@acme.example', 'Added hold on ann@acme.example'],
  ['policy.disabled', 'policy Default greylisting', 'Switched off policy Default greylisting'],
])('%s has no words of its own and reads by its last', (action, subject, sentence) => {
  expect(auditSentence({ action, subject })).toBe(sentence)
})

const control = import.meta.glob<string>('../../../../server/src/control/**/*.ts', {
  eager: true,
  query: '?raw',
  import: 'default',
})

test('every action that the server writes has words', () => {
  const actions = Object.entries(control)
    .filter(([path]) => !/\.(test|fixture)\.ts$/.test(path))
    .flatMap(([, text]) =>
      [...text.matchAll(/\baction: '([a-z-]+\.[a-z-]+)'/g)].map(([, action]) => action ?? ''),
    )
  expect(actions.length).toBeGreaterThan(100)
  expect([...new Set(actions)].filter((action) => auditSentence({ action, subject: 'x' }) === null)).toEqual(
    [],
  )
})

test('an unknown action has none', () => {
  expect(auditSentence({ action: 'moon.landed', subject: 'x' })).toBeNull()
})
