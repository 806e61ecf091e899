// Reports in their short and their long form answer alike, rows of before too; attempts stand where they
// came.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { dayName, dayOf } from '@gatepost/server/control/tracking/days.ts'
import { openTracking, type Tracking } from '@gatepost/server/control/tracking/tracking.ts'
import type { AcceptedReport } from '@gatepost/server/link/reports.ts'
import { type Place, testOnBoth, withFolder } from './databases.ts'
import {
  accepted,
  addOrganisation,
  batchOf,
  delivery,
  longBatchOf,
  refused,
  START,
  withStore,
} from './fixtures.ts'

type World = { readonly tracking: Tracking; readonly acme: Scope }

function withTracking(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const tracking = await openTracking({ ...deps, ...place })
    try {
      await work({ tracking, acme })
    } finally {
      await tracking.close()
    }
  })
}

type Step = AcceptedReport['explanation'][number]

const step = (policy: string, kind: string, because: string): Step =>
  ({ policy, stage: 'message', kind, because, saw: `saw of ${policy}` }) as Step
const rule = { id: 'pol_1', name: 'Ours' }

function storyOf(tenantId: string, at: number): readonly AcceptedReport[] {
  const explanation = [
    step('hops', 'continue', 'hops-within-limit'),
    { ...step('authentication', 'continue', 'authentication-evaluated'), rule },
  ]
  const facts: AcceptedReport['facts'] = {
    hops: { kind: 'known', value: { received: 2, ownLoops: 0 } },
    spf: { kind: 'unknown', why: 'the look-up timed out' },
  }
  const recipients = ['anna@acme.example', 'ben@acme.example'].map((forwardPath, index) => ({
    index,
    forwardPath,
    explanation: [step('relay', 'continue', 'for-validated-domain')],
    facts: { recipient: { kind: 'known', value: { listed: true, source: 'spreadsheet' } } } as const,
  }))
  const holding = [step('spam', 'hold', 'spam-held')]
  const own = { verdict: 'hold', explanation: holding, facts: {} } as const
  const held = recipients.map((one) =>
    one.index === 0 ? one : { ...one, held: 'by-policy' as const, message: own },
  )
  return [
    accepted(tenantId, { at, explanation, facts, recipients }),
    accepted(tenantId, { at: at + 1, explanation, facts, recipients: held }),
    accepted(tenantId, { at: at + 2, explanation: holding, facts, recipients, verdict: 'hold' }),
  ]
}

/** What pages show of a message, but for its id and times. */
async function shownOf({ tracking, acme }: World, id: string) {
  const { id: _id, at: _at, attempts, comings: _comings, ...shown } = await tracking.getMessage(acme, id)
  return { ...shown, attempts: attempts.map(({ at: _, ...attempt }) => attempt) }
}

testOnBoth('a report in its short form shows what it shows in its long one', (place) =>
  withTracking(place, async (world) => {
    const { tracking, acme } = world
    const short = storyOf(acme.tenantId, START)
    const long = storyOf(acme.tenantId, START + 1_000)
    const refusals = [
      refused({ tenantId: acme.tenantId }),
      refused({ tenantId: acme.tenantId, at: START + 9 }),
    ]
    await tracking.take(batchOf([...short, refusals[0]!, ...short.map((one) => delivery(one))]))
    await tracking.take(longBatchOf([...long, refusals[1]!, ...long.map((one) => delivery(one))]))
    for (const [at, { id }] of [...short, refusals[0]!].entries()) {
      assert.deepEqual(await shownOf(world, id), await shownOf(world, [...long, refusals[1]!][at]!.id))
    }
    const [first] = short
    const message = await tracking.getMessage(acme, first!.id)
    assert.deepEqual(
      message.explanation.map(({ because, saw, rule }) => [because, saw, rule?.id ?? null]),
      [
        ['hops-within-limit', 'saw of hops', null],
        ['authentication-evaluated', 'saw of authentication', 'pol_1'],
      ],
    )
    assert.deepEqual(
      message.facts.map(({ name }) => name),
      ['hops', 'spf', 'recipient'],
    )
    const filters = [
      [{ rule: 'pol_1' }, 4],
      [{ recipient: 'ben@acme.example' }, 6],
      [{ search: 'quarterly' }, 6],
    ] as const
    for (const [filter, count] of filters) {
      assert.equal((await tracking.listMessages(acme, { limit: 50, ...filter })).items.length, count)
    }
  }),
)

