// Held mail at control over both databases: what reports say of it, pages, second persons, entries, a safe
// look, and that nobody sees what is another tenant's or user's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Order, OrderResult } from '#link/orders.ts'
import type { AcceptedReport, DeliveryReport } from '#link/reports.ts'
import { newId } from '#platform/random.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import type { Scope } from '../scope.ts'
import { listSenders } from '../sender/sender.ts'
import { addUser } from '../user/user.ts'
import { actOnHeldMail, type HeldActed, ownTargets } from './act.ts'
import { getHeldMail, listHeldMail, pageOfHeld, summaryOfHeld } from './held.ts'
import { heldIn } from './notes.ts'
import { keepHeld } from './notes-store.ts'
import { previewHeldMail, previewOf } from './preview.ts'
import { actOnQueueOf } from './queue-release.ts'
import { getHeldSettings, setHeldRules } from './settings.ts'
import { markHeld } from './store.ts'

type Step = AcceptedReport['explanation'][number]
const step = (policy: string, because = 'display-name-held'): Step =>
  ({ policy, stage: 'message', kind: 'hold', because, saw: '' }) as Step

let counter = 0
/** A message held for its recipients by a policy. */
function heldReport(scope: Scope, policy: string, to: readonly string[], more: Partial<AcceptedReport> = {}) {
  counter += 1
  return accepted(scope.tenantId, {
    at: START + counter,
    recipients: to.map((forwardPath, index) => ({
      index,
      forwardPath,
      explanation: [],
      facts: {},
      held: 'by-policy' as const,
    })),
    explanation: [step(policy)],
    ...more,
  })
}

const keep = (deps: Deps, ...reports: readonly (AcceptedReport | DeliveryReport)[]) => {
  const notes = reports.flatMap((report) => heldIn(report) ?? [])
  return keepHeld(deps.store, {
    held: notes.flatMap(({ held = [] }) => held),
    outcomes: notes.flatMap(({ outcomes = [] }) => outcomes),
  })
}

const outcome = (scope: Scope, messageId: string, change: Partial<DeliveryReport>): DeliveryReport => ({
  kind: 'delivery',
  id: newId('rep', START),
  messageId,
  tenantId: scope.tenantId,
  at: START + 60_000,
  recipients: [0],
  outcome: 'released',
  attempt: 0,
  nextAttemptAt: null,
  nextHop: null,
  tls: null,
  reply: { code: 0, status: null, text: '' },
  durationMs: 0,
  dsnId: null,
  ...change,
})

/** An edge that has every message, and notes what it was told. */
function edge(deps: Deps, content = ''): Deps & { readonly orders: Order[] } {
  const orders: Order[] = []
  const answer = (order: Order): OrderResult => {
    orders.push(order)
    if (order.kind === 'queue-act') {
      const found = order.messageIds?.length ?? 0
      const counts = { found, messages: found, recipients: found, busy: 0, withheld: 0, next: null }
      return { kind: 'queue-act', ...counts }
    }
    if (order.kind === 'fetch-content') {
      const all = Buffer.from(content)
      const part = all.subarray(order.from, order.from + order.octets).toString('base64')
      return { kind: 'fetch-content', found: true, size: all.length, content: part }
    }
    return { kind: 'failed', why: 'not in this test' }
  }
  const link = {
    ...deps.link,
    orderAll: async (order: Order) => ({
      answers: [{ node: 'one', slot: 0, result: answer(order) }],
      unreachable: [],
    }),
  }
  return { ...deps, link, orders }
}

const act = (
  scope: Scope,
  deps: Deps,
  input: Partial<Parameters<typeof actOnHeldMail>[1]>,
): Promise<HeldActed> =>
  actOnHeldMail(
    scope,
    { action: 'release', scope: 'recipient', about: 'address', notify: false, ...input },
    deps,
  )

const list = (scope: Scope, deps: Deps, query: Partial<Parameters<typeof listHeldMail>[1]> = {}) =>
  listHeldMail(scope, { limit: 50, state: 'held', ...query }, deps)

