// Auto allow at control: entries made, renewed, left to a person's word, suspended and swept (S4).
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { managedSenderId, managedSenderKey } from '#link/managed-sender.ts'
import type { AcceptedReport } from '#link/reports.ts'
import type { Store } from '#store/open.ts'
import { addOrganisation, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import { createPublishingStore } from '../publishing/store.ts'
import type { Scope } from '../scope.ts'
import { getAutoAllow, setAutoAllow, sweepAutoAllow } from './auto-allow.ts'
import { keepCorrespondence } from './correspondence.ts'
import { type CorrespondenceNotes, correspondenceIn, digestOfMessageId } from './correspondence-notes.ts'
import { addSenders, listSenders } from './sender.ts'

const DAY = 86_400_000
const ANN = 'ann@acme.example'

async function withAcme(
  work: (deps: Deps, scope: Scope, clock: { now(): number; add(ms: number): void }) => Promise<void>,
) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'gatepost-allow-'))
  try {
    await withStore({ database: null, dataFolder }, async (deps, clock) => {
      await work(deps, await addOrganisation(deps.store, 'Acme', 'acme.example'), clock)
    })
  } finally {
    await rm(dataFolder, { recursive: true })
  }
}

/** Nobody listed Ann, so her entries wait for her: mail to her meets them all the same. */
const NOTHING: CorrespondenceNotes = { made: [], bad: [], held: [] }

function wrote(
  scope: Scope,
  to: readonly string[],
  more: { at?: number; user?: string; answers?: readonly string[] } = {},
): CorrespondenceNotes {
  const { at = START, user = ANN, answers = [] } = more
  const note = {
    tenantId: scope.tenantId,
    at,
    messageId: 'msg_1',
    user,
    to,
    answers: answers.map(digestOfMessageId),
  }
  return { ...NOTHING, made: [note] }
}

const entries = async (deps: Deps, scope: Scope) =>
  (await listSenders(scope, { limit: 50 }, deps)).items.map(({ sender, source, action, state }) => [
    sender,
    source,
    action,
    state,
  ])

/** What edges are told, by key, the newest last. */
async function fed(store: Store): Promise<ReadonlyMap<string, unknown>> {
  const items = await createPublishingStore(store).feed(0, 1_000)
  return new Map(items.filter(({ list }) => list === 'managed-sender').map(({ key, value }) => [key, value]))
}

test('who is written to is permitted for 120 days, for the one who wrote; use renews it', async () => {
  await withAcme(async (deps, scope, clock) => {
    await keepCorrespondence(wrote(scope, ['bob@far.example']), deps)
    assert.deepEqual(await entries(deps, scope), [['bob@far.example', 'auto-allow', 'permit', 'waiting']])
    const [entry] = (await listSenders(scope, { limit: 1 }, deps)).items
    assert.equal(entry?.expiresAt, START + 120 * DAY)
    assert.equal(entry?.messageId, 'msg_1')
    assert.deepEqual((await fed(deps.store)).get(managedSenderKey(ANN, 'bob@far.example')), [
      'p',
      'a',
      0,
      START + 120 * DAY,
    ])
    clock.add(100 * DAY)
    await keepCorrespondence(wrote(scope, ['bob@far.example'], { at: clock.now() }), deps)
    assert.equal((await listSenders(scope, { limit: 1 }, deps)).items[0]?.expiresAt, clock.now() + 120 * DAY)
    clock.add(119 * DAY)
    assert.equal(await sweepAutoAllow(deps.store, clock.now()), false)
    clock.add(2 * DAY)
    assert.equal(await sweepAutoAllow(deps.store, clock.now()), true)
    assert.deepEqual(await entries(deps, scope), [])
    assert.equal((await fed(deps.store)).get(managedSenderKey(ANN, 'bob@far.example')), null)
  })
})

test('never our own domains, nor users of domains that are not ours', async () => {
  await withAcme(async (deps, scope) => {
    await keepCorrespondence(wrote(scope, ['eve@acme.example', 'eve@sub.acme.example']), deps)
    await keepCorrespondence(wrote(scope, ['bob@far.example'], { user: 'who@elsewhere.example' }), deps)
    assert.deepEqual(await entries(deps, scope), [])
  })
})

test('what a person said of a sender stands, and edges are told so', async () => {
  await withAcme(async (deps, scope) => {
    const by = {
      user: ANN,
      action: 'block',
      onlyIfAuthenticated: false,
      comment: '',
      expiresAt: null,
    } as const
    await addSenders(scope, { ...by, senders: ['bob@far.example'] }, deps)
    await keepCorrespondence(wrote(scope, ['bob@far.example']), deps)
    assert.deepEqual(await entries(deps, scope), [['bob@far.example', 'manual', 'block', 'waiting']])
    assert.deepEqual((await fed(deps.store)).get(managedSenderKey(ANN, 'bob@far.example')), ['b', 'm'])
  })
})

test('an answer to held mail permits nobody, and takes back what an edge wrote ahead', async () => {
  await withAcme(async (deps, scope) => {
    const held = { tenantId: scope.tenantId, at: START, digest: digestOfMessageId('<spam@far.example>') }
    await keepCorrespondence({ ...NOTHING, held: [held] }, deps)
    await keepCorrespondence(wrote(scope, ['bob@far.example'], { answers: ['spam@far.example'] }), deps)
    assert.deepEqual(await entries(deps, scope), [])
    assert.equal((await fed(deps.store)).get(managedSenderKey(ANN, 'bob@far.example')), null)
    await keepCorrespondence(wrote(scope, ['bob@far.example'], { answers: ['other@far.example'] }), deps)
    assert.equal((await entries(deps, scope)).length, 1)
  })
})

