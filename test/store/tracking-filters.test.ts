// The message centre's filters, export and live tail: the same answers on both databases.
import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import type { Scope } from '@gatepost/server/control/scope.ts'
import type { MessageQuery } from '@gatepost/server/control/tracking/filter-store.ts'
import { openTracking, type Tracking } from '@gatepost/server/control/tracking/tracking.ts'
import type { Report } from '@gatepost/server/link/reports.ts'
import { type Place, testOnBoth } from './databases.ts'
import { accepted, addOrganisation, batchOf, type Deps, refused, START, withStore } from './fixtures.ts'

type World = {
  readonly deps: Deps
  readonly tracking: Tracking
  readonly acme: Scope
  take(...reports: readonly Report[]): Promise<void>
  ids(query: Partial<MessageQuery>): Promise<readonly string[]>
}

function withTracking(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const tracking = await openTracking({ ...deps, ...place })
    tracking.domainsChanged(new Map([['acme.example', acme.tenantId]]))
    try {
      await work({
        deps,
        tracking,
        acme,
        take: async (...reports) => void (await tracking.take(batchOf(reports))),
        async ids(query) {
          const { items } = await tracking.listMessages(acme, { limit: 50, ...query })
          return items.map(({ id }) => id)
        },
      })
    } finally {
      await tracking.close()
    }
  })
}

const step = (policy: string, kind: string, because: string, rule?: { id: string; name: string }) =>
  ({ policy, stage: 'rcpt', kind, because, saw: '', ...(rule ? { rule } : {}) }) as never

testOnBoth('each filter finds its messages, and those alone', (place) =>
  withTracking(place, async ({ acme, take, ids }) => {
    const toTwo = accepted(acme.tenantId, {
      recipients: ['anna@acme.example', 'ben@acme.example'].map((forwardPath, index) => ({
        index,
        forwardPath,
        explanation: [step('permitted-senders', 'waive', 'permitted', { id: 'rul_1', name: 'Payroll' })],
        facts: {},
      })),
    })
    const back = accepted(acme.tenantId, {
      at: START + 10,
      direction: 'outbound',
      reversePath: 'anna@acme.example',
      author: 'anna@acme.example',
      recipients: [{ index: 0, forwardPath: 'bob@sender.example', explanation: [], facts: {} }],
      client: { ip: '10.0.0.5', name: null, helo: 'x', tls: null },
    })
    const unknown = refused({
      at: START + 20,
      tenantId: acme.tenantId,
      reversePath: 'bob@mail.sender.example',
      forwardPath: 'nobody@acme.example',
      outcome: 'refused',
      reply: { code: 550, status: '5.1.1', text: 'Invalid Recipient' },
      explanation: [
        step('relay', 'continue', 'for-validated-domain'),
        step('recipient-validation', 'reject', 'recipient-unknown'),
      ],
    })
    await take(toTwo, back, unknown)
    const cases: readonly (readonly [Partial<MessageQuery>, readonly string[]])[] = [
      [{ sender: 'bob@sender.example' }, [toTwo.id]],
      [{ sender: 'BOB@Sender.example' }, [toTwo.id]],
      [{ sender: 'bob' }, []],
      [{ sender: 'bob*' }, [unknown.id, toTwo.id]],
      [{ sender: 'sender.example' }, [toTwo.id]],
      [{ sender: '@acme.example' }, [back.id]],
      [{ sender: 'acme*' }, [back.id]],
      [{ sender: 'anna@acme.exampl' }, []],
      [{ recipient: 'bob@sender.example' }, [back.id]],
      [{ recipient: 'ben@acme.example' }, [toTwo.id]],
      [{ recipient: 'acme.example' }, [unknown.id, toTwo.id]],
      [{ recipient: 'be*' }, [toTwo.id]],
      [{ ip: '10.0.0.5' }, [back.id]],
      [{ ip: '10.0.0' }, []],
      [{ ip: '198.51.*' }, [unknown.id, toTwo.id]],
      [{ reason: 'recipient-unknown' }, [unknown.id]],
      [{ policy: 'recipient-validation' }, [unknown.id]],
      [{ policy: 'permitted-senders' }, [toTwo.id]],
      [{ policy: 'relay' }, []],
      [{ rule: 'rul_1' }, [toTwo.id]],
      [{ rule: 'rul_' }, []],
      [{ sender: 'bob*', status: 'refused', recipient: 'nobody@acme.example' }, [unknown.id]],
      [{ sender: 'b%' }, []],
    ]
    for (const [query, found] of cases) assert.deepEqual(await ids(query), found, JSON.stringify(query))
  }),
)