testOnBoth('attempts are kept once, whichever batch they come in', (place) =>
  withTracking(place, async ({ tracking, acme }) => {
    const message = accepted(acme.tenantId)
    const tries = [1, 2, 3, 4].map((attempt) =>
      delivery(message, {
        attempt,
        at: START + attempt * 1_000,
        outcome: attempt === 4 ? 'delivered' : 'deferred',
        reply: { code: attempt === 4 ? 250 : 451, status: null, text: `answer ${attempt}` },
      }),
    )
    const [first, second, third, last] = tries as [(typeof tries)[0], ...typeof tries]
    const attempts = async () => {
      const { attempts: shown, status } = await tracking.getMessage(acme, message.id)
      return [status, ...shown.map(({ attempt }) => attempt)]
    }
    await tracking.take(batchOf([message, first!, first!, second!]))
    assert.deepEqual(await attempts(), ['deferred', 1, 2])
    await tracking.take(batchOf([message, first!, second!, third!]))
    assert.deepEqual(await attempts(), ['deferred', 1, 2, 3])
    await tracking.take(batchOf([first!, last!]))
    await tracking.take(batchOf([last!, first!]))
    assert.deepEqual(await attempts(), ['delivered', 1, 2, 3, 4])
    assert.equal(await tracking.removeMessages(acme, [message.id]), 1)
    await tracking.take(batchOf([message]))
    assert.deepEqual(await attempts(), ['queued'])
  }),
)

testOnBoth('what nobody could read of a report does not stop the searches of others', (place) =>
  withTracking(place, async ({ tracking, acme }) => {
    const [good, bad] = storyOf(acme.tenantId, START)
      .slice(0, 1)
      .concat(storyOf(acme.tenantId, START + 9)[0]!)
    const body = batchOf([good!, bad!]).toString()
    const cut = body.lastIndexOf('"kept":')
    const broken = `${body.slice(0, cut)}"kept":[[}}\n]}`
    assert.equal((await tracking.take(Buffer.from(broken))).acknowledged, 2)
    const { items } = await tracking.listMessages(acme, { limit: 9, recipient: 'ben@acme.example' })
    assert.deepEqual(
      items.map(({ id }) => id),
      [good!.id],
    )
    assert.equal((await tracking.getMessage(acme, good!.id)).explanation.length, 2)
  }),
)

test('a day file of before is read as it is, and gets its column when it is written to', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const [message] = storyOf(acme.tenantId, START)
      const place = { database: null, dataFolder }
      const first = await openTracking({ ...deps, ...place })
      await first.take(batchOf([message!, delivery(message!)]))
      const expected = await first.getMessage(acme, message!.id)
      await first.close()
      makeOld(join(dataFolder, 'tracking', `${dayName(dayOf(START))}.db`), message!)

      const second = await openTracking({ ...deps, ...place })
      assert.deepEqual(await second.getMessage(acme, message!.id), expected)
      const next = accepted(acme.tenantId, { at: START + 5 })
      await second.take(batchOf([next, delivery(next), delivery(message!, { at: START + 900, attempt: 2 })]))
      assert.equal((await second.getMessage(acme, next.id)).attempts.length, 1)
      const after = await second.getMessage(acme, message!.id)
      assert.deepEqual(
        after.attempts.map(({ attempt }) => attempt),
        [1, 2],
      )
      assert.deepEqual(after.explanation, expected.explanation)
      await second.close()
    }),
  ))

/** The file as releases until November 2026 wrote it: bodies in their long form, an attempt a row. */
function makeOld(path: string, report: AcceptedReport): void {
  const { client, explanation, facts, messageIdField, origin, settingsRevision } = report
  const body = { client, explanation, facts, messageIdField, origin, settingsRevision, reply: null }
  const recipients = report.recipients.map(({ index: _, ...recipient }) => recipient)
  const database = new DatabaseSync(path)
  database.exec(`insert into tracking_attempt select day, id, json_extract(attempt, '$.id'), tenant_id,
    json_extract(attempt, '$.at'), attempt from tracking_message;
    alter table tracking_message drop column attempt; pragma user_version = 1`)
  database.prepare('update tracking_message set body = ?').run(JSON.stringify({ ...body, recipients }))
  database.close()
}

