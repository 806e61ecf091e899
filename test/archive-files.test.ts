// The archive's files under what happens to files: a kill at any moment, a changed octet, removal, a backup
// and its restore, contents of an earlier release, a disk that takes nothing.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { restoreBackup } from '@gatepost/server/cli/restore.ts'
import { archiveSource } from '@gatepost/server/control/alert/sources/archive.ts'
import type { SourceDeps } from '@gatepost/server/control/alert/sources/source.ts'
import { addHold, listHolds, releaseHold } from '@gatepost/server/control/archive/hold.ts'
import { applyArchiveRetention } from '@gatepost/server/control/archive/nightly.ts'
import { listChecks, startCheck } from '@gatepost/server/control/archive/proof.ts'
import { setArchive } from '@gatepost/server/control/archive/settings.ts'
import { createBackups } from '@gatepost/server/control/backup/backup.ts'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { contentFiles, type Opened, openPlace, put, subjects, verify, withArchive } from './archive/place.ts'

const DAY_MS = 86_400_000
const CHILD = new URL('./archive/fill.ts', import.meta.url).pathname

async function inFolder(work: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'gatepost-archive-files-'))
  try {
    await work(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function within<T>(data: string, work: (place: Opened) => Promise<T>): Promise<T> {
  const place = await openPlace(data)
  try {
    return await work(place)
  } finally {
    await place.close()
  }
}

/** Runs the filling process and kills it once it acknowledged so many; resolves with all it acknowledged. */
function fillAndKill(args: readonly string[], after: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length > after) child.kill('SIGKILL')
  })
  // The last line may be cut by the kill: what was not said was not acknowledged.
  return new Promise((resolve) => child.once('close', () => resolve(said.split('\n').slice(0, -1))))
}

test('what was acknowledged is there, found and whole after kill -9', { timeout: 240_000 }, () =>
  inFolder(async (data) => {
    const { tenantId } = await within(data, withArchive)
    const acknowledged: string[] = []
    // In the first batch, and in the middle of many.
    for (const [round, after] of [1, 200].entries()) {
      acknowledged.push(...(await fillAndKill([data, tenantId, String(round)], after)))
    }
    await within(data, async (place) => {
      const found = new Set(await subjects(place, tenantId))
      assert.deepEqual(
        acknowledged.filter((name) => !found.has(name)),
        [],
      )
      const last = acknowledged.at(-1)!
      assert.deepEqual(await subjects(place, tenantId, `words ${last}`), [last], 'its words are found too')
      const { faults, contents } = await verify(place, tenantId)
      assert.deepEqual(faults, [])
      assert.equal(contents, found.size)
      await put(place, tenantId, { name: 'after' })
      assert.deepEqual((await verify(place, tenantId)).faults, [], 'and it goes on behind them')
    })
  }),
)

test('one changed octet of a pack is found, with its message and its place', { timeout: 120_000 }, () =>
  inFolder(async (data) => {
    await within(data, async (place) => {
      const { tenantId } = await withArchive(place)
      for (const name of ['one', 'two', 'three']) await put(place, tenantId, { name })
      const [pack] = contentFiles(data)
      const good = readFileSync(pack!)
      const second = good.indexOf('GPP1', 4)
      const third = good.indexOf('GPP1', second + 4)
      // In the header of a content, in its salt, and in its last octets.
      for (const at of [second + 10, second + 50, third - 1]) {
        const octets = Buffer.from(good)
        octets[at]! ^= 1
        writeFileSync(pack!, octets)
        const { faults } = await verify(place, tenantId)
        assert.deepEqual(
          faults.map(({ kind, seq }) => [kind, seq]),
          [['content-changed', 2]],
          `octet ${at}`,
        )
        const where = `(message ${faults[0]!.id}, pack 1, octets ${second} to ${third - 1})`
        assert.ok(faults[0]!.saw.endsWith(where), faults[0]!.saw)
      }
      writeFileSync(pack!, good)
      assert.deepEqual((await verify(place, tenantId)).faults, [])
    })
  }),
)

