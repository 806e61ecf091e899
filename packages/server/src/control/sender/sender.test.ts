// Entries by form over both databases: what is refused, what replaces, pages, filters, and what edges learn.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOnBoth, withFolder } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, type Deps, withStore } from '../../../../../test/store/fixtures.ts'
import { Problem } from '../problem.ts'
import { createPublishingStore } from '../publishing/store.ts'
import type { Scope } from '../scope.ts'
import { keepMailNotes } from '../tracking/mail-observations.ts'
import { NoteTaker } from '../tracking/notes.ts'
import { addUser, updateUser } from '../user/user.ts'
import type { SendersInput } from './sender.ts'
import {
  addSenders,
  exportSenders,
  listSenders,
  removeSender,
  removeSenders,
  updateSender,
} from './sender.ts'

const entry = (senders: readonly string[], change: Partial<SendersInput> = {}): SendersInput => ({
  user: 'ann@acme.example',
  senders,
  action: 'permit',
  onlyIfAuthenticated: true,
  comment: '',
  expiresAt: null,
  ...change,
})

testOnBoth('an entry is added, replaced by the latest word, changed and removed', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: ['a@acme.example'] }, deps)
    const added = await addSenders(
      acme,
      entry(['Bob@News.example', '@PARTNER.example', 'bob@news.example']),
      deps,
    )
    assert.deepEqual(
      added.items.map(({ sender, kind, onlyIfAuthenticated, state }) => [
        sender,
        kind,
        onlyIfAuthenticated,
        state,
      ]),
      [
        ['bob@news.example', 'address', false, 'active'],
        ['partner.example', 'domain', true, 'active'],
      ],
    )
    // By an alias it is the same list.
    const replaced = await addSenders(
      acme,
      entry(['bob@news.example'], { user: 'A@acme.example', action: 'block', comment: 'spam' }),
      deps,
    )
    assert.deepEqual([replaced.added, replaced.replaced], [0, 1])
    assert.deepEqual(await listed(deps, acme), [
      'ann@acme.example block bob@news.example',
      'ann@acme.example permit partner.example',
    ])
    const again = await addSenders(
      acme,
      entry(['bob@news.example'], { action: 'block', comment: 'spam' }),
      deps,
    )
    assert.equal(again.unchanged, 1)
    const { id } = replaced.items[0]!
    const end = clock.now() + 1000
    const changed = await updateSender(acme, { id, change: { expiresAt: end } }, deps)
    assert.deepEqual([changed.expiresAt, changed.comment, changed.state], [end, 'spam', 'active'])
    clock.add(1000)
    assert.deepEqual(await listed(deps, acme, { state: 'expired' }), [
      'ann@acme.example block bob@news.example',
    ])
    await refused(updateSender(acme, { id, change: { expiresAt: end } }, deps), 'invalid-input')
    await removeSender(acme, id, deps)
    await refused(removeSender(acme, id, deps), 'not-found')
    await refused(removeSender(acme, 'snd_nonsense', deps), 'not-found')
    assert.deepEqual(await feedOf(deps), [
      'ann@acme.example bob@news.example ["p","m"]',
      'ann@acme.example partner.example ["p","m",1]',
      'ann@acme.example bob@news.example ["b","m"]',
      `ann@acme.example bob@news.example ["b","m",0,${end}]`,
      'ann@acme.example bob@news.example null',
    ])
  }),
)

test('case 66: what may not be permitted: our own, everybody’s, nobody’s, another’s user', async () => {
  await withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const cases = [
        [entry(['boss@acme.example']), 'sender-internal'],
        [entry(['mail.acme.example']), 'sender-internal'],
        [entry(['acme.example'], { action: 'block' }), 'sender-internal'],
        [entry(['co.uk']), 'invalid-input'],
        [entry(['com']), 'invalid-input'],
        [entry(['*']), 'invalid-input'],
        [entry(['bob@']), 'invalid-input'],
        [entry(['bob@[192.0.2.1]']), 'invalid-input'],
        [entry(['https://news.example/']), 'invalid-input'],
        [entry(['bob@news.example'], { user: 'ann@elsewhere.example' }), 'address-not-in-domain'],
        [entry(['bob@news.example'], { user: 'ann' }), 'invalid-input'],
        [entry(['bob@news.example'], { expiresAt: 5 }), 'invalid-input'],
      ] as const
      for (const [input, name] of cases) await refused(addSenders(acme, input, deps), name)
      assert.deepEqual(await listed(deps, acme), [])
    }),
  )
})

