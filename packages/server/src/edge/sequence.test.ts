// The order of commands: which verbs may come in which state.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSentAhead, outOfSequence, type SequenceState } from './sequence.ts'

const fresh: SequenceState = {
  hasGreeted: false,
  hasTransaction: false,
  hasRefusedMail: false,
  acceptedRecipients: 0,
  hasAskedRecipient: false,
  isChunking: false,
}
const greeted = { ...fresh, hasGreeted: true }
const mailed = { ...greeted, hasTransaction: true }
const addressed = { ...mailed, acceptedRecipients: 1 }
const chunking = { ...addressed, isChunking: true }
const states = { fresh, greeted, mailed, addressed, chunking }

const always = 'fresh greeted mailed addressed chunking'
const allowed = {
  EHLO: always,
  HELO: always,
  NOOP: always,
  RSET: always,
  QUIT: always,
  HELP: always,
  VRFY: always,
  EXPN: always,
  MAIL: 'greeted',
  RCPT: 'mailed addressed',
  DATA: 'addressed',
  BDAT: 'addressed chunking',
  STARTTLS: 'greeted',
  AUTH: 'greeted',
} as const

test('each verb is allowed exactly in its states; elsewhere the reply is 503 5.5.1', () => {
  for (const [verb, where] of Object.entries(allowed)) {
    for (const [name, state] of Object.entries(states)) {
      const reply = outOfSequence(state, verb as keyof typeof allowed)
      if (where.split(' ').includes(name)) assert.equal(reply, null, `${verb} when ${name}`)
      else assert.deepEqual([reply?.code, reply?.status], [503, '5.5.1'], `${verb} when ${name}`)
    }
  }
})

test('content that a pipelining client sent before it heard of our refusals is no mistake of it', () => {
  const refused = { ...mailed, hasAskedRecipient: true }
  const isCounted = (state: SequenceState, verb: 'DATA' | 'BDAT' | 'RCPT') =>
    !isSentAhead(outOfSequence(state, verb)!)
  assert.deepEqual([isCounted(refused, 'DATA'), isCounted(refused, 'BDAT')], [false, false])
  assert.equal(isCounted(greeted, 'BDAT'), false, 'the chunk before ended the transaction')
  assert.deepEqual([isCounted(mailed, 'DATA'), isCounted(mailed, 'BDAT')], [true, true])
  assert.deepEqual([isCounted(greeted, 'DATA'), isCounted(greeted, 'RCPT')], [true, true])
  const unopened = { ...greeted, hasRefusedMail: true }
  assert.deepEqual([isCounted(unopened, 'DATA'), isCounted(unopened, 'RCPT')], [false, false])
  assert.equal(isCounted(fresh, 'BDAT'), true)
})
