// Sentences as code and values: their English, and the titles that follow from the name of a check alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepNames } from '@gatepost/contract/connect.ts'
import { english, listOf, say, sayings } from '@gatepost/contract/sayings.ts'
import { runningTest as runningDirectory } from '../directory/checks-state.ts'
import { fieldError, invalidInput, problem } from '../problem.ts'
import { looks } from '../readiness/readiness.ts'
import { runningTest as runningRoute } from '../route/probe-state.ts'
import { checkOf } from './check.ts'
import { complete, domain, empty } from './derive.fixture.ts'
import { deriveConnect } from './derive.ts'

test('English has the values of a sentence, its plural, and the sentences inside of it', () => {
  assert.equal(english(say('part.users', { count: 1 })), '1 user')
  assert.equal(english(say('part.users', { count: 1_234 })), '1,234 users')
  const users = say('part.users', { count: 2 })
  const entries = say('part.entries', { count: 1 })
  assert.equal(english(say('senders.counts', { entries, users })), '1 entry of 2 users')
  assert.equal(english({ code: 'of.nobody' }), 'of.nobody')
  assert.equal(english(listOf(['a', 'b'])), 'a, b')
  assert.equal(english(listOf(['a', say('part.login', { name: 'b' }), 'c'])), 'a, login b, c')
})

test('a check keeps its English and says the codes of what has one', () => {
  const check = checkOf({
    name: 'a',
    title: say('users.known'),
    state: 'passed',
    saw: '220 ok',
    remedy: null,
  })
  assert.deepEqual(check, {
    name: 'a',
    title: 'Users are known',
    state: 'passed',
    saw: '220 ok',
    remedy: null,
    checkedAt: null,
    nextCheckAt: null,
    said: { title: { code: 'users.known' } },
  })
})

test('a problem keeps its English, and says codes of its detail and of its fields', () => {
  const refused = invalidInput([fieldError('/name', say('input.https')), fieldError('/host', 'As it is.')])
  assert.equal(refused.message, 'Write an address that begins with https://. As it is.')
  assert.deepEqual(refused.errors, [
    { path: '/name', message: 'Write an address that begins with https://.', said: { code: 'input.https' } },
    { path: '/host', message: 'As it is.' },
  ])
  const early = problem('check-too-soon', say('problem.check-ran', { seconds: 5 }), { retryAfterSeconds: 5 })
  assert.equal(early.message, 'A check ran a moment ago. The next may run in 5 s.')
  assert.deepEqual(early.said, { code: 'problem.check-ran', values: { seconds: 5 } })
})

test('every step says what its detail is by a code, before anything is set up and once all is done', () => {
  for (const observed of [empty, { ...empty, domains: [domain({ state: 'pending' })] }, complete]) {
    for (const { name, detail, said, checks } of deriveConnect(observed).steps) {
      if (name === 'name-organization') continue
      assert.equal(said === undefined ? detail : english(said.detail), detail)
      assert.ok(said !== undefined || detail === observed.tenant.name, `${name}: ${detail}`)
      for (const check of checks) {
        assert.equal(english(check.said?.title ?? check.title), check.title)
        assert.equal(english(check.said?.saw ?? check.saw), check.saw)
      }
    }
  }
})

test('each text of a step, and each title that follows from a name, is in the list', () => {
  for (const name of stepNames) {
    for (const field of ['title', 'what', 'why', 'changesForUsers', 'couldBreak', 'undo'])
      assert.ok(sayings.has(`steps.${name}.${field}`), `${name} ${field}`)
  }
  const route = runningRoute('ann@acme.example', 0, { login_user: 'gateway' }).checks
  for (const { name, title } of route) assert.equal(sayings.get(`probe.${name}`), title)
  const directory = runningDirectory(DIRECTORY_STEPS, 0).checks
  for (const { name, title } of directory) assert.equal(sayings.get(`connector.${name}`), title)
  for (const { name, title } of looks) assert.equal(sayings.get(`readiness.${name}`), title)
})

const DIRECTORY_STEPS = ['resolve', 'connect', 'tls', 'sign-in', 'permission', 'list', 'look-up'] as const