testOnBoth('what reports say is listed by class, sender and recipient, page by page', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const spam = heldReport(acme, 'spam', ['ann@acme.example', 'Bob@acme.example'], { subject: 'Pills 100%' })
    const virus = heldReport(acme, 'virus', ['ann@acme.example'])
    assert.equal((await keep(deps, spam, virus, heldReport(other, 'spam', ['eve@other.example']))).added, 4)
    assert.equal((await keep(deps, spam)).added, 0)
    const { items } = await list(acme, deps)
    assert.deepEqual(
      items.map(({ id, className, recipientCount, needsTwo }) => [id, className, recipientCount, needsTwo]),
      [
        [virus.id, 'Virus', 1, true],
        [spam.id, 'Spam', 2, false],
      ],
    )
    const ids = async (query: Parameters<typeof list>[2]) =>
      (await list(acme, deps, query)).items.map(({ id }) => id)
    assert.deepEqual(await ids({ class: 'spam' }), [spam.id])
    assert.deepEqual(await ids({ recipient: 'BOB@acme.example' }), [spam.id])
    assert.deepEqual(await ids({ recipient: 'other.example' }), [])
    assert.deepEqual(await ids({ search: '100%' }), [spam.id])
    assert.deepEqual(await ids({ search: '1__%' }), [])
    const first = await list(acme, deps, { limit: 1 })
    assert.deepEqual([first.items[0]?.id, first.next], [virus.id, virus.id])
    assert.deepEqual(await ids({ limit: 1, after: virus.id }), [spam.id])
    const { classes, messages } = await summaryOfHeld(acme, deps)
    assert.deepEqual(
      [messages, classes.map(({ class: name, messages }) => [name, messages])],
      [
        2,
        [
          ['spam', 1],
          ['virus', 1],
        ],
      ],
    )
    await assert.rejects(getHeldMail(other, spam.id, deps), /not held here/)
  }),
)

testOnBoth('reports of what became of it are kept once, and held again is held anew', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const report = heldReport(acme, 'spam', ['ann@acme.example', 'bob@acme.example'])
    await keep(deps, report)
    await keep(deps, outcome(acme, report.id, { recipients: [0], by: 'Anna' }))
    // A bounce by the next hop is no decision about held mail.
    await keep(deps, outcome(acme, report.id, { recipients: [1], outcome: 'bounced' }))
    const { recipients } = await getHeldMail(acme, report.id, deps)
    assert.deepEqual(
      recipients.map(({ index, state, decidedBy }) => [index, state, decidedBy]),
      [
        [1, 'held', null],
        [0, 'released', 'Anna'],
      ],
    )
    const again = { recipients: [0], outcome: 'held', by: 'Max', at: START + 90_000 } as const
    await keep(deps, outcome(acme, report.id, again))
    const { items } = await list(acme, deps, { class: 'by-person' })
    assert.deepEqual([items[0]?.id, items[0]?.recipients[0]?.state], [report.id, 'held'])
  }),
)

test('held anew by a person: it is not judged by itself, and nobody released or asked for it yet', () =>
  withStoreOf(async (deps, acme) => {
    const report = heldReport(acme, 'spam', ['ann@acme.example'])
    await keep(deps, report)
    const marks = { again_at: START, seconded_by: 'Max', seconded_at: START, requested_at: START }
    const place = { tenantId: acme.tenantId, messageId: report.id, indexes: [0] }
    await deps.store.transaction((trx) => markHeld(trx, place, { ...marks, requested_by: 'ann' }))
    await keep(deps, outcome(acme, report.id, { by: 'Anna' }))
    await keep(deps, outcome(acme, report.id, { outcome: 'held', by: 'Max', at: START + 90_000 }))
    const row = await deps.store.db
      .selectFrom('held_mail')
      .select(['state', 'again_at', 'seconded_by', 'requested_at'])
      .where('tenant_id', '=', acme.tenantId)
      .executeTakeFirst()
    assert.deepEqual(row, { state: 'held', again_at: null, seconded_by: null, requested_at: null })
  }))

test('a risky class is released by two people, and not by one twice', () =>
  withStoreOf(async (plain, acme) => {
    const deps = edge(plain)
    const report = heldReport(acme, 'virus', ['ann@acme.example'])
    await keep(deps, report)
    const messages = [report.id]
    const first = await act(acme, deps, { messages })
    assert.deepEqual([first.messages, first.waiting], [0, 1])
    assert.equal(deps.orders.length, 0)
    const twice = await act(acme, deps, { messages })
    assert.match(twice.left[0]?.why ?? '', /second person/)
    assert.equal((await list(acme, deps, { asked: 'second' })).items[0]?.secondedBy, 'Anna')
    const max: Scope = { ...acme, actor: { kind: 'person', id: 'adm_max', name: 'Max' } }
    assert.equal((await act(max, deps, { messages })).messages, 1)
    assert.equal(deps.orders.length, 1)
    assert.equal((await list(acme, deps)).items.length, 0)
  }))