testOnBoth('entries wait for an address, and go to its user once there is one', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const [first] = (await addSenders(acme, entry(['bob@news.example'], { user: 'a@acme.example' }), deps))
      .items
    assert.equal(first?.state, 'waiting')
    assert.deepEqual(await listed(deps, acme, { state: 'waiting' }), [
      'a@acme.example permit bob@news.example',
    ])
    await addUser(acme, { email: 'ann@acme.example', name: '', aliases: [] }, deps)
    const ann = await addSenders(
      acme,
      entry(['bob@news.example', 'eve@news.example'], { action: 'block' }),
      deps,
    )
    assert.equal(ann.items[0]?.state, 'active')
    clock.add(1000)
    await addSenders(acme, entry(['eve@news.example'], { user: 'a@acme.example' }), deps)
    clock.add(1000)
    // The alias brings its entries along; of two words on one sender the later stands.
    await updateUser(
      acme,
      { user: 'ann@acme.example', change: { aliases: ['a@acme.example'] }, expected: null },
      deps,
    )
    assert.deepEqual(await listed(deps, acme), [
      'ann@acme.example block bob@news.example',
      'ann@acme.example permit eve@news.example',
    ])
    assert.deepEqual(await listed(deps, acme, { state: 'waiting' }), [])
    const fed = await recipientsOf(deps)
    assert.deepEqual(fed.get('a@acme.example'), { source: 'manual', user: 'ann@acme.example' })
    assert.deepEqual(fed.get('ann@acme.example'), { source: 'manual' })
  }),
)

testOnBoth('search, filters and pages give each entry once, whatever the order', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    await addSenders(other, entry(['news.example'], { user: 'ann@other.example' }), deps)
    await addSenders(acme, entry(['news.example', 'zed@news.example', 'news@z.example']), deps)
    await addSenders(acme, entry(['bob@news.example'], { action: 'block' }), deps)
    await addSenders(acme, entry(['x.example', 'newsletter.example'], { user: 'news@acme.example' }), deps)
    const all = [
      'ann@acme.example block bob@news.example',
      'ann@acme.example permit news.example',
      'ann@acme.example permit news@z.example',
      'ann@acme.example permit zed@news.example',
      'news@acme.example permit newsletter.example',
      'news@acme.example permit x.example',
    ]
    assert.deepEqual(await listed(deps, acme), all)
    for (const limit of [1, 2, 3, 5]) assert.deepEqual(await paged(deps, acme, { limit }), all)
    const found = [
      'news@acme.example permit newsletter.example',
      'news@acme.example permit x.example',
      'ann@acme.example permit news.example',
      'ann@acme.example permit news@z.example',
      'ann@acme.example block bob@news.example',
      'ann@acme.example permit zed@news.example',
    ]
    for (const limit of [1, 2, 3, 50]) {
      assert.deepEqual(await paged(deps, acme, { limit, search: 'News' }), found)
    }
    assert.deepEqual(await listed(deps, acme, { search: '@news.example' }), [
      'ann@acme.example permit news.example',
      'ann@acme.example block bob@news.example',
      'ann@acme.example permit zed@news.example',
    ])
    assert.deepEqual(await listed(deps, acme, { search: 'zed@n' }), [
      'ann@acme.example permit zed@news.example',
    ])
    assert.deepEqual(await listed(deps, acme, { action: 'block' }), [all[0]!])
    assert.deepEqual(await listed(deps, acme, { action: 'block', search: 'news' }), [all[0]!])
    assert.deepEqual(await listed(deps, acme, { source: 'manual', user: 'news@acme.example' }), all.slice(4))
    assert.deepEqual(await listed(deps, acme, { source: 'auto-allow' }), [])
    let csv = ''
    for await (const part of exportSenders(acme, { user: 'news@acme.example' }, deps)) csv += part
    assert.equal(csv, 'news@acme.example,newsletter.example,PERMIT\r\nnews@acme.example,x.example,PERMIT\r\n')
    await refused(removeSenders(acme, { all: false }, deps), 'invalid-input')
    assert.deepEqual(await removeSenders(acme, { search: 'news.example', all: false }, deps), {
      removed: 3,
      more: false,
    })
    assert.deepEqual(await removeSenders(acme, { all: true }, deps), { removed: 3, more: false })
    assert.deepEqual(await listed(deps, acme), [])
    assert.deepEqual(await listed(deps, other), ['ann@other.example permit news.example'])
  }),
)

