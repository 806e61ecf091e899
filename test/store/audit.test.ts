// The audit log on both databases: nothing changes or removes an entry but retention behind a note; filters
// and export; the words to filter by.
import assert from 'node:assert/strict'
import { appendAudit, auditLook } from '@gatepost/server/control/audit/audit.ts'
import { auditWords, exportAudit, listAudit } from '@gatepost/server/control/audit/read.ts'
import { applyRetention } from '@gatepost/server/control/retention/nightly.ts'
import { getRetention, setRetention } from '@gatepost/server/control/retention/retention.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, anna, type Deps, withStore } from './fixtures.ts'

const DAY = 86_400_000

testOnBoth('the database refuses to change or remove an entry', (place) =>
  withStore(place, async (deps) => {
    const { tenantId } = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const all = acrossTenants(deps.store.db)
    const before = await listAudit({ tenantId }, { limit: 50 }, deps)
    await assert.rejects(
      all
        .updateTable('audit')
        .set({ actor: 'Nobody' } as never)
        .execute(),
      /cannot be changed/,
    )
    await assert.rejects(all.deleteFrom('audit').execute(), /cannot be changed/)
    const one = all.deleteFrom('audit').where('id', '=', before.items[0]!.id).execute()
    await assert.rejects(one, /cannot be changed/)
    assert.deepEqual(await listAudit({ tenantId }, { limit: 50 }, deps), before)
    const cut = { id: 'aud_cut', tenant_id: tenantId, before_at: 1, at: 1, note: 'made up' }
    await deps.store.db.insertInto('audit_cut').values(cut).execute()
    await assert.rejects(all.deleteFrom('audit').execute(), /cannot be changed/, 'older than every entry')
    await assert.rejects(all.deleteFrom('audit_cut').execute(), /cannot be changed/)
    await assert.rejects(
      all
        .updateTable('audit_cut')
        .set({ note: '' } as never)
        .execute(),
      /cannot be changed/,
    )
  }),
)

testOnBoth('retention takes old entries behind a note, of the tenant that chose it alone', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const tooShort = setRetention(acme, { class: 'audit', days: 30 }, deps)
    await assert.rejects(tooShort, { problemName: 'invalid-input' })
    await assert.rejects(setRetention(acme, { class: 'activity', days: null }, deps), {
      problemName: 'invalid-input',
    })
    clock.add(400 * DAY)
    assert.equal(await applyRetention(deps), 0, 'for ever, as it comes')
    await setRetention(acme, { class: 'audit', days: 365 }, deps)
    const ofOther = (await listAudit(other, { limit: 50 }, deps)).items.length
    assert.ok((await applyRetention(deps)) > 0)
    const left = (await listAudit(acme, { limit: 50 }, deps)).items
    assert.deepEqual(left.map(({ action }) => action).toSorted(), ['audit.cut', 'retention.changed'])
    assert.match(left.find(({ action }) => action === 'audit.cut')!.subject, /everything before 2026-12-/)
    assert.equal((await listAudit(other, { limit: 50 }, deps)).items.length, ofOther)
    const { items } = await getRetention(acme, deps)
    const audit = items.find((item) => item.class === 'audit')!
    assert.deepEqual([audit.days, audit.usual, audit.lastRemoved > 0], [365, false, true])
    await assert.rejects(acrossTenants(deps.store.db).deleteFrom('audit').execute(), /cannot be changed/)
  }),
)

testOnBoth('filters, search, words and export tell the same entries', (place) =>
  withStore(place, async (deps, clock) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addOrganisation(deps.store, 'Other', 'other.example')
    const mona = { kind: 'person', id: 'adm_mona', name: 'Mona', asOperator: true } as const
    clock.add(60_000)
    const begun = clock.now()
    await note(deps, { ...scope, actor: mona, from: '203.0.113.9' }, 'route.changed', 'route Exchange')
    clock.add(60_000)
    await note(deps, scope, 'user.added', 'user =HYPERLINK("x")', 'refused')
    await auditLook(scope, { action: 'content.viewed', subject: 'message msg_1', at: clock.now() }, deps)
    const subjects = async (query: object) =>
      (await listAudit(scope, { limit: 50, ...query }, deps)).items.map(({ action }) => action)
    assert.deepEqual(await subjects({ who: 'operator' }), ['route.changed'])
    assert.deepEqual(await subjects({ who: 'adm_mona' }), ['route.changed'])
    assert.deepEqual(await subjects({ who: anna.id, action: 'user.' }), ['user.added'])
    assert.deepEqual(await subjects({ action: 'route.changed' }), ['route.changed'])
    assert.deepEqual(await subjects({ address: '203.0.113.9' }), ['route.changed'])
    assert.deepEqual(await subjects({ outcome: 'refused' }), ['user.added'])
    assert.deepEqual((await subjects({ since: begun + 1 })).toSorted(), ['content.viewed', 'user.added'])
    assert.deepEqual(await subjects({ since: begun, until: begun }), ['route.changed'])
    assert.deepEqual(await subjects({ search: 'EXCHANGE' }), ['route.changed'])
    assert.deepEqual(await subjects({ search: 'port-2525' }), ['route.changed'], 'in what it is after')
    assert.deepEqual(await subjects({ search: '%' }), [], 'a sign of patterns stands for itself')
    const words = await auditWords(scope.tenantId, deps)
    assert.ok(words.actions.includes('content.viewed') && words.actions.includes('tenant.created'))
    assert.deepEqual(
      words.actors.map(({ name }) => name),
      ['Anna', 'Mona'],
    )
    let csv = ''
    for await (const part of await exportAudit(scope, { outcome: 'refused' }, deps)) csv += part
    const lines = csv.trim().split('\r\n')
    assert.equal(lines.length, 2)
    assert.match(lines[1]!, /user\.added,refused,"?user =HYPERLINK/)
    assert.equal((await subjects({ action: 'audit.exported' })).length, 1)
  }),
)

