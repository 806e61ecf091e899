// Collections inside the gateway over both databases: our own log, ticks, the way to the import, stops and
// restarts.
import assert from 'node:assert/strict'
import { SourceFault } from '@gatepost/contacts/source.ts'
import type { ContactRun } from '@gatepost/contract/contacts.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import type { Scope } from '../scope.ts'
import { commitSenders } from '../sender/import.ts'
import type { LetterPage, OutboundLetter } from '../tracking/outbound-letters.ts'
import {
  exportPairs,
  getRun,
  listPairs,
  listRuns,
  previewPairs,
  removeRun,
  resumeRun,
  startRun,
  stopRun,
  tickPairs,
} from './contacts.ts'
import type { ContactDeps } from './deps.ts'
import { leftMsOf } from './present.ts'
import { ContactRunner } from './runner.ts'
import { splitSecret } from './settings.ts'

const DAY = Math.floor(START / 86_400_000) - 1
const letter = (n: number, change: Partial<OutboundLetter> = {}): OutboundLetter => ({
  id: `msg_${String(n).padStart(5, '0')}`,
  at: START - 86_400_000 + n,
  reversePath: 'ann@acme.example',
  author: 'ann@acme.example',
  recipients: [`p${n % 700}@oldmill.example`],
  subject: 'Hello',
  ...change,
})

/** 2,500 letters, some of which must not count. */
const LOG: readonly OutboundLetter[] = [
  ...Array.from({ length: 2_400 }, (_, n) => letter(n)),
  letter(2_400, { reversePath: null, recipients: ['spammer@spam.example'] }),
  letter(2_401, { subject: 'Automatic reply: Offer', recipients: ['spammer@spam.example'] }),
  letter(2_402, { recipients: ['no-reply@shop.example', 'ben@acme.example'] }),
  letter(2_403, { author: 'ben@acme.example', recipients: ['eve@rival.example', 'eve@sub.rival.example'] }),
  letter(2_404, { author: 'x@outside.example', reversePath: 'x@outside.example' }),
]

/** Control with a log that stops or fails when it is told. */
function collecting(deps: Deps, trouble: { at: number; kind: 'stop' | 'fail' | 'part' | 'parts' | null }) {
  let pages = 0
  const tracking = {
    days: async () => [DAY],
    async outboundLetters(_tenant: string, { after, limit }: LetterPage) {
      pages += 1
      if (trouble.kind === 'fail' && pages === trouble.at) throw new Error('the disk')
      const isGivenUp = (trouble.kind === 'part' && pages === trouble.at) || trouble.kind === 'parts'
      if (isGivenUp) throw new SourceFault({ reach: 'part', saw: 'The mailbox is moving.', remedy: '' })
      return LOG.filter(({ id }) => after === null || id > after).slice(0, limit)
    },
  }
  const needed = { ...deps, tracking } as unknown as ContactDeps
  return { ...needed, contacts: new ContactRunner(needed) }
}

async function ended(scope: Scope, id: string, deps: ReturnType<typeof collecting>): Promise<ContactRun> {
  for (;;) {
    const run = await getRun(scope, id, deps)
    if (run.state !== 'running') return run
    await new Promise((done) => setTimeout(done, 10))
  }
}

testOnBoth('our own log: counted, reviewed, imported, and removed', (place) =>
  withStore(place, async (base) => {
    const scope = await addOrganisation(base.store, 'Acme', 'acme.example')
    const deps = collecting(base, { at: 0, kind: null })
    const begun = await startRun(scope, { source: 'gateway', since: null }, deps)
    assert.equal(begun.state, 'running')
    await assert.rejects(startRun(scope, { source: 'gateway', since: null }, deps), {
      problemName: 'contacts-running',
    })
    const run = await ended(scope, begun.id, deps)
    assert.deepEqual([run.state, run.parts, run.partsDone, run.messages], ['complete', 1, 1, LOG.length])
    assert.deepEqual([run.contacts, run.robots, run.people], [702, 1, 2])
    assert.deepEqual(run.leftOut, { automatic: 2, foreign: 1, old: 0, mailing: 0 })

    const page = await listPairs(scope, { id: run.id, countMin: 4, limit: 2 }, deps)
    assert.deepEqual([page.total, page.ticked, page.items.length, page.next], [300, 300, 2, '2'])
    assert.equal(page.items[0]?.count, 4)
    const found = await listPairs(scope, { id: run.id, countMin: 1, limit: 5, search: 'EVE@' }, deps)
    assert.deepEqual(
      found.items.map(({ external }) => external),
      ['eve@rival.example', 'eve@sub.rival.example'],
    )
    const one = { user: 'ann@acme.example', external: 'p0@oldmill.example' }
    const ticks = { id: run.id, isTicked: false, pairs: [one], externals: ['@rival.example', 'a%b.example'] }
    assert.deepEqual(await tickPairs(scope, ticks, deps), { changed: 3 })

    let csv = ''
    for await (const text of await exportPairs(scope, { id: run.id, countMin: 1 }, deps)) csv += text
    assert.equal(csv.split('\r\n').length - 1, 699)
    assert.ok(!csv.includes('rival') && !csv.includes(',p0@') && !csv.includes('no-reply'))
    const [preview] = await previewPairs(scope, { id: run.id, countMin: 1 }, deps)
    assert.deepEqual([preview?.rows, preview?.added, preview?.errorCount], [699, 699, 0])
    const done = await commitSenders(scope, preview?.id ?? '', base)
    assert.equal(done.state, 'committed')
    await removeRun(scope, run.id, deps)
    assert.deepEqual((await listRuns(scope, deps)).items, [])
  }),
)