test('what edges report sets when an entry was used last, once a day', async () => {
  await withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const [item] = (await addSenders(acme, entry(['bob@news.example']), deps)).items
      const permit = {
        id: item!.id,
        sender: 'bob@news.example',
        source: 'managed',
        onlyIfAuthenticated: false,
      } as const
      const step = { policy: 'permitted-senders', stage: 'rcpt', kind: 'waive', saw: '' } as const
      const facts = { managedSender: { kind: 'known', value: { permit, block: null } } } as const
      const reportOf = (because: 'permitted-by-recipient' | 'not-permitted', at: number) =>
        accepted(acme.tenantId, {
          at,
          recipients: [
            { index: 0, forwardPath: 'ann@acme.example', explanation: [{ ...step, because }], facts },
          ],
        })
      const taker = new NoteTaker()
      const take = async (...reports: readonly ReturnType<typeof reportOf>[]) => {
        for (const report of reports) taker.note(report, () => acme.tenantId)
        await keepMailNotes(deps.store, taker.take())
        return (await listSenders(acme, { limit: 1 }, deps)).items[0]?.lastUsedAt
      }
      assert.equal(await take(reportOf('not-permitted', 5)), null)
      assert.equal(
        await take(reportOf('permitted-by-recipient', 7), reportOf('permitted-by-recipient', 9)),
        7,
      )
      assert.equal(await take(reportOf('permitted-by-recipient', 11)), 7)
      assert.equal(await take(reportOf('permitted-by-recipient', 86_400_000)), 86_400_000)
    }),
  )
})

type Filter = Partial<Parameters<typeof listSenders>[1]>

async function listed(deps: Deps, scope: Scope, filter: Filter = {}): Promise<string[]> {
  const { items } = await listSenders(scope, { limit: 50, ...filter }, deps)
  return items.map(({ user, action, sender }) => `${user} ${action} ${sender}`)
}

async function paged(
  deps: Deps,
  scope: Scope,
  filter: Filter & { readonly limit: number },
): Promise<string[]> {
  const all: string[] = []
  let after: string | undefined
  for (let pages = 0; pages < 20; pages += 1) {
    const { items, next } = await listSenders(scope, { ...filter, after }, deps)
    for (const { user, action, sender } of items) all.push(`${user} ${action} ${sender}`)
    if (next === null) return all
    assert.equal(items.length, filter.limit)
    after = next
  }
  return all
}

async function feedOf(deps: Deps): Promise<string[]> {
  const items = await createPublishingStore(deps.store).feed(0, 1_000)
  return items
    .filter(({ list }) => list === 'managed-sender')
    .map(({ key, value }) => `${key.replace('\n', ' ')} ${JSON.stringify(value)}`)
}

async function recipientsOf(deps: Deps): Promise<ReadonlyMap<string, unknown>> {
  const items = await createPublishingStore(deps.store).feed(0, 1_000)
  return new Map(items.filter(({ list }) => list === 'recipient').map(({ key, value }) => [key, value]))
}

async function refused(work: Promise<unknown>, name: string): Promise<Problem> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, String(error))
  assert.equal(error.problemName, name, error.message)
  return error
}
