// Digests over both databases: each message told of once, links that a robot cannot press, delegates, zones,
// and what a user may do with which class.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Order } from '#link/orders.ts'
import { newId } from '#platform/random.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, anna, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import { rowOf } from '../hold/notes-store.ts'
import { setHeldRules } from '../hold/settings.ts'
import { actOnMine, getOwnPortal, listHeldOfMine, type PortalDeps, setMySettings } from '../portal/own.ts'
import type { Scope } from '../scope.ts'
import { addUser } from '../user/user.ts'
import { actOnLink, viewLink } from './links.ts'
import { sendDigestOf, sendDigests } from './send.ts'
import { changeDigest, DIGEST_DEFAULTS, digestSettings, nextDigestAt } from './settings.ts'
import { digestRound } from './watch.ts'

type Place = PortalDeps & Deps & { readonly orders: Order[]; readonly letters: () => string[] }

/** An edge that takes what is submitted, and does what it is told. */
function placeOf(deps: Deps): Place {
  const orders: Order[] = []
  const link = {
    ...deps.link,
    order: async (order: Order) => {
      orders.push(order)
      return { kind: 'submit', messageId: 'msg_1' } as const
    },
    orderAll: async (order: Order) => {
      orders.push(order)
      const found = order.kind === 'queue-act' ? (order.messageIds?.length ?? 0) : 0
      const counts = { found, messages: found, recipients: found, busy: 0, withheld: 0, next: null }
      const answer = { node: 'one', slot: 0, result: { kind: 'queue-act', ...counts } as const }
      return { answers: [answer], unreachable: [] }
    },
  }
  const letters = () =>
    orders.flatMap((order) => (order.kind === 'submit' ? decoded(Buffer.from(order.content, 'base64')) : []))
  const tracking = { listMessages: async () => ({ items: [], next: null, total: null, aliases: [] }) }
  return { ...deps, link, orders, letters, tracking }
}

/** The plain part of a digest. */
function decoded(letter: Buffer): string {
  const part = letter.toString('latin1').split('\r\n\r\n')[2] ?? ''
  return Buffer.from(part.split('\r\n--')[0] ?? '', 'base64').toString('utf8')
}

const tokensIn = (text: string): string[] => [...text.matchAll(/#token=(\S+)/g)].map(([, token]) => token!)

let counter = 0
async function hold(deps: Deps, scope: Scope, change: Partial<Parameters<typeof rowOf>[0]> = {}) {
  counter += 1
  const at = START - 3_600_000 + counter
  const note = {
    tenantId: scope.tenantId,
    messageId: newId('msg', at),
    index: 0,
    recipient: 'ann@acme.example',
    mailbox: 'ann@acme.example',
    class: 'spam',
    because: 'display-name-held',
    ruleName: null,
    score: 6.5,
    author: 'bob@far.example',
    reversePath: 'bob@far.example',
    subject: `Offer ${counter}`,
    size: 100,
    direction: 'inbound',
    at,
    isFirstContact: false,
    newAuthor: null,
    ...change,
  } as const
  await deps.store.db.insertInto('held_mail').values(rowOf(note)).execute()
  return note.messageId
}

async function withAcme(deps: Deps): Promise<{ place: Place; acme: Scope }> {
  const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
  await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: ['a@acme.example'] }, deps)
  await addUser(acme, { email: 'bob@acme.example', name: 'Bob', aliases: [] }, deps)
  return { place: placeOf(deps), acme }
}

testOnBoth('each held message is told of once, in one digest of a user’s addresses', (where) =>
  withStore(where, async (deps, clock) => {
    const { place, acme } = await withAcme(deps)
    await hold(deps, acme)
    await hold(deps, acme, { mailbox: 'a@acme.example', recipient: 'a@acme.example' })
    await hold(deps, acme, { class: 'virus' })
    await hold(deps, acme, { mailbox: 'nobody@acme.example' })
    assert.equal(await sendDigests(acme.tenantId, 'schedule', place), 1)
    assert.deepEqual(
      place.orders.map((order) => order.kind === 'submit' && order.forwardPaths),
      [['ann@acme.example']],
    )
    const [letter] = place.letters()
    assert.equal(tokensIn(letter!).length, 2)
    clock.add(3_600_000)
    assert.equal(await sendDigests(acme.tenantId, 'schedule', place), 0)
    await hold(deps, acme)
    assert.equal(await sendDigests(acme.tenantId, 'schedule', place), 1)
    assert.equal(tokensIn(place.letters()[1]!).length, 1)
    // Asked for, everything that is held is in it again.
    clock.add(1_000)
    assert.deepEqual(await sendDigestOf(acme.tenantId, 'Ann@acme.example', place), {
      messages: 3,
      to: ['ann@acme.example'],
    })
  }),
)

