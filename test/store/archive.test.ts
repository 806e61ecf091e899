// The archive's settings, rules, holds, heads and hours over SQLite and PostgreSQL; entries stand in files
// either way.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Archive } from '@gatepost/server/control/archive/archive.ts'
import { addHold, listHolds, releaseHold } from '@gatepost/server/control/archive/hold.ts'
import { applyArchiveRetention, retentionOf } from '@gatepost/server/control/archive/nightly.ts'
import { addRule, getArchive, setArchive } from '@gatepost/server/control/archive/settings.ts'
import { silenceOf } from '@gatepost/server/control/archive/silence.ts'
import { journalHours, settingOf } from '@gatepost/server/control/archive/store.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, withStore } from './fixtures.ts'

testOnBoth('the archive of one organisation, its settings in this database', (place) =>
  withStore(place, async (base, clock) => {
    const folder = await mkdtemp(join(tmpdir(), 'gatepost-archive-'))
    const archive = new Archive({
      ...base,
      clock,
      dataFolder: folder,
      content: { kind: 'files', folder: join(folder, 'content') },
    })
    try {
      const deps = { ...base, archive }
      const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const other = await addOrganisation(deps.store, 'Other', 'other.example')
      const { tenantId } = scope
      const on = await setArchive(
        scope,
        { input: { enabled: true, journalEnabled: true }, ifMatch: null },
        deps,
      )
      await assert.rejects(setArchive(scope, { input: { enabled: false }, ifMatch: on.revision + 5 }, deps), {
        problemName: 'changed-meanwhile',
      })
      assert.equal((await settingOf(deps.store.db, other.tenantId)) === null, true)
      for (const [at, as] of (['gateway', 'journal', 'journal'] as const).entries()) {
        const content = Buffer.from(
          `From: a@b.example\r\nTo: ann@acme.example\r\nSubject: ${at}\r\n\r\n${at}\r\n`,
        )
        const meta = {
          delivery: `msg_${at}`,
          tenantId,
          as,
          direction: 'inbound',
          reversePath: null,
          forwardPaths: ['ann@acme.example'],
          isHeld: false,
          receivedAt: clock.now(),
          size: content.length,
        } as const
        await archive.take(meta, once(content))
        clock.add(3_600_000)
      }
      await archive.flush()
      const hours = await journalHours(deps.store.db, tenantId, 0)
      assert.deepEqual(
        hours.map(({ reports, flagged }) => [reports, flagged]),
        [[2, 2]],
      )
      assert.equal(silenceOf(hours, { now: clock.now(), minutes: 240 }).isSilent, false)
      assert.equal((await settingOf(deps.store.db, tenantId))?.head_seq, 3)
      await addRule(scope, { kind: 'domain', value: 'ACME.example', days: 365 }, deps)
      const hold = await addHold(
        scope,
        { name: 'Case', reason: 'case 7', query: { person: '@acme.example' } },
        deps,
      )
      assert.deepEqual(await retentionOf(deps, tenantId), {
        days: null,
        rules: [{ kind: 'domain', value: 'acme.example', days: 365 }],
        holds: [{ person: '@acme.example' }],
      })
      clock.add(400 * 86_400_000)
      assert.equal(await applyArchiveRetention(deps), 0, 'the hold keeps them')
      await releaseHold(scope, hold.id, deps)
      assert.equal(await applyArchiveRetention(deps), 3)
      assert.equal((await getArchive(scope, deps)).entries, 0)
      assert.equal((await listHolds(scope, deps)).items[0]?.endedBy, scope.actor.name)
    } finally {
      await archive.close()
      await rm(folder, { recursive: true, force: true })
    }
  }),
)

async function* once(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets
}