testOnBoth('words go with their messages: what comes next is not found by them', (place) =>
  withTracking(place, async ({ tracking, acme }) => {
    const [other] = storyOf(acme.tenantId, START)
    const letters = Array.from({ length: 1_201 }, (_, at) =>
      accepted(acme.tenantId, { at: START + at, subject: 'farewell party', author: 'eve@acme.example' }),
    )
    await tracking.take(batchOf([other!, ...letters]))
    const found = async (search: string) =>
      (await tracking.listMessages(acme, { limit: 500, search })).items.length
    assert.deepEqual([await found('farewell'), await found('quarterly')], [500, 1])
    const ids = letters.map(({ id }) => id)
    assert.equal(await tracking.removeMessages(acme, ids), 1_201)
    assert.equal(await tracking.removeMessages(acme, ids), 0)
    await tracking.take(batchOf([accepted(acme.tenantId, { subject: 'budget' })]))
    assert.deepEqual(
      [await found('farewell'), await found('eve@acme.example'), await found('budget')],
      [0, 0, 1],
    )
    assert.equal(await found('quarterly'), 1)
    if (place.database !== null) return
    const day = new DatabaseSync(join(place.dataFolder, 'tracking', `${dayName(dayOf(START))}.db`))
    const blocks = day.prepare('select block from tracking_words_data').all()
    day.close()
    const text = blocks.map(({ block }) => Buffer.from(block as Uint8Array).toString('latin1')).join('\n')
    assert.deepEqual([/arewell/.test(text), /quarterly|uarterly/.test(text)], [false, true])
  }),
)

testOnBoth(
  'one person is found by each of many addresses, in letters of any alphabet, and nobody else',
  (place) =>
    withTracking(place, async ({ tracking, acme }) => {
      const to = (addresses: readonly string[]) =>
        addresses.map((forwardPath, index) => ({ index, forwardPath, explanation: [], facts: {} }))
      const crowd = Array.from({ length: 99 }, (_, at) => `user${at}@acme.example`)
      const all = [
        accepted(acme.tenantId, { recipients: to(['Jos\u00e9@acme.example']) }),
        accepted(acme.tenantId, { recipients: to([...crowd, 'jos\u00e9@acme.example']) }),
        accepted(acme.tenantId, { recipients: to(['jose@acme.example']) }),
        accepted(acme.tenantId, { author: 'jos\u00e9@acme.example', recipients: to(['ben@acme.example']) }),
      ]
      await tracking.take(batchOf(all))
      const many = Array.from({ length: 300 }, (_, at) => `alias${at}@acme.example`)
      const idsOf = async (query: object) =>
        new Set((await tracking.listMessages(acme, { limit: 50, ...query })).items.map(({ id }) => id))
      const person = [...many, 'jos\u00e9@acme.example']
      assert.deepEqual(await idsOf({ person }), new Set([all[0]!.id, all[1]!.id, all[3]!.id]))
      const recipient = 'Jos\u00e9@acme.example'
      // Who searches finds marks or none alike.
      assert.deepEqual(await idsOf({ recipient }), new Set([all[0]!.id, all[1]!.id, all[2]!.id]))
      assert.deepEqual(await idsOf({ sender: recipient }), new Set([all[3]!.id]))
    }),
)

testOnBoth('what a stranger writes stops no reports: NUL, and half of a pair', (place) =>
  withTracking(place, async ({ tracking, acme }) => {
    const recipients = ['anna@acme.example', 'ben@acme.example'].map((forwardPath, index) => {
      return { index, forwardPath, explanation: [], facts: {} }
    })
    const strange = accepted(acme.tenantId, {
      subject: 'a\0b \ud83d',
      messageIdField: '<\0@x.example>',
      recipients,
    })
    const other = accepted(acme.tenantId, { subject: 'budget', recipients })
    assert.equal((await tracking.take(batchOf([strange, other]))).acknowledged, 2)
    const { items } = await tracking.listMessages(acme, { limit: 9, person: ['ben@acme.example'] })
    assert.deepEqual(items.map(({ subject }) => subject).toSorted(), ['a\ufffdb \ufffd', 'budget'])
    assert.equal((await tracking.getMessage(acme, strange.id)).subject, 'a\ufffdb \ufffd')
  }),
)