testOnBoth('who looks for one address of a person finds mail to all of them', (place) =>
  withTracking(place, async ({ acme, tracking, take, deps }) => {
    const { db } = deps.store
    const user = { id: 'usr_1', tenant_id: acme.tenantId, email: 'anna@acme.example' }
    await db
      .insertInto('user')
      .values({
        ...user,
        email_key: user.email,
        name: 'Anna',
        name_key: 'anna',
        enabled: 1,
        created_at: START,
        updated_at: START,
        revision: 1,
      })
      .execute()
    for (const [at, address] of ['anna@acme.example', 'a.smith@acme.example'].entries()) {
      await db
        .insertInto('user_address')
        .values({
          tenant_id: acme.tenantId,
          user_id: user.id,
          address,
          address_key: address,
          domain: 'acme.example',
          source: 'manual',
          created_at: START,
          is_primary: at === 0 ? 1 : 0,
        })
        .execute()
    }
    const toAlias = accepted(acme.tenantId, {
      recipients: [{ index: 0, forwardPath: 'a.smith@acme.example', explanation: [], facts: {} }],
    })
    await take(toAlias)
    for (const query of [{ recipient: 'anna@acme.example' }, { search: 'Anna@acme.example' }]) {
      const { items, aliases } = await tracking.listMessages(acme, { limit: 5, ...query })
      assert.deepEqual([items.map(({ id }) => id), aliases], [[toAlias.id], ['a.smith@acme.example']])
    }
  }),
)

testOnBoth('an export has every filtered row once, and nothing that a spreadsheet would run', (place) =>
  withTracking(place, async ({ acme, tracking, take, deps }) => {
    const evil = accepted(acme.tenantId, { at: START + 5_000, subject: '=cmd|"calc",\r\nA1' })
    const others = Array.from({ length: 501 }, (_, at) => accepted(acme.tenantId, { at: START + at }))
    await take(...others, evil, refused({ tenantId: acme.tenantId }))
    let text = ''
    for await (const part of await tracking.exportMessages(acme, { status: 'queued' })) text += part
    assert.ok(text.startsWith('\u{feff}id,time,direction,'))
    assert.ok(text.includes('"\'=cmd|""calc"",'))
    const ids = text.split('\r\n').filter((line) => line.startsWith('msg_'))
    assert.equal(new Set(ids.map((line) => line.split(',')[0])).size, 502)
    const [audit] = await deps.store.db
      .selectFrom('audit')
      .select(['action', 'after'])
      .where('tenant_id', '=', acme.tenantId)
      .where('action', '=', 'messages.exported')
      .execute()
    assert.equal(audit?.after, '{"status":"queued"}')
  }),
)

testOnBoth('the live tail waits for a row that passes its filter, and not for ever', (place) =>
  withTracking(place, async ({ acme, tracking, take }) => {
    const first = accepted(acme.tenantId)
    await take(first)
    const query = { limit: 5, since: first.id, wait: 5, direction: 'outbound' } as const
    const waiting = tracking.listMessages(acme, query)
    await take(accepted(acme.tenantId, { at: START + 10 }))
    const wanted = accepted(acme.tenantId, { at: START + 20, direction: 'outbound' })
    await take(wanted)
    assert.deepEqual(
      (await waiting).items.map(({ id }) => id),
      [wanted.id],
    )
    const began = performance.now()
    const none = await tracking.listMessages(acme, { ...query, since: wanted.id, wait: 0.05 })
    assert.deepEqual(none.items, [])
    assert.ok(performance.now() - began < 3_000)
  }),
)

testOnBoth('a word that all messages have: the newest are found, also behind a late report', (place) =>
  withTracking(place, async ({ acme, tracking, take, ids }) => {
    const many = Array.from({ length: 4_100 }, (_, at) => accepted(acme.tenantId, { at: START + at }))
    await take(...many)
    const newest = many.slice(-3).map(({ id }) => id)
    assert.deepEqual(await ids({ search: 'acme.example', limit: 3 }), newest.toReversed())
    // An edge that was cut off reports more than a page of older ones, last.
    await take(
      ...Array.from({ length: 4_050 }, (_, at) => accepted(acme.tenantId, { at: START - 5_000 + at })),
    )
    const { items, next } = await tracking.listMessages(acme, { limit: 3, search: 'acme.example' })
    assert.deepEqual(
      items.map(({ id }) => id),
      newest.toReversed(),
    )
    const older = await ids({ search: 'acme.example', limit: 2, after: next ?? '' })
    assert.deepEqual(older, [many.at(-4)?.id, many.at(-5)?.id])
  }),
)