testOnBoth('case 59: looking at a link changes nothing; it acts once, for its own message alone', (where) =>
  withStore(where, async (deps, clock) => {
    const { place, acme } = await withAcme(deps)
    const mine = await hold(deps, acme)
    const other = await hold(deps, acme, { mailbox: 'bob@acme.example', recipient: 'bob@acme.example' })
    await sendDigests(acme.tenantId, 'schedule', place)
    const [token] = tokensIn(place.letters().find((text) => text.includes('ann@acme.example'))!)
    // A scanner opens it as often as it likes.
    for (let look = 0; look < 5; look += 1) {
      const item = await viewLink(token!, place)
      assert.deepEqual([item.state, item.may], ['open', ['release', 'permit', 'block', 'discard']])
    }
    assert.equal(place.orders.filter(({ kind }) => kind === 'queue-act').length, 0)
    const acted = await Promise.all([1, 2, 3].map(() => actOnLink(token!, 'release', place)))
    assert.ok(acted.every(({ state }) => state === 'decided'))
    const acts = place.orders.filter(({ kind }) => kind === 'queue-act')
    assert.deepEqual(
      acts.map((order) => order.kind === 'queue-act' && order.messageIds),
      [[mine]],
    )
    assert.match((await viewLink(token!, place)).what, /released/)
    const states = await deps.store.db
      .selectFrom('held_mail')
      .select(['message_id', 'state'])
      .where('tenant_id', '=', acme.tenantId)
      .orderBy('message_id')
      .execute()
    assert.deepEqual(states, [
      { message_id: mine, state: 'released' },
      { message_id: other, state: 'held' },
    ])
    assert.equal((await viewLink('guessed', place)).state, 'unknown')
    const rest = tokensIn(place.letters().find((text) => text.includes('bob@acme.example'))!)
    clock.add(15 * 86_400_000)
    const late = await actOnLink(rest[0]!, 'release', place)
    assert.deepEqual([late.state, late.may], ['expired', []])
  }),
)

test('a link that could do nothing says why and stays open; what was done is said as it was', () =>
  withOne(async (deps) => {
    const { place, acme } = await withAcme(deps)
    await hold(deps, acme)
    await sendDigests(acme.tenantId, 'schedule', place)
    const [token] = tokensIn(place.letters().find((text) => text.includes('ann@acme.example'))!)
    const answering = (acted: object, unreachable: { node: string; slot: number; why: string }[] = []) => {
      const counts = { found: 1, messages: 0, recipients: 0, busy: 0, withheld: 0, next: null, ...acted }
      const answers = [{ node: 'one', slot: 0, result: { kind: 'queue-act', ...counts } as const }]
      const orderAll = async (order: Order) => {
        place.orders.push(order)
        return { answers, unreachable }
      }
      return { ...place, link: { ...place.link, orderAll } }
    }
    const infected = await actOnLink(token!, 'release', answering({ infected: 1 }))
    assert.deepEqual([infected.state, infected.may.includes('release')], ['open', true])
    assert.match(infected.what, /malware/)
    const silent = [{ node: 'two', slot: 0, why: 'does not answer' }]
    const away = await actOnLink(token!, 'release', answering({ found: 0 }, silent))
    assert.deepEqual([away.state, away.what], ['open', 'two: does not answer'])
    // The order names the recipient, whatever else of the message is held.
    const order = place.orders.findLast(({ kind }) => kind === 'queue-act')
    assert.deepEqual(order?.kind === 'queue-act' && order.filter.indexes, [0])
    assert.match((await actOnLink(token!, 'release', place)).what, /on its way/)
  }))

test('a class that users may only ask for is asked for, and one they never get is not in it', () =>
  withOne(async (deps) => {
    const { place, acme } = await withAcme(deps)
    const id = await hold(deps, acme, { class: 'attachments' })
    await sendDigests(acme.tenantId, 'schedule', place)
    const [token] = tokensIn(place.letters()[0]!)
    assert.deepEqual((await viewLink(token!, place)).may, ['request', 'block', 'discard'])
    await assert.rejects(actOnLink(token!, 'release', place), /does not allow/)
    assert.match((await actOnLink(token!, 'request', place)).what, /asked for it/)
    const row = await deps.store.db
      .selectFrom('held_mail')
      .select(['requested_by', 'state'])
      .where('tenant_id', '=', acme.tenantId)
      .where('message_id', '=', id)
      .executeTakeFirst()
    assert.deepEqual(row, { requested_by: 'ann@acme.example', state: 'held' })
    const classes = [{ class: 'attachments', user: 'never', needsTwo: false } as const]
    await setHeldRules(acme, { classes, notifyAtOnce: false }, place)
    assert.deepEqual((await viewLink(token!, place)).may, [])
  }))

