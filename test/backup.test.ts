// What stands against a backup or a restore is said before anything is written, and what tracking knows as
// done is not sent again.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { BackupManifest, BackupState } from '@gatepost/contract/operations.ts'
import { CommandFailed } from '@gatepost/server/cli/command.ts'
import { restoreBackup } from '@gatepost/server/cli/restore.ts'
import { type BackupDeps, createBackups } from '@gatepost/server/control/backup/backup.ts'
import { dayName, dayOfId } from '@gatepost/server/control/tracking/days.ts'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { systemClock } from '@gatepost/server/platform/clock.ts'
import { SCHEMA_VERSION } from '@gatepost/server/spool/database.ts'
import { openSpool } from '@gatepost/server/spool/open.ts'
import { acceptedOf, contentOf, envelopeOf } from '@gatepost/server/spool/spool.fixture.ts'
import { sqliteDay } from '@gatepost/server/store/tracking-schema.ts'
import { createEdgeBackup } from '@gatepost/server/supervisor/edge-backup.ts'

type Story = {
  readonly data: string
  readonly backup: string
  /** Backs up `data` with the edges given; resolves with the end state. */
  run(
    link: BackupDeps['link'],
    input?: { folder?: string; withKeys?: boolean; masterKeyFile?: string },
  ): Promise<BackupState>
}

async function withFolders(work: (story: Story) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'gatepost-backup-'))
  const [data, backup] = [join(root, 'data'), join(root, 'backup')]
  for (const name of ['tracking', 'keys']) mkdirSync(join(data, name), { recursive: true })
  writeFileSync(join(data, 'keys/self.key'), 'a key')
  const control = new DatabaseSync(join(data, 'control.db'))
  control.exec('pragma journal_mode = wal; create table t (x); insert into t values (1)')
  const run: Story['run'] = async (link, input = {}) => {
    const { folder = backup, withKeys = false, masterKeyFile = null } = input
    const backups = createBackups({
      link,
      clock: systemClock,
      emit: silentEmit,
      config: { data, database: null, masterKeyFile },
      archive: { keepingAll: (work) => work(), chainKeyOf: async () => null },
      node: 'vm',
      workers: 1,
      version: '0.1.0',
      spoolSchema: SCHEMA_VERSION,
    })
    let state = backups.start({ folder, withKeys })
    assert.throws(() => backups.start({ folder: `${folder}-2`, withKeys }), /is running/)
    while (state.state === 'running') {
      await systemClock.sleep(20)
      state = backups.get(state.id)
    }
    return state
  }
  try {
    await work({ data, backup, run })
  } finally {
    control.close()
    rmSync(root, { recursive: true, force: true })
  }
}

const noMail: BackupDeps['link'] = { orderFor: async () => ({ kind: 'backup', isDone: true, messages: 0 }) }

test('a folder that cannot be used is refused with the reason', async () => {
  await withFolders(async ({ data, backup, run }) => {
    mkdirSync(backup)
    writeFileSync(join(backup, 'x'), '')
    const cases = [
      [backup, /is not empty\. Choose a new folder/],
      [data, /outside the data folder/],
      [join(data, 'backups'), /outside the data folder/],
      ['backups', /full path/],
      [join(backup, 'x', 'y'), /cannot be used/],
    ] as const
    for (const [folder, why] of cases) await assert.rejects(run(noMail, { folder }), why)
  })
})

test('an edge that fails makes no backup: there is no manifest', async () => {
  await withFolders(async ({ backup, run }) => {
    const failed = await run({ orderFor: async () => ({ kind: 'failed', why: 'no space left' }) })
    assert.deepEqual([failed.state, failed.why], ['failed', 'Edge worker 0: no space left.'])
    assert.equal(existsSync(join(backup, 'manifest.json')), false)
  })
})

test('keys are left out unless they are asked for, and nobody else may read a backup', async () => {
  await withFolders(async ({ backup, run }) => {
    await run(noMail)
    assert.deepEqual(readdirSync(backup).sort(), ['control.db', 'manifest.json'])
    const folder = `${backup}-with-keys`
    const { state, files } = await run(noMail, { folder, withKeys: true })
    assert.deepEqual([state, files], ['done', 2])
    assert.equal(readFileSync(join(folder, 'keys/self.key'), 'utf8'), 'a key')
  })
})

test('what a restore would refuse is left out: what an editor leaves beside the keys', async () => {
  await withFolders(async ({ backup, data, run }) => {
    for (const name of ['master.key~', '.master.key.swp', 'old keys.txt']) {
      writeFileSync(join(data, 'keys', name), 'left over')
    }
    const { state, why } = await run(noMail, { withKeys: true })
    assert.deepEqual([state, why], ['done', null])
    assert.deepEqual(readdirSync(join(backup, 'keys')), ['self.key'])
    const into = `${data}-new`
    restoreBackup({ folder: backup, data: into, resend: false, database: 'sqlite', now: 0 })
    assert.deepEqual(readdirSync(join(into, 'keys')), ['self.key'])
  })
})

