// The audit log reads as sentences, also for every action on the queue; unknown actions keep their name.
import { QueueAction } from '@gatepost/contract/queue.ts'
import { expect, test } from 'vitest'
import german from '#i18n/de/audit.json'
import english from '#i18n/en/audit.json'
import { wordsOf } from '../../../fixtures/words.ts'
import { actionWord, auditSentence } from './audit-words.ts'

const t = wordsOf(english)

test.each([
  ['domain.validated', 'domain acme.example', 'Validated domain acme.example'],
  ['users.imported', 'import people.csv', 'Ran user import people.csv'],
  ['route.arrival-confirmed', 'route Head office', 'Confirmed the test message of route Head office'],
  ['delivery.paused', 'organisation Acme', 'Paused delivery for organisation Acme'],
])('%s', (action, subject, sentence) => {
  expect(auditSentence(t, { action, subject })).toBe(sentence)
})

test.each(QueueAction.options)('queue.%s has words', (action) => {
  expect(auditSentence(t, { action: `queue.${action}`, subject: '2 messages' })).toMatch(
    /^[A-Z]\w+ 2 messages$/,
  )
})

test.each([
  ['archive.hold-added', 'hold on ann@acme.example', 'Added hold on ann@acme.example'],
  ['policy.disabled', 'policy Default greylisting', 'Switched off policy Default greylisting'],
])('%s has no words of its own and reads by its last', (action, subject, sentence) => {
  expect(auditSentence(t, { action, subject })).toBe(sentence)
})

test.each([
  ['domain.validated', 'domain acme.example', 'Domain acme.example bestätigt'],
  ['queue.retry', '2 messages', '2 Nachrichten erneut versucht'],
  ['sign-in.chosen', 'how people sign in', 'Art der Anmeldung gewählt'],
  ['person.created', 'Domain Meyer (meyer@acme.example)', 'Domain Meyer (meyer@acme.example) angelegt'],
])('%s in German, with the kind of its subject', (action, subject, sentence) => {
  expect(auditSentence(wordsOf(german), { action, subject })).toBe(sentence)
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
  expect(
    [...new Set(actions)].filter((action) => auditSentence(t, { action, subject: 'x' }) === null),
  ).toEqual([])
})

test('an unknown action has none', () => {
  expect(auditSentence(t, { action: 'moon.landed', subject: 'x' })).toBeNull()
})

test.each([
  ['domain.added', 'Added domain', 'Domain hinzugefügt'],
  ['policy.disabled', 'Switched off policy', 'Richtlinie ausgeschaltet'],
  ['new-thing.half-done', 'new thing: half done', 'new thing: half done'],
])('%s in a list of actions', (action, inEnglish, inGerman) => {
  expect([actionWord(t, action), actionWord(wordsOf(german), action)]).toEqual([inEnglish, inGerman])
})