test('case 53: hash chain, legal hold and retention after a restore', { timeout: 120_000 }, () =>
  inFolder(async (root) => {
    const [data, backup, restored] = ['data', 'backup', 'restored'].map((name) => join(root, name))
    const scope = await within(data!, async (place) => {
      const scope = await withArchive(place)
      const { tenantId } = scope
      for (const name of ['kept', 'held', 'over']) {
        await put(place, tenantId, { name, at: Date.now() - (name === 'kept' ? 0 : 400 * DAY_MS) })
      }
      await put(place, tenantId, { name: 'large', octets: 5_000_000 })
      await setArchive(scope, { input: { days: 90 }, ifMatch: null }, place)
      await addHold(scope, { name: 'Inquiry', reason: 'case 53', query: { text: 'held' } }, place)
      assert.equal((await backUp(place, backup!)).state, 'done')
      await put(place, tenantId, { name: 'later' })
      return scope
    })
    const { tenantId } = scope
    restoreBackup({ folder: backup!, data: restored!, resend: false, database: 'sqlite', now: Date.now() })
    await within(restored!, async (place) => {
      assert.deepEqual((await subjects(place, tenantId)).sort(), ['held', 'kept', 'large', 'over'])
      const checked = await verify(place, tenantId)
      assert.deepEqual([checked.faults, checked.contents], [[], 4])
      assert.equal(await applyArchiveRetention(place), 1)
      assert.deepEqual((await subjects(place, tenantId)).sort(), ['held', 'kept', 'large'])
      await put(place, tenantId, { name: 'new' })
      const { items } = await listHolds(scope, place)
      await releaseHold(scope, items[0]!.id, place)
      assert.equal(await applyArchiveRetention(place), 1)
      assert.deepEqual((await verify(place, tenantId)).faults, [])
    })
  }),
)

test('a database that was dumped after the archive was copied is no fault after a restore', () =>
  inFolder(async (root) => {
    const [data, backup, restored] = ['data', 'backup', 'restored'].map((name) => join(root, name))
    const scope = await within(data!, async (place) => {
      const scope = await withArchive(place)
      await put(place, scope.tenantId, { name: 'first' })
      await backUp(place, backup!)
      return scope
    })
    const { tenantId } = scope
    restoreBackup({ folder: backup!, data: restored!, resend: false, database: 'sqlite', now: Date.now() })
    const end = join(restored!, 'archive', 'index', tenantId, 'end.json')
    await within(restored!, async (place) => {
      const head = { head_seq: 4, head_hash: 'of a record that only the database knows' }
      await place.store.db
        .updateTable('archive_setting')
        .set(head)
        .where('tenant_id', '=', tenantId)
        .execute()
      const told = readFileSync(end, 'utf8')
      writeFileSync(end, told.replace('"seq":1', '"seq":2'))
      assert.deepEqual(
        await checked(scope, place),
        ['failed', ['end-missing']],
        'nobody else writes such a file',
      )
      writeFileSync(end, told)
      assert.deepEqual(await checked(scope, place), ['passed', ['newer-than-backup']])
      assert.equal(existsSync(end), false, 'said once')
      await put(place, tenantId, { name: 'second' })
      assert.deepEqual(await checked(scope, place), ['passed', []])
    })
  }))

/** Verifies as the page does: state and kinds of what was told. */
async function checked(scope: Scope, place: Opened): Promise<readonly [string, readonly string[]]> {
  const { id } = await startCheck(scope, place)
  for (;;) {
    const { items } = await listChecks(scope, place)
    const one = items.find((check) => check.id === id)!
    if (one.state !== 'running') return [one.state, one.faults.map(({ kind }) => kind)]
    await place.clock.sleep(20)
  }
}

