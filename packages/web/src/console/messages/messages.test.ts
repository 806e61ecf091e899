// The message centre's pure parts: filters, joining of rows, people, and the timeline's moments.
import { describe, expect, test } from 'vitest'
import english from '#i18n/en/messages.json'
import { messageOf, rows } from '../../../fixtures/messages.ts'
import { wordsOf } from '../../../fixtures/words.ts'
import { mergeRows } from './merge-rows.ts'
import { cleared, isFiltered, leftOutOf, MessageSearch, noMatchSentence, queryOf } from './message-search.ts'
import { noSubject, personOf, recipientOf, senderOf } from './people.ts'
import { runsOf } from './policy-list.tsx'
import { policyWord } from './policy-words.ts'
import { entriesOf, replyText } from './timeline-entries.ts'

const words = wordsOf(english)

function rowOf(status: string) {
  const row = rows.find((each) => each.status === status)
  if (!row) throw new Error(`fixtures have no ${status} row`)
  return row
}

describe('filters', () => {
  test('old or foreign values in an address are dropped', () => {
    expect(MessageSearch.parse({ status: 'quarantined', direction: 'inbound', time: 'ever' })).toEqual({
      direction: 'inbound',
    })
  })

  test('the time range is cut to the minute, so that answers can be cached', () => {
    const now = 1_800_000_012_345
    expect(queryOf({ time: 'hour' }, now).from).toBe(1_799_996_400_000)
    expect(queryOf({ time: 'all' }, now).from).toBeUndefined()
    expect(queryOf({}, now)).toEqual(queryOf({}, now + 1_000))
  })

  test('no match repeats the question as an answer', () => {
    const search = {
      search: 'ann@far.example',
      status: 'refused',
      direction: 'inbound',
      time: 'hour',
    } as const
    expect(noMatchSentence(search, words)).toBe(
      'No refused inbound message with ann@far.example reached us in the last hour',
    )
    expect(noMatchSentence({ from: '2026-11-01', time: 'all' }, words)).toBe(
      'No message reached us (since 2026-11-01)',
    )
    expect(isFiltered({ time: 'hour' })).toBe(false)
    expect(leftOutOf(search, words)).toBe(
      'mail that is not refused, outbound mail and mail older than an hour',
    )
    expect(leftOutOf({ search: 'ann@far.example' }, words)).toBe('')
  })

  test('filters are cleared before the search', () => {
    const search = { search: 'ann@far.example', status: 'held', time: 'hour' } as const
    const once = { ...search, ...cleared(search) }
    expect(once).toEqual({ search: 'ann@far.example', time: 'all' })
    expect({ ...once, ...cleared(once) }).toEqual({})
  })

  test('a subject that was never shown to us is not called missing', () => {
    expect(noSubject({ status: 'refused' }, words)).toBe('Subject not seen')
    expect(noSubject({ status: 'delivered' }, words)).toBe('No subject')
  })
})

test('joined rows appear once, newest first, with the newer word', () => {
  const [first, second] = rows
  if (!first || !second) throw new Error('fixtures have rows')
  const changed = { ...second, status: 'bounced' as const }
  expect(mergeRows([changed], [second, first]).map(({ id, status }) => `${id} ${status}`)).toEqual([
    `${first.id} ${first.status}`,
    `${second.id} bounced`,
  ])
})

test('people are named without our domain, and the null sender by name', () => {
  expect(personOf('leo@acme.example', 'acme.example')).toBe('leo')
  expect(personOf('leo@notacme.example', 'acme.example')).toBe('leo@notacme.example')
  expect(senderOf({ author: null, reversePath: null, clientIp: null }, words)).toBe('null sender')
  expect(recipientOf({ forwardPath: 'a@b.example', recipientCount: 3 }, words)).toBe('a@b.example and 2 more')
})

describe('timeline', () => {
  test('a refused recipient: connection, then the stage with our reply', () => {
    const entries = entriesOf(messageOf(rowOf('refused')), words)
    expect(entries.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
      'connection: Connection from out7.bulkroute.example [198.51.100.77]',
      'stage: Recipient refused',
    ])
    expect(entries[1]).toMatchObject({ state: 'refused', reply: '550 5.1.1 Invalid Recipient' })
  })

  test('a delivered message: both stages, then each attempt with the remote reply', () => {
    const entries = entriesOf(messageOf(rowOf('delivered')), words)
    expect(entries.map(({ title }) => title)).toEqual([
      'Connection from out7.bulkroute.example [198.51.100.77]',
      'Recipient accepted',
      'Message accepted',
      'Delivery attempt 1 put off by acme-example.mail.protection.outlook.com',
      'Delivery attempt 2 accepted by acme-example.mail.protection.outlook.com',
    ])
    expect(entries[3]).toMatchObject({ reply: '451 4.7.500 Server busy. Please try again later.' })
  })

  test('recipient stages that are kept with the one recipient come before those of the message', () => {
    const whole = messageOf(rowOf('delivered'))
    const [recipient] = whole.recipients
    if (!recipient) throw new Error('fixtures have a recipient')
    const ofStage = (wanted: string) => whole.explanation.filter(({ stage }) => stage === wanted)
    const explanation = ofStage('message')
    const one = { ...recipient, explanation: ofStage('rcpt') }
    const titles = (recipients: readonly (typeof one)[]) =>
      entriesOf({ ...whole, explanation, recipients: [...recipients] }, words)
        .filter(({ kind }) => kind === 'stage')
        .map(({ title }) => title)
    expect(titles([one])).toEqual(['Recipient accepted', 'Message accepted'])
    expect(titles([one, one])).toEqual(['Message accepted'])
  })

  test('a bounce names the report that went to the sender', () => {
    const last = entriesOf(messageOf(rowOf('bounced')), words).at(-1)
    expect(last).toMatchObject({ state: 'bounced', report: 'A delivery report went to the sender.' })
  })

  test('a message of our own did not come by SMTP', () => {
    const own = { ...messageOf(rowOf('delivered')), client: null, origin: 'dsn' as const }
    expect(entriesOf(own, words)[0]?.title).toBe('Gatepost wrote this delivery report')
  })

  test('a reply names its status once', () => {
    expect(replyText({ code: 250, status: '2.6.0', text: 'Queued' })).toBe('250 2.6.0 Queued')
    expect(replyText({ code: 250, status: '2.6.0', text: '2.6.0 Queued' })).toBe('250 2.6.0 Queued')
    expect(replyText({ code: 0, status: null, text: 'connection timed out' })).toBe('connection timed out')
  })
})

test('a policy this console does not know yet is named in plain letters', () => {
  expect(policyWord('recipient-validation', words)).toBe('Recipient validation')
  expect(policyWord('auto-allow', words)).toBe('Auto allow')
})

test('policies behind the one that decided stand together, others alone', () => {
  const [step] = messageOf(rowOf('refused')).explanation
  if (!step) throw new Error('fixtures have an explanation')
  const unasked = (policy: string, means = 'Settled before') => {
    return { ...step, policy, kind: 'not-asked', saw: '', means, rule: null, deciding: false } as typeof step
  }
  const asked = { ...step, policy: 'relay', kind: 'continue' as const, deciding: false }
  const sizes = (...steps: readonly (typeof step)[]) => runsOf(steps).map(({ length }) => length)
  expect(sizes(asked, unasked('virus'), unasked('spam'), unasked('hops'))).toEqual([1, 3])
  expect(sizes(unasked('virus'), unasked('spam'))).toEqual([1, 1])
  expect(sizes(unasked('virus'), asked, unasked('spam'), unasked('hops', 'Other'))).toEqual([1, 1, 1, 1])
})