test('shared mailboxes and groups have readers of their own; whoever wants none gets none', () =>
  withOne(async (deps) => {
    const { place, acme } = await withAcme(deps)
    const { schedule, language, classes } = DIGEST_DEFAULTS
    const input = { enabled: true, ...schedule, language, classes: [...classes] }
    const delegates = [{ mailbox: 'sales@acme.example', to: ['bob@acme.example'] }]
    await assert.rejects(
      changeDigest(
        acme,
        { ...input, delegates: [{ mailbox: 'sales@acme.example', to: ['x@far.example'] }] },
        place,
      ),
      /not in a validated domain/,
    )
    await assert.rejects(
      changeDigest(acme, { ...input, timeZone: 'Mars/Base', delegates }, place),
      /no time zone/,
    )
    await changeDigest(acme, { ...input, language: 'de', delegates }, place)
    await hold(deps, acme, { mailbox: 'sales@acme.example', recipient: 'sales@acme.example' })
    await hold(deps, acme)
    await deps.store.db
      .insertInto('digest_choice')
      .values({ tenant_id: acme.tenantId, mailbox: 'ann@acme.example', digest: 'off', language: null })
      .execute()
    assert.equal(await sendDigests(acme.tenantId, 'schedule', place), 1)
    const [order] = place.orders
    assert.deepEqual(order?.kind === 'submit' && order.forwardPaths, ['bob@acme.example'])
    assert.match(place.letters()[0]!, /wird zurückgehalten.*/s)
  }))

test('a digest comes at its time on the clock of its zone, on its days, in summer and winter', () => {
  const berlin = { days: [1, 2, 3, 4, 5], times: ['07:00', '16:00'], timeZone: 'Europe/Berlin' }
  const at = (text: string): number => Date.parse(text)
  const next = (from: string): string => new Date(nextDigestAt(berlin, at(from))!).toISOString()
  assert.equal(next('2026-11-20T12:00:00Z'), '2026-11-20T15:00:00.000Z')
  // Friday afternoon to Monday morning.
  assert.equal(next('2026-11-20T15:00:00Z'), '2026-11-23T06:00:00.000Z')
  assert.equal(next('2026-07-01T04:00:00Z'), '2026-07-01T05:00:00.000Z')
})

test('a round sends what is due, once, and plans the next', () =>
  withOne(async (deps, clock) => {
    const { place, acme } = await withAcme(deps)
    await hold(deps, acme)
    assert.equal(await digestRound(place), 0)
    const { nextAt } = await digestSettings(acme, place)
    // A Saturday: the next working day at seven.
    assert.equal(new Date(nextAt!).toISOString(), '2026-11-23T07:00:00.000Z')
    clock.add(nextAt! - START)
    assert.equal(await digestRound(place), 1)
    assert.equal(await digestRound(place), 0)
    assert.equal((await digestSettings(acme, place)).sent, 1)
  }))

test('told at once where the organisation wants it, and not again within ten minutes', () =>
  withOne(async (deps, clock) => {
    const { place, acme } = await withAcme(deps)
    await setHeldRules(acme, { classes: [], notifyAtOnce: true }, place)
    await hold(deps, acme)
    assert.equal(await digestRound(place), 1)
    await hold(deps, acme)
    clock.add(120_000)
    assert.equal(await digestRound(place), 0)
    clock.add(10 * 60_000)
    assert.equal(await digestRound(place), 1)
  }))

test('the portal shows a user the own mail alone, and acts on it alone', () =>
  withOne(async (deps) => {
    const { place, acme } = await withAcme(deps)
    const user = await deps.store.db
      .selectFrom('user')
      .select('id')
      .where('tenant_id', '=', acme.tenantId)
      .where('email_key', '=', 'ann@acme.example')
      .executeTakeFirstOrThrow()
    assert.deepEqual((await getOwnPortal(acme, place)).mailboxes, [])
    await deps.store.db.updateTable('person').set({ user_id: user.id }).where('id', '=', anna.id).execute()
    const mine = await hold(deps, acme, { mailbox: 'a@acme.example', recipient: 'a@acme.example' })
    const other = await hold(deps, acme, { mailbox: 'bob@acme.example' })
    const { items } = await listHeldOfMine(acme, { limit: 10 }, place)
    assert.deepEqual(
      items.map(({ id }) => id),
      [mine],
    )
    const { mailboxes, held } = await getOwnPortal(acme, place)
    assert.deepEqual([held, mailboxes[0]?.aliases], [1, ['a@acme.example']])
    const acted = await actOnMine(acme, { action: 'release', messages: [other, mine], text: '' }, place)
    assert.deepEqual(acted, { messages: 1, left: [{ id: other, why: 'It is not held for you.' }] })
    await setMySettings(acme, { digest: 'off', language: 'de' }, place)
    assert.deepEqual((await getOwnPortal(acme, place)).settings, { digest: 'off', language: 'de' })
  }))

async function withOne(work: (deps: Deps, clock: { add(ms: number): void }) => Promise<void>): Promise<void> {
  const { mkdtemp, rm } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const dataFolder = await mkdtemp(join(tmpdir(), 'gatepost-digest-'))
  try {
    await withStore({ database: null, dataFolder }, work)
  } finally {
    await rm(dataFolder, { recursive: true })
  }
}
