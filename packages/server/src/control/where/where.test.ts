// Where is my mail: bounces of all kinds read, an answer where nothing came, and word when it comes.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Order } from '#link/orders.ts'
import {
  accepted,
  addOrganisation,
  batchOf,
  type Deps,
  refused,
  START,
  withStore,
} from '../../../../../test/store/fixtures.ts'
import type { Scope } from '../scope.ts'
import { openTracking, type Tracking } from '../tracking/tracking.ts'
import { readBounce } from './bounce.ts'
import { downtimesIn } from './store.ts'
import { addMailWatch, listMailWatches, lookForAwaited, noteBeat } from './watch.ts'
import { traceLine, whereIsMail } from './where.ts'

const HOSTS = { hostname: 'mx.gate.example', nextHops: ['exchange.acme.example'] }
const ID = 'msg_06d9f3k2m4n6p8q0r2s4t6v8w0'

const bounces: readonly [name: string, pasted: string, expected: Partial<ReturnType<typeof readBounce>>][] = [
  [
    'a report of ours',
    [
      'Reporting-MTA: dns; mx.gate.example',
      '',
      'Final-Recipient: rfc822; bob@far.example',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mail.far.example',
      'Diagnostic-Code: smtp; 550 5.1.1 no such',
      ' user',
      `X-Gatepost-Id: ${ID}`,
    ].join('\n'),
    {
      by: 'us',
      status: '5.1.1',
      reply: '550 5.1.1 no such user',
      recipient: 'bob@far.example',
      messageId: ID,
    },
  ],
  [
    'a reply of ours with the link to its page',
    `host mx.gate.example[192.0.2.1] said: 550 5.1.1 Invalid Recipient - https://gate.example/r/${ID.slice(4)}`,
    { by: 'us', status: '5.1.1', messageId: ID },
  ],
  [
    'the mail host behind us',
    '> <ann@acme.example>: host exchange.acme.example[198.51.100.25] said:\n>  552 5.2.2 mailbox full',
    { by: 'next-hop', status: '5.2.2', host: 'exchange.acme.example', means: 'The mailbox is full.' },
  ],
  [
    'somebody else',
    'Remote-MTA: dns; old.mx.example\nStatus: 5.7.26\nDiagnostic-Code: smtp; 550 5.7.26 unauthenticated',
    { by: 'other', host: 'old.mx.example' },
  ],
  [
    'an unknown detail',
    '550 5.7.999 go away',
    { by: 'other', means: 'The receiving side refuses it by a policy.' },
  ],
  ['no report', 'Dear all, lunch is at noon.', { by: 'unreadable', advice: [] as never }],
]

for (const [name, pasted, expected] of bounces) {
  test(`a pasted bounce: ${name}`, () => {
    const { advice, ...found } = readBounce(pasted, HOSTS)
    const { advice: _, ...wanted } = expected
    for (const [key, value] of Object.entries(wanted)) assert.equal(found[key as never], value, key)
    assert.ok(advice.length > 0)
  })
}

test('a hundred kilobytes of anything are read in one pass', () => {
  for (const part of ['> ', 'host a.b', '5.', 'Status:', '550 ']) {
    assert.ok(readBounce(part.repeat(100_000 / part.length), HOSTS).by)
  }
})

test('the trace line holds nothing that a shell would run', () => {
  const line = traceLine(
    { environment: 'microsoft-365' },
    {
      messageIdField: "<a'; rm -rf $x`@b>",
      forwardPath: 'ann@acme.example',
    },
  )
  assert.equal(line, "Get-MessageTraceV2 -MessageId '<a; rm -rf x@b>' -RecipientAddress 'ann@acme.example'")
})

type Place = { readonly deps: Deps; readonly acme: Scope; readonly tracking: Tracking; add(ms: number): void }

async function withMail(work: (place: Place) => Promise<void>): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'gatepost-where-'))
  try {
    await withStore({ database: null, dataFolder }, async (deps, clock) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const tracking = await openTracking({ ...deps, database: null, dataFolder })
      try {
        await work({ deps, acme, tracking, add: (ms) => clock.add(ms) })
      } finally {
        await tracking.close()
      }
    })
  } finally {
    await rm(dataFolder, { recursive: true })
  }
}