test('what is removed is gone from the disk, and the rest of its pack stays', { timeout: 120_000 }, () =>
  inFolder(async (data) => {
    await within(data, async (place) => {
      const scope = await withArchive(place)
      const { tenantId } = scope
      for (let at = 0; at < 6; at += 1) {
        await put(place, tenantId, { name: `n${at}`, at: Date.now() - (at % 2) * 400 * DAY_MS })
      }
      const asked = { query: {}, limit: 10, cursor: null, withSnippets: false }
      const entries = (await place.archive.search(tenantId, asked)).found.map(({ entry }) => entry)
      await setArchive(scope, { input: { days: 90 }, ifMatch: null }, place)
      assert.equal(await applyArchiveRetention(place), 3)
      const octets = Buffer.concat(contentFiles(data).map((file) => readFileSync(file)))
      for (const { subject, digest } of entries) {
        const isOld = Number(subject.slice(1)) % 2 === 1
        assert.equal(octets.includes(Buffer.from(digest, 'hex')), !isOld, subject)
      }
      assert.deepEqual((await verify(place, tenantId)).faults, [])
      await put(place, tenantId, { name: 'more' })
      assert.equal((await subjects(place, tenantId)).length, 4)
    })
  }),
)

test('contents that an earlier release kept as single files are read, checked and removed', () =>
  inFolder(async (data) => {
    const scope = await within(data, async (place) => {
      const scope = await withArchive(place)
      await put(place, scope.tenantId, { name: 'old', at: Date.now() - 400 * DAY_MS })
      return scope
    })
    const { tenantId } = scope
    const [pack] = contentFiles(data)
    const octets = readFileSync(pack!)
    const digest = octets.subarray(8, 40).toString('hex')
    const single = join(dirname(dirname(pack!)), digest.slice(0, 2), digest.slice(2, 4), digest)
    mkdirSync(dirname(single), { recursive: true })
    writeFileSync(single, octets.subarray(40))
    rmSync(pack!)
    const places = new DatabaseSync(join(data, 'archive', 'index', tenantId, 'places.db'))
    places.exec('delete from place; delete from pack')
    places.close()
    await within(data, async (place) => {
      assert.deepEqual((await verify(place, tenantId)).faults, [])
      assert.match((await place.archive.show(tenantId, digest)).text ?? '', /words of old/)
      await setArchive(scope, { input: { days: 90 }, ifMatch: null }, place)
      assert.equal(await applyArchiveRetention(place), 1)
      assert.deepEqual(contentFiles(data), [])
    })
  }))

test('an archive that takes nothing is told, and no more once it does', () =>
  inFolder(async (data) => {
    await within(data, async (place) => {
      const { tenantId } = await withArchive(place)
      const told = async () => {
        const { wrong } = await archiveSource.look(place as unknown as SourceDeps, Date.now())
        return wrong.map(({ kind, severity }) => [kind, severity])
      }
      assert.deepEqual(await told(), [])
      // A file where the folder should be: as good as a disk that is full, also for root.
      mkdirSync(join(data, 'archive'), { recursive: true })
      writeFileSync(join(data, 'archive', 'content'), '')
      await assert.rejects(put(place, tenantId, { name: 'lost' }))
      assert.deepEqual(await told(), [['archive-failing', 'critical']])
      rmSync(join(data, 'archive', 'content'))
      await put(place, tenantId, { name: 'lost' })
      assert.deepEqual(await told(), [])
      assert.deepEqual(await subjects(place, tenantId), ['lost'])
    })
  }))

async function backUp({ clock, emit, config, archive }: Opened, folder: string) {
  const backups = createBackups({
    link: { orderFor: async () => ({ kind: 'backup', isDone: true, messages: 0 }) },
    clock,
    emit,
    config,
    archive,
    node: 'vm',
    workers: 1,
    version: '0.1.0',
    spoolSchema: 1,
  })
  let state = backups.start({ folder, withKeys: true })
  while (state.state === 'running') {
    await clock.sleep(20)
    state = backups.get(state.id)
  }
  return state
}