test('what takes two people is not released by one in the queue either, by id or with all the rest', () =>
  withStoreOf(async (plain, acme) => {
    const deps = edge(plain)
    const virus = heldReport(acme, 'virus', ['ann@acme.example'])
    const spam = heldReport(acme, 'spam', ['ann@acme.example'])
    await keep(deps, virus, spam)
    const exceptOf = async (scope: Scope, input: Partial<Parameters<typeof actOnQueueOf>[1]>) => {
      await actOnQueueOf(scope, { action: 'release', ...input }, deps)
      const order = deps.orders.at(-1)
      return order?.kind === 'queue-act' ? (order.except ?? []) : null
    }
    const messages = [virus.id, spam.id]
    assert.deepEqual(await exceptOf(acme, { messages }), [virus.id])
    assert.deepEqual(await exceptOf(acme, { filter: {} }), [virus.id])
    assert.deepEqual(await exceptOf(acme, { messages: [spam.id] }), [])
    assert.deepEqual(await exceptOf(acme, { messages, action: 'discard' }), [])
    await act(acme, deps, { messages: [virus.id] })
    assert.deepEqual(await exceptOf(acme, { messages }), [virus.id], 'the first person is not the second')
    const token: Scope = { ...acme, actor: { kind: 'person', id: 'tok_1', name: 'token nightly' } }
    assert.deepEqual(await exceptOf(token, { messages }), [virus.id])
    const max: Scope = { ...acme, actor: { kind: 'person', id: 'adm_max', name: 'Max' } }
    assert.deepEqual(await exceptOf(max, { messages }), [])
  }))

test('each recipient is released by the rule of its class, and an API token is no second person', () =>
  withStoreOf(async (plain, acme) => {
    const deps = edge(plain)
    const report = heldReport(acme, 'spam', ['ann@acme.example', 'bob@acme.example'])
    await keep(deps, report)
    const virus = { tenantId: acme.tenantId, messageId: report.id, indexes: [1] }
    await deps.store.transaction((trx) => markHeld(trx, virus, { class: 'virus' }))
    const messages = [report.id]
    const first = await act(acme, deps, { messages })
    assert.deepEqual([first.messages, first.waiting], [1, 1])
    const released = () =>
      deps.orders.flatMap((order) => (order.kind === 'queue-act' ? [order.filter.indexes] : []))
    assert.deepEqual(released(), [[0]])
    const token: Scope = { ...acme, actor: { kind: 'person', id: 'tok_1', name: 'token nightly' } }
    assert.match((await act(token, deps, { messages })).left[0]?.why ?? '', /token is no person/)
    assert.deepEqual(released(), [[0]])
  }))

test('part of a message is released for whom it is meant, and a permit spares the next', () =>
  withStoreOf(async (plain, acme) => {
    const deps = edge(plain)
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: [] }, deps)
    const report = heldReport(acme, 'spam', ['ann@acme.example', 'bob@acme.example'])
    await keep(deps, report)
    const messages = [report.id]
    const done = await act(acme, deps, { action: 'permit', messages, recipients: ['Ann@acme.example'] })
    assert.deepEqual([done.messages, done.entries, done.left], [1, 1, []])
    // What is released from being held as spam is read first: it is a lesson.
    const order = deps.orders.find(({ kind }) => kind === 'queue-act')
    assert.deepEqual(order?.kind === 'queue-act' && [order.action, order.filter.indexes], ['release', [0]])
    const { items } = await listSenders(acme, { limit: 10 }, deps)
    assert.deepEqual(
      items.map(({ user, sender, action }) => [user, sender, action]),
      [['ann@acme.example', 'bob@sender.example', 'permit']],
    )
    assert.deepEqual(
      (await list(acme, deps)).items[0]?.recipients.map(({ address }) => address),
      ['bob@acme.example'],
    )
    const gone = await act(acme, deps, { messages: ['msg_unknown'] })
    assert.match(gone.left[0]?.why ?? '', /not held any more/)
  }))