testOnBoth('a search for words ends after so many entries, says so, and goes on', (place) =>
  withStore(place, async (deps, clock) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const by = { ...scope, actor: anna, from: '192.0.2.1' }
    for (const subject of ['the needle', 'hay', 'hay', 'another needle', 'hay']) {
      clock.add(1_000)
      await note(deps, by, 'thing.done', subject)
    }
    const found = async (query: object, count: number) => {
      const asked = { limit: 50, action: 'thing.', search: 'NEEDLE', ...query }
      const page = await listAudit(scope, asked, deps, count)
      return { ...page, items: page.items.map(({ subject }) => subject) }
    }
    const first = await found({}, 3)
    assert.deepEqual([first.items, first.searchedTo], [['another needle'], clock.now() - 2_000])
    const second = await found({ after: first.next }, 3)
    assert.deepEqual([second.items, second.next, second.searchedTo], [['the needle'], null, null])
    assert.deepEqual((await found({}, 5)).searchedTo, null, 'that was all')
    const full = await found({ limit: 1 }, 4)
    assert.deepEqual([full.items, full.searchedTo], [['another needle'], clock.now() - 3_000])
    const none = await found({ search: 'moon' }, 2)
    assert.deepEqual([none.items, none.searchedTo], [[], clock.now() - 1_000])
  }),
)

testOnBoth('a page and a filter are fast behind many entries', (place) =>
  withStore(place, async (deps, clock) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const rows = Number(process.env.GATEPOST_AUDIT_ROWS ?? 20_000)
    const row = {
      tenant_id: scope.tenantId,
      actor_kind: 'person',
      actor: 'Anna',
      before: null,
      after: null,
    } as const
    for (let at = 0; at < rows; at += 1_000) {
      const part = Array.from({ length: 1_000 }, (_, index) => {
        const time = clock.now() + at + index
        const id = `aud_${String(at + index).padStart(26, '0')}`
        const isRare = at + index === 7
        const from_address = isRare ? '203.0.113.9' : '192.0.2.1'
        const action = isRare ? 'moon.landed' : `thing.done-${(at + index) % 40}`
        return {
          ...row,
          id,
          at: time,
          actor_id: isRare ? 'adm_rare' : anna.id,
          from_address,
          action,
          subject: 'a thing',
        }
      })
      await deps.store.db.insertInto('audit').values(part).execute()
    }
    const took = async (query: object): Promise<number> => {
      const begun = performance.now()
      await listAudit(scope, { limit: 50, ...query }, deps)
      return performance.now() - begun
    }
    await took({})
    const times = {
      page: await took({}),
      deep: await took({ after: `aud_${String(rows / 2).padStart(26, '0')}` }),
      action: await took({ action: 'moon.landed' }),
      who: await took({ who: 'adm_rare' }),
      address: await took({ address: '203.0.113.9' }),
      words: await (async () => {
        const begun = performance.now()
        assert.equal((await auditWords(scope.tenantId, deps)).actors.length, 2)
        return performance.now() - begun
      })(),
      search: await took({ search: 'nowhere at all' }),
    }
    const told = Object.entries(times).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`)
    console.log(`${rows} entries: ${told.join(', ')}`)
    for (const [name, ms] of Object.entries(times)) {
      if (name !== 'search') assert.ok(ms < 10_000, `${name}: ${ms} ms`)
    }
  }),
)

async function note(
  { store, clock }: Deps,
  scope: Parameters<typeof appendAudit>[1],
  action: string,
  subject: string,
  outcome: 'done' | 'refused' = 'done',
): Promise<void> {
  const after = action === 'route.changed' ? { host: 'port-2525' } : null
  await store.transaction((trx) =>
    appendAudit(trx, scope, { action, subject, before: null, after, at: clock.now(), outcome }),
  )
}