test('folders at the root of the archive’s disk that are not ours are left out', async () => {
  await withFolders(async ({ backup, data, run }) => {
    const content = join(data, 'archive', 'content')
    for (const name of ['lost+found', 'ten_1/packs', 'ten_1/.nfs']) {
      mkdirSync(join(content, name), { recursive: true })
      writeFileSync(join(content, name, '00000001.pack'), 'sealed')
    }
    assert.equal((await run(noMail)).state, 'done')
    assert.deepEqual(readdirSync(join(backup, 'archive', 'content')), ['ten_1'])
    assert.deepEqual(readdirSync(join(backup, 'archive', 'content', 'ten_1')), ['packs'])
  })
})

test('with the keys goes the master key, wherever the configuration says that it stands', async () => {
  await withFolders(async ({ backup, data, run }) => {
    const masterKeyFile = `${data}.key`
    writeFileSync(masterKeyFile, 'the master key')
    await run(noMail, { withKeys: true, masterKeyFile })
    assert.equal(readFileSync(join(backup, 'keys/master.key'), 'utf8'), 'the master key')
  })
})

function edit(backup: string, change: (manifest: BackupManifest) => object): void {
  const path = join(backup, 'manifest.json')
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))))
}

test('a restore refuses what is newer, what is not ours, and the wrong kind of database', async () => {
  await withFolders(async ({ backup, data, run }) => {
    await run(noMail)
    const good = readFileSync(join(backup, 'manifest.json'))
    const into = `${data}-new`
    const restore = (database: BackupManifest['database'] = 'sqlite') =>
      restoreBackup({ folder: backup, data: into, resend: false, database, now: 0 })
    const refused = (why: RegExp, database?: BackupManifest['database']): void => {
      assert.throws(
        () => restore(database),
        (error: Error) => {
          assert.ok(error instanceof CommandFailed)
          assert.match(error.message, why)
          return true
        },
      )
      assert.deepEqual(existsSync(into) ? readdirSync(into) : [], [])
      writeFileSync(join(backup, 'manifest.json'), good)
    }
    refused(/GATEPOST_DATABASE names PostgreSQL: unset it/, 'postgresql')
    for (const part of ['control', 'spool', 'tracking']) {
      edit(backup, ({ schema, ...rest }) => ({
        ...rest,
        gatepost: '9.0.0',
        schema: { ...schema, [part]: 99 },
      }))
      refused(/made by Gatepost 9\.0\.0, which is newer than this one/)
    }
    edit(backup, () => ({ format: 99, gatepost: '9.0.0', parts: [] }))
    refused(/made by Gatepost 9\.0\.0, which is newer than this one/)
    edit(backup, (manifest) => ({ ...manifest, database: 'postgresql' }))
    refused(/set GATEPOST_DATABASE first/)
    edit(backup, (manifest) => ({ ...manifest, files: [{ ...manifest.files[0], path: '../outside' }] }))
    refused(/cannot be read/)
    edit(backup, ({ files, ...rest }) => ({
      ...rest,
      files: [...files, { ...files[0], path: 'spool/9.db' }],
    }))
    refused(/The restore failed, and .+ is empty again/)
    const { spools } = restore()
    assert.deepEqual(spools, { messages: 0, held: 0, queued: 0, settled: 0 })
    assert.deepEqual(readdirSync(into).sort(), ['control.db', 'spool'])
  })
})

test('a message that tracking knows as delivered is not sent again, even by --resend', async () => {
  await withFolders(async ({ backup, data, run }) => {
    const spool = await openSpool(join(data, 'spool'), 0, { clock: systemClock, emit: silentEmit })
    const envelopes = [envelopeOf(), envelopeOf()]
    for (const one of envelopes) await spool.commitMessage(one, contentOf(), acceptedOf(one))
    const [delivered, waiting] = envelopes
    const day = new DatabaseSync(join(data, 'tracking', `${dayName(dayOfId(delivered!.id)!)}.db`))
    day.exec(sqliteDay)
    day
      .prepare(`insert into tracking_message (day, id, tenant_id, at, status, recipient_count, reason, count, node,
        slot, statuses, body) values (0, ?, 'ten_1', 0, 'delivered', 1, '', 1, 'vm', 0, 'd', '{}')`)
      .run(delivered!.id)
    day.close()
    const carry = createEdgeBackup([spool], systemClock)
    const { state, messages } = await run({
      orderFor: async (_place, order) => carry(order as Parameters<typeof carry>[0]),
    })
    assert.deepEqual([state, messages], ['done', 2])
    await spool.close()
    const into = `${data}-new`
    const { spools } = restoreBackup({ folder: backup, data: into, resend: true, database: 'sqlite', now: 0 })
    assert.deepEqual(spools, { messages: 1, held: 0, queued: 1, settled: 1 })
    const restored = await openSpool(join(into, 'spool'), 0, { clock: systemClock, emit: silentEmit })
    const due = await restored.due(Date.now() + 1000, 10, new Set())
    assert.deepEqual(
      due.map(({ envelope }) => envelope.id),
      [waiting!.id],
    )
    await restored.close()
  })
})
