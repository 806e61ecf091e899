// The queue's pure parts: filters, selection, rows that keep their places, and orders that go on to the end.
import type { QueuedMessage, QueuedRecipient } from '@gatepost/contract/queue.ts'
import { describe, expect, test } from 'vitest'
import english from '#i18n/en/queue.json'
import { wordsOf } from '../../../fixtures/words.ts'
import { carryOut, resultWords, type Totals } from './act.ts'
import { questionOf } from './consequence.ts'
import { recipientsOf, steadyRows, summaryOf } from './queue-rows.ts'
import { everythingOf, filterOf, noMatchSentence, QueueSearch } from './queue-search.ts'
import {
  actionsFor,
  isSelected,
  nothing,
  type Selection,
  targetsOf,
  toggled,
  toggledAll,
} from './selection.ts'

const words = wordsOf(english)

function recipient(part: Partial<QueuedRecipient> = {}): QueuedRecipient {
  return {
    forwardPath: 'ann@acme.example',
    state: 'queued',
    attempts: 0,
    firstAttemptAt: null,
    nextAttemptAt: null,
    paused: false,
    lastReply: null,
    routeId: null,
    released: false,
    ...part,
  }
}

function message(id: string, recipients: QueuedRecipient[] = [recipient()], slot = 1): QueuedMessage {
  return {
    id,
    direction: 'inbound',
    reversePath: 'orders@brightline.example',
    receivedAt: 1_000,
    size: 2_000,
    recipientCount: recipients.length,
    recipients,
    edge: { node: 'edge-1', slot },
  }
}

const rowOf = (one: QueuedMessage) => ({ message: one, gone: false })
const some = (...ids: string[]): Selection => ({ kind: 'some', ids: new Set(ids) })

describe('filters', () => {
  test('old or foreign values in an address are dropped, empty ones not asked', () => {
    const search = QueueSearch.parse({ state: 'quarantined', domain: ' acme.example ', search: '' })
    expect(filterOf(search)).toEqual({ domain: 'acme.example' })
  })

  test('a filter in words', () => {
    const filter = { state: 'held', domain: 'acme.example', search: 'ann' } as const
    expect(noMatchSentence(filter, words)).toBe('No held message for acme.example with ann waits here')
    expect(everythingOf(filter, words)).toBe('everything held for acme.example with ann')
    expect(everythingOf({}, words)).toBe('everything that waits')
  })
})

describe('selection', () => {
  test('one row on and off; one off from all that match leaves the other shown rows', () => {
    expect(toggled(nothing, 'a', ['a', 'b'])).toEqual(some('a'))
    expect(toggled(some('a', 'c'), 'a', ['a', 'b'])).toEqual(some('c'))
    expect(toggled({ kind: 'all', filter: {} }, 'a', ['a', 'b', 'c'])).toEqual(some('b', 'c'))
    expect(isSelected({ kind: 'all', filter: {} }, 'unseen')).toBe(true)
  })

  test('the box of the head keeps rows of other pages', () => {
    expect(toggledAll(some('other'), ['a', 'b'])).toEqual(some('other', 'a', 'b'))
    expect(toggledAll(some('other', 'a', 'b'), ['a', 'b'])).toEqual(some('other'))
    expect(toggledAll({ kind: 'all', filter: {} }, ['a'])).toEqual(nothing)
  })

  test('only what can be done is offered, and everything where states are unknown', () => {
    const rows = [rowOf(message('q')), rowOf(message('h', [recipient({ state: 'held' })]))]
    expect(actionsFor(some('q'), rows)).toEqual(['retry', 'hold', 'reroute', 'bounce'])
    expect(actionsFor(some('h'), rows)).toEqual(['release', 'reroute', 'bounce', 'discard'])
    expect(actionsFor(some('q', 'h'), rows)).toHaveLength(6)
    expect(actionsFor(some('h', 'elsewhere'), rows)).toHaveLength(6)
    expect(actionsFor({ kind: 'all', filter: { state: 'held' } }, rows)[0]).toBe('release')
    expect(actionsFor({ kind: 'all', filter: {} }, rows)).toHaveLength(6)
  })

  test('ids go in as many requests as they need, all that match in one', () => {
    const ids = Array.from({ length: 501 }, (_, index) => `m${index}`)
    expect(targetsOf(some(...ids)).map(({ messages }) => messages?.length)).toEqual([500, 1])
    expect(targetsOf({ kind: 'all', filter: { domain: 'acme.example' } })).toEqual([
      { filter: { domain: 'acme.example' } },
    ])
  })

  test('what cannot be taken back is asked by its consequence', () => {
    expect(questionOf('retry', { selection: some('a'), filter: {}, words })).toBeNull()
    expect(questionOf('release', { selection: some('a'), filter: {}, words })).toBeNull()
    const everything = { kind: 'all', filter: { state: 'held' } } as const
    expect(questionOf('release', { selection: everything, filter: {}, words })?.title).toBe(
      'Everything held goes out now',
    )
    const discard = questionOf('discard', {
      selection: some('a', 'b'),
      filter: { domain: 'acme.example' },
      words,
    })
    expect(discard?.title).toBe('2 messages: never delivered, and nobody is told')
    expect(discard?.body).toContain('that the filter hides are meant too')
  })
})