testOnBoth('a run that fails goes on where it ended; one that is interrupted goes on by itself', (place) =>
  withStore(place, async (base) => {
    const scope = await addOrganisation(base.store, 'Acme', 'acme.example')
    const failing = collecting(base, { at: 2, kind: 'fail' })
    const { id } = await startRun(scope, { source: 'gateway', since: null }, failing)
    const failed = await ended(scope, id, failing)
    assert.deepEqual([failed.state, failed.messages], ['failed', 1_000])
    assert.match(failed.trouble?.saw ?? '', /could not go on/)
    const deps = collecting(base, { at: 0, kind: null })
    await resumeRun(scope, { id, secret: null }, deps)
    const whole = await ended(scope, id, deps)
    assert.deepEqual([whole.state, whole.messages, whole.contacts], ['complete', LOG.length, 702])

    // The process ends in the middle: the row stays `running`, and the next process takes it up.
    const second = await startRun(scope, { source: 'gateway', since: null }, deps)
    await deps.contacts.close()
    assert.equal((await getRun(scope, second.id, deps)).state, 'running')
    const next = collecting(base, { at: 0, kind: null })
    await next.contacts.resumeAll()
    const again = await ended(scope, second.id, next)
    assert.deepEqual([again.state, again.messages, again.contacts], ['complete', LOG.length, 702])
    assert.equal((await stopRun(scope, second.id, next)).state, 'complete')
  }),
)

testOnBoth('what was given up untouched is tried once more at the end', (place) =>
  withStore(place, async (base) => {
    const scope = await addOrganisation(base.store, 'Acme', 'acme.example')
    const once = collecting(base, { at: 1, kind: 'part' })
    const { id } = await startRun(scope, { source: 'gateway', since: null }, once)
    const run = await ended(scope, id, once)
    assert.deepEqual([run.state, run.skipped, run.parts, run.partsDone], ['complete', 0, 1, 1])
    assert.deepEqual([run.messages, run.contacts, run.skippedParts], [LOG.length, 702, []])
    // In vain, it is named and the run is over.
    const always = collecting(base, { at: 0, kind: 'parts' })
    const second = await startRun(scope, { source: 'gateway', since: null }, always)
    const failed = await ended(scope, second.id, always)
    assert.deepEqual([failed.state, failed.skipped, failed.messages], ['complete', 1, 0])
    assert.match(failed.skippedParts[0]?.why ?? '', /moving/)
  }),
)

testOnBoth('secrets are sealed, never shown, and gone when the run is complete', (place) =>
  withStore(place, async (base) => {
    const scope = await addOrganisation(base.store, 'Acme', 'acme.example')
    const deps = collecting(base, { at: 0, kind: null })
    const fetch = { directories: { entraLogin: 'http://127.0.0.1:9', entraGraph: 'http://127.0.0.1:9' } }
    const needed = { ...deps, config: { ...base.config, ...fetch } } as typeof deps
    const stubborn = { ...needed, contacts: new ContactRunner(needed) }
    const graph = {
      source: 'graph-sent',
      since: null,
      connectorId: null,
      mailboxes: [],
      contacts: false,
      cloud: 'global',
    } as const
    const start = {
      ...graph,
      mailboxes: [],
      tenantDomain: 'acme.example',
      clientId: 'app',
      secret: 'a client secret',
    }
    const run = await startRun(scope, start, stubborn)
    const row = await base.store.db
      .selectFrom('contact_run')
      .selectAll()
      .where('tenant_id', '=', scope.tenantId)
      .executeTakeFirstOrThrow()
    assert.ok(row.secret !== null && !row.secret.includes('client secret'))
    assert.ok(!row.settings.includes('client secret') && !JSON.stringify(run).includes('client secret'))
    await removeRun(scope, run.id, stubborn)
    assert.throws(() => splitSecret({ ...start, secret: null, tenantDomain: '' }), /Name the tenant/)
    const half = { parts: 10, part_index: 2, part_seen: 5, part_total: 10, active_ms: 50_000 }
    assert.equal(leftMsOf(half), 150_000)
    assert.equal(leftMsOf({ ...half, active_ms: 10 }), null)
  }),
)