test('a user’s own mail is found by the own addresses alone', () =>
  withStoreOf(async (deps, acme) => {
    const report = heldReport(acme, 'spam', ['ann@acme.example', 'bob@acme.example'])
    await keep(deps, report)
    const own = { messages: [report.id], mailboxes: ['ann@acme.example'] }
    const [target] = await ownTargets(acme, own, deps)
    assert.deepEqual(
      target?.rows.map(({ recipient }) => recipient),
      ['ann@acme.example'],
    )
    assert.deepEqual(await ownTargets(acme, { ...own, mailboxes: ['eve@acme.example'] }, deps), [])
    const query = { tenantId: acme.tenantId, state: 'held', mailboxes: ['bob@acme.example'] } as const
    const page = await pageOfHeld(deps.store.db, query, { limit: 5, after: null })
    assert.deepEqual(
      page.items.map(({ recipientCount }) => recipientCount),
      [1],
    )
  }))

test('what no queue keeps any more is not offered again', () =>
  withStoreOf(async (plain, acme) => {
    const report = heldReport(acme, 'attachments', ['ann@acme.example'])
    await keep(plain, report)
    const counts = { found: 0, messages: 0, recipients: 0, busy: 0, withheld: 0, next: null }
    const answer = { node: 'one', slot: 0, result: { kind: 'queue-act', ...counts } as const }
    const link = { ...plain.link, orderAll: async () => ({ answers: [answer], unreachable: [] }) }
    const acted = await act(acme, { ...edge(plain), link }, { messages: [report.id] })
    assert.match(acted.left[0]?.why ?? '', /in no queue any more/)
    assert.deepEqual((await list(acme, plain)).items, [])
    assert.equal((await list(acme, plain, { state: 'gone' })).items[0]?.id, report.id)
  }))

test('rules of classes are kept, and each change is a revision', () =>
  withStoreOf(async (deps, acme) => {
    const before = await getHeldSettings(acme, deps)
    assert.deepEqual(
      before.classes.find(({ class: name }) => name === 'virus'),
      {
        class: 'virus',
        name: 'Virus',
        user: 'never',
        needsTwo: true,
      },
    )
    const classes = [{ class: 'spam', user: 'request', needsTwo: true } as const]
    const after = await setHeldRules(acme, { classes, notifyAtOnce: true }, deps)
    assert.ok(after.revision > before.revision)
    assert.deepEqual(await getHeldSettings(acme, deps), after)
    assert.equal(after.classes.find(({ class: name }) => name === 'spam')?.user, 'request')
  }))

test('case 58: a look runs nothing, loads nothing, and says where links lead', () =>
  withStoreOf(async (plain, acme) => {
    const html =
      '<script>alert(1)</script><p onclick="x()">Hello <a href="https://evil.example/x">https://bank.example</a>' +
      '<img src="https://track.example/p.gif"><a href="javascript:alert(1)">go</a></p>'
    const mime = [
      'From: "<b>Bob</b>" <bob@sender.example>',
      'Subject: <img src=x onerror=alert(1)>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      html,
      '--b',
      'Content-Type: application/zip',
      'Content-Disposition: attachment; filename="a.zip"',
      '',
      'PK',
      '--b--',
      '',
    ].join('\r\n')
    const deps = edge(plain, mime)
    const look = await previewHeldMail(acme, 'msg_1', deps)
    assert.match(look.text, /^Hello https:\/\/bank\.example/)
    assert.doesNotMatch(look.text, /alert/)
    assert.deepEqual(look.links[0], {
      text: 'https://bank.example',
      href: 'https://evil.example/x',
      differs: true,
    })
    assert.deepEqual(
      look.attachments.map(({ name, type }) => [name, type]),
      [['a.zip', 'application/zip']],
    )
    assert.equal(look.isCut, false)
    const audit = await deps.store.db
      .selectFrom('audit')
      .select(['action', 'subject'])
      .where('tenant_id', '=', acme.tenantId)
      .where('action', '=', 'held.read')
      .execute()
    assert.deepEqual(audit, [{ action: 'held.read', subject: 'message msg_1' }])
  }))

test('a look at a hostile message ends, and what is cut is said', () => {
  const octets = Buffer.from(
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(50_000)}`,
  )
  const look = previewOf({ octets, size: octets.length + 1 })
  assert.ok(look.attachments.length <= 200)
  assert.equal(look.isCut, true)
  assert.ok(look.faults.includes('too many parts'))
})

async function withStoreOf(work: (deps: Deps, acme: Scope) => Promise<void>): Promise<void> {
  const { mkdtemp, rm } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const dataFolder = await mkdtemp(join(tmpdir(), 'gatepost-held-'))
  try {
    await withStore({ database: null, dataFolder }, async (deps) => {
      await work(deps, await addOrganisation(deps.store, 'Acme', 'acme.example'))
    })
  } finally {
    await rm(dataFolder, { recursive: true })
  }
}