const question = {
  sender: 'bob@sender.example',
  recipient: 'anna@acme.example',
  subject: '',
  from: START - 3_600_000,
  to: START + 3_600_000,
  bounce: '',
}

test('nothing came: the answer says so, and what others of the sender met', () =>
  withMail(async ({ deps, acme, tracking }) => {
    const other = refused({ tenantId: acme.tenantId, outcome: 'refused', reversePath: 'eve@sender.example' })
    await tracking.take(batchOf([other]))
    const found = await whereIsMail(acme, question, { ...deps, tracking })
    assert.equal(found.answer, 'A message of bob@sender.example never reached us in this time.')
    assert.deepEqual(found.hits, [])
    const texts = found.clues.map(({ text }) => text).join('\n')
    assert.match(texts, /Nobody has the address anna@acme\.example/)
    assert.match(texts, /Other mail of sender\.example was refused or put off/)
    assert.match(texts, /MX of acme\.example was not looked at yet/)
    const foreign = await whereIsMail(
      acme,
      { ...question, recipient: 'x@far.example' },
      { ...deps, tracking },
    )
    assert.match(foreign.clues[0]?.text ?? '', /far\.example is no domain of this organisation/)
  }))

test('what came is listed with its state; a message of another organisation is never told of', () =>
  withMail(async ({ deps, acme, tracking }) => {
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const mine = accepted(acme.tenantId, { at: START + 1 })
    const theirs = accepted(other.tenantId, { at: START + 2 })
    await tracking.take(batchOf([mine, theirs]))
    const found = await whereIsMail(acme, question, { ...deps, tracking })
    assert.match(found.answer, /^One attempt reached us/)
    assert.deepEqual(
      found.hits.map(({ id }) => id),
      [mine.id],
    )
    const bounce = `Status: 5.1.1\nX-Gatepost-Id: ${theirs.id}`
    const asked = await whereIsMail(
      acme,
      { ...question, sender: '', recipient: '', bounce },
      { ...deps, tracking },
    )
    assert.deepEqual([asked.bounce?.by, asked.bounce?.messageId, asked.hits], ['us', null, []])
  }))

test('a silence of the gateway is known by its missing beats', () =>
  withMail(async ({ deps, add }) => {
    await noteBeat(deps)
    add(30_000)
    await noteBeat(deps)
    const range = { from: START - 1, until: START + 86_400_000 }
    assert.deepEqual(await downtimesIn(deps.store.db, range), [])
    add(600_000)
    await noteBeat(deps)
    const gap = { from: START + 30_000, until: START + 630_000 }
    assert.deepEqual(await downtimesIn(deps.store.db, range), [gap])
  }))

test('whoever waits is told once when it comes', () =>
  withMail(async ({ deps, acme, tracking, add }) => {
    const orders: Order[] = []
    const link = {
      ...deps.link,
      order: async (order: Order) => {
        orders.push(order)
        return { kind: 'submit', messageId: 'msg_1' } as const
      },
    }
    const watching = { ...deps, link, tracking }
    const input = { sender: 'bob@sender.example', recipient: '', subject: '', tell: 'anna@acme.example' }
    await assert.rejects(addMailWatch(acme, { ...input, tell: 'x@far.example' }, deps), /validated domain/)
    await addMailWatch(acme, input, deps)
    assert.equal(await lookForAwaited(watching), 0)
    add(1_000)
    await tracking.take(batchOf([accepted(acme.tenantId, { at: START + 500 })]))
    assert.equal(await lookForAwaited(watching), 1)
    assert.equal(await lookForAwaited(watching), 0)
    assert.deepEqual(
      orders.map((order) => order.kind === 'submit' && order.forwardPaths),
      [['anna@acme.example']],
    )
    const { items } = await listMailWatches(acme, deps)
    assert.equal(items[0]?.foundAt, START + 1_000)
  }))