test('something bad suspends the entry; writing to the sender again brings it back', async () => {
  await withAcme(async (deps, scope, clock) => {
    await keepCorrespondence(wrote(scope, ['bob@far.example']), deps)
    const report = answerHeldBy(scope, 'spam')
    const found = correspondenceIn(report)
    assert.equal(found?.bad?.length, 1)
    await keepCorrespondence({ ...NOTHING, ...found }, deps)
    assert.deepEqual(await entries(deps, scope), [['bob@far.example', 'auto-allow', 'permit', 'suspended']])
    assert.equal((await fed(deps.store)).get(managedSenderKey(ANN, 'bob@far.example')), null)
    assert.equal((await getAutoAllow(scope, deps)).suspended, 1)
    const filled = await createPublishingStore(deps.store).fill('', 100)
    assert.equal(filled.items.length, 0)
    clock.add(DAY)
    await keepCorrespondence(wrote(scope, ['bob@far.example'], { at: clock.now() }), deps)
    assert.deepEqual(await entries(deps, scope), [['bob@far.example', 'auto-allow', 'permit', 'waiting']])
  })
})

test('a hold that says nothing of the content suspends nobody: anybody could forge it', () => {
  const scope = { tenantId: 'ten_1', actor: { kind: 'system', name: 'x' }, from: 'internal' } as const
  assert.deepEqual(correspondenceIn(answerHeldBy(scope, 'display-name'))?.bad, [])
})

test('what is worse than held is refused, and suspends the entry as well', () => {
  const scope = { tenantId: 'ten_1', actor: { kind: 'system', name: 'x' }, from: 'internal' } as const
  const { explanation, recipients, ...rest } = answerHeldBy(scope, 'virus')
  const steps = explanation.map((one) =>
    one.kind === 'hold' ? { ...one, kind: 'reject' as const, because: 'virus-refused' as const } : one,
  )
  const refused = (outcome: 'refused' | 'deferred') =>
    correspondenceIn({
      ...rest,
      kind: 'refused',
      outcome,
      client: { ip: '192.0.2.1', name: null, helo: 'x', tls: null },
      forwardPath: ANN,
      reply: { code: 554, status: '5.7.1', text: '' },
      explanation: steps,
      facts: recipients[0]!.facts,
      count: 1,
    })
  assert.deepEqual(refused('refused')?.bad, [
    { tenantId: 'ten_1', at: START, messageId: 'msg_2', id: managedSenderId(ANN, 'bob@far.example') },
  ])
  assert.equal(refused('deferred'), null)
})

test('switched off, nothing is made; the setting tells what there is', async () => {
  await withAcme(async (deps, scope) => {
    assert.deepEqual(await getAutoAllow(scope, deps), {
      enabled: true,
      days: 120,
      samplePercent: 5,
      entries: 0,
      suspended: 0,
      ending: 0,
      exclusions: 0,
      revision: 0,
    })
    await setAutoAllow(scope, { enabled: false, days: 30, samplePercent: 0, expected: 0 }, deps)
    await keepCorrespondence(wrote(scope, ['bob@far.example']), deps)
    assert.deepEqual(await entries(deps, scope), [])
    await assert.rejects(
      setAutoAllow(scope, { enabled: true, days: 30, samplePercent: 0, expected: 0 }, deps),
      {
        problemName: 'changed-meanwhile',
      },
    )
  })
})

test('ten thousand recipients at once, and the sweep takes them away in parts', {
  timeout: 240_000,
}, async () => {
  await withAcme(async (deps, scope, clock) => {
    const to = Array.from({ length: 10_000 }, (_, at) => `p${at}@far.example`)
    const startedAt = performance.now()
    await keepCorrespondence(wrote(scope, to), deps)
    assert.ok(performance.now() - startedAt < 20_000)
    assert.equal((await getAutoAllow(scope, deps)).entries, 10_000)
    clock.add(121 * DAY)
    let parts = 0
    while (await sweepAutoAllow(deps.store, clock.now())) parts += 1
    assert.equal(parts, 5)
    assert.equal((await getAutoAllow(scope, deps)).entries, 0)
  })
})

function answerHeldBy(scope: Scope, policy: string): AcceptedReport {
  const permit = {
    id: managedSenderId(ANN, 'bob@far.example'),
    sender: 'bob@far.example',
    source: 'auto-allow',
    onlyIfAuthenticated: false,
  } as const
  const step = (name: string, kind: string, because: string) =>
    ({ policy: name, stage: 'message', kind, because, saw: '' }) as AcceptedReport['explanation'][number]
  return {
    kind: 'accepted',
    id: 'msg_2',
    at: START,
    tenantId: scope.tenantId,
    direction: 'inbound',
    origin: 'smtp',
    client: null,
    reversePath: 'bob@far.example',
    author: 'bob@far.example',
    subject: 'Re',
    messageIdField: '<re@far.example>',
    size: 1,
    recipients: [
      {
        index: 0,
        forwardPath: ANN,
        explanation: [step('permitted-senders', 'waive', 'permitted-by-auto-allow')],
        facts: { managedSender: { kind: 'known', value: { permit, block: null } } },
        held: 'by-policy',
      },
    ],
    explanation: [
      step('permitted-senders-header', 'continue', 'auto-allow-sampled'),
      step(policy, 'hold', 'bad'),
    ],
    facts: {},
    verdict: 'hold',
    settingsRevision: 1,
  }
}