describe('rows', () => {
  test('one state, time and reply for all recipients', () => {
    const paused = recipient({ paused: true })
    const tried = recipient({ attempts: 2, nextAttemptAt: 9_000, lastReply: '451 4.7.500 Server busy' })
    const held = recipient({ state: 'held', lastReply: 'Undeliverable report', routeId: 'rte_2' })
    expect(summaryOf(message('a')).state).toBe('queued')
    expect(summaryOf(message('a')).next).toEqual({ kind: 'due' })
    expect(summaryOf(message('a', [paused])).next).toEqual({ kind: 'paused' })
    expect(summaryOf(message('a', [paused, tried]))).toMatchObject({
      state: 'deferred',
      heldOf: null,
      attempts: 2,
      next: { kind: 'at', at: 9_000 },
      lastReply: '451 4.7.500 Server busy',
    })
    expect(summaryOf(message('a', [tried, held]))).toMatchObject({
      state: 'held',
      heldOf: { held: 1, total: 2 },
      routeId: 'rte_2',
    })
    expect(summaryOf(message('a', [held])).next).toEqual({ kind: 'held' })
    expect(recipientsOf(message('a', [tried, held, paused]), words)).toBe('ann@acme.example and 2 more')
  })

  test('rows keep their places: new words, gone ones marked, but not those of a silent edge', () => {
    const known = [message('a'), message('b'), message('c', undefined, 2)]
    const fresh = {
      items: [message('new'), message('a', [recipient({ attempts: 1 })])],
      unreachable: [{ node: 'edge-1', slot: 2, why: 'no connection' }],
    }
    const rows = steadyRows(known, fresh)
    expect(rows.map(({ message: { id }, gone }) => [id, gone])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ])
    expect(rows[0]?.message.recipients[0]?.attempts).toBe(1)
  })
})

describe('orders', () => {
  const answer = (part: Partial<Totals>, next: string | null = null) => ({
    messages: 0,
    recipients: 0,
    found: 0,
    missing: 0,
    busy: 0,
    withheld: 0,
    unreachable: [],
    ...part,
    next,
  })

  test('an order by filter goes on with each next, and sums up', async () => {
    const silent = { node: 'edge-1', slot: 2, why: 'no connection' }
    const answers = [
      answer({ messages: 2, recipients: 3, found: 2, unreachable: [silent] }, 'm2'),
      answer({ messages: 1, recipients: 1, found: 2, busy: 1, unreachable: [silent] }),
    ]
    const sent: unknown[] = []
    const progress: number[] = []
    const totals = await carryOut(
      { action: 'bounce', targets: [{ filter: { state: 'held' } }], reason: 'Not wanted' },
      {
        send: async (body) => {
          sent.push(body)
          return answers.shift() ?? answer({})
        },
        onProgress: ({ messages }) => progress.push(messages),
      },
    )
    expect(sent).toEqual([
      { action: 'bounce', filter: { state: 'held' }, reason: 'Not wanted' },
      { action: 'bounce', filter: { state: 'held' }, reason: 'Not wanted', after: 'm2' },
    ])
    expect(progress).toEqual([2, 3])
    expect(totals).toMatchObject({ messages: 3, recipients: 4, found: 4, busy: 1, unreachable: [silent] })
  })

  test('a next that does not get on ends the order', async () => {
    let sent = 0
    const send = async () => {
      sent += 1
      return answer({ messages: 1 }, 'same')
    }
    await carryOut({ action: 'retry', targets: [{ filter: {} }] }, { send, onProgress: () => {} })
    expect(sent).toBe(2)
  })

  test('the result names what went otherwise', () => {
    expect(resultWords('release', answer({ messages: 1, recipients: 1, found: 1 }), words)).toEqual({
      tone: 'ok',
      title: '1 message is released',
      lines: [],
    })
    const mixed = resultWords(
      'bounce',
      answer({
        messages: 2,
        recipients: 5,
        found: 4,
        busy: 1,
        withheld: 2,
        missing: 1,
        unreachable: [{ node: 'edge-1', slot: 2, why: 'no connection.' }],
      }),
      words,
    )
    expect(mixed.title).toBe('2 messages (5 recipients) are returned to their senders')
    expect(mixed.tone).toBe('warn')
    expect(mixed.lines).toEqual([
      '1 message is being transmitted at this moment and left alone. Try again in a minute.',
      '2 recipients are held as undeliverable instead: the sender is not proven, so nobody is told.',
      '1 message had nothing to change.',
      '1 message not found: an edge that did not answer may keep it.',
      'Edge edge-1/2 did not answer: no connection. What it keeps was left as it is.',
    ])
    const kept = resultWords('release', answer({ found: 3, infected: 1, needsTwo: 2 }), words)
    expect(kept.lines).toEqual([
      '1 message stays held: malware was found in it.',
      '2 messages stay held: they take two people. Release them on Held mail.',
    ])
    expect(resultWords('hold', answer({ found: 1 }), words).title).toBe('Nothing was changed')
  })
})
