// Leaving: what stands in the way is named, everything is exported, the cooling-off can be undone, and after
// it all of the organisation goes, with a receipt whose signature holds.
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import {
  agreeToDeparture,
  cancelDeparture,
  getDeparture,
  listDepartures,
  requestDeparture,
} from '@gatepost/server/control/leaving/departure.ts'
import { eraseDue } from '@gatepost/server/control/leaving/erase.ts'
import { downloadExport, exportedTables, startExport } from '@gatepost/server/control/leaving/export.ts'
import { addOrganization } from '@gatepost/server/control/portfolio/add.ts'
import { addHold, getRetention, removeHold } from '@gatepost/server/control/retention/retention.ts'
import { sealedColumns } from '@gatepost/server/control/secret/sealed-columns.ts'
import { changesIn } from '@gatepost/server/store/feed.ts'
import type { Db } from '@gatepost/server/store/open.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { tenantTables } from '@gatepost/server/store/tenant-tables.ts'
import { unzipSync } from 'fflate'
import { withControl } from './control.ts'
import { fill } from './isolation/fill.ts'
import { accepted, batchOf } from './store/fixtures.ts'

const DAY_MS = 86_400_000

test('an organisation leaves, and nothing of it stays but the receipt', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { db } = deps.store
    await control.person({ tenantId: '', role: null, operator: true })
    const person = await db.selectFrom('person').select(['id', 'name']).executeTakeFirstOrThrow()
    const by = { actor: { kind: 'person', ...person } as const, from: '192.0.2.1' }
    const added = await addOrganization(
      by,
      {
        name: 'Acme',
        primaryDomain: 'acme.example',
        environment: 'other',
        emergencyContact: null,
        template: null,
        invite: null,
      },
      deps,
    )
    const tenantId = added.tenant.id
    const scope = { tenantId, ...by }
    await db
      .updateTable('domain')
      .set({ validated_at: 1, validated_by: 'txt' })
      .where('tenant_id', '=', tenantId)
      .execute()
    const cookie = await control.person({ tenantId, role: 'super' })
    await fill(control, tenantId, cookie)
    await db.deleteFrom('tenant_export').where('tenant_id', '=', tenantId).execute()
    await deps.tracking.take(batchOf([accepted(tenantId, { at: deps.clock.now() })]))

    // A look-up of a name that is not there is no MX of ours; the hold of `fill` and the missing export
    // remain.
    const states = async () =>
      Object.fromEntries((await getDeparture(scope, deps)).checks.map(({ name, state }) => [name, state]))
    const first = await states()
    assert.deepEqual([first.exported, first.holds], ['failed', 'failed'])
    await assert.rejects(requestDeparture(scope, { name: 'Acme' }, deps), { problemName: 'on-hold' })
    await assert.rejects(requestDeparture(scope, { name: 'acme' }, deps), { problemName: 'invalid-input' })
    for (const { id } of (await getRetention(scope, deps)).holds) await removeHold(scope, id, deps)
    await db.updateTable('archive_hold').set({ ended_at: 1 }).where('tenant_id', '=', tenantId).execute()
    await db.deleteFrom('authorized_outbound').where('tenant_id', '=', tenantId).execute()
    await assert.rejects(requestDeparture(scope, { name: 'Acme' }, deps), { problemName: 'leaving-blocked' })

    const { shown, finished } = await startExport(scope, deps)
    await assert.rejects(startExport(scope, deps), { problemName: 'check-too-soon' })
    await finished
    const [written] = (await getDeparture(scope, deps)).exports
    assert.deepEqual([written?.state, written?.done], ['done', written?.parts])
    const bytes = Buffer.concat(await Array.fromAsync(await downloadExport(scope, shown.id, deps)))
    const files = unzipSync(bytes)
    const text = (name: string) => Buffer.from(files[name] ?? []).toString('utf8')
    assert.match(text('users.csv'), /ann@acme\.example/)
    assert.match(text('senders.csv'), /news\.example/)
    assert.match(text('settings/policy.json'), /"name":"Block"/)
    assert.match(text('audit.csv'), /organisation\.exported/)
    assert.equal(text('messages.csv').trim().split('\n').length, 3)
    for (const { table } of exportedTables) {
      const rows: readonly object[] = JSON.parse(text(`settings/${table.replaceAll('_', '-')}.json`))
      const { length } = await rowsIn(db, table, tenantId)
      assert.equal(rows.length, length, table)
      for (const { column } of sealedColumns.filter((one) => one.table === table))
        assert.ok(!rows.some((row) => column in row), `${table}.${column}`)
    }
    assert.ok(
      !/private_key|"keys"|"secret"/.test(text('settings/dkim-key.json') + text('settings/connector.json')),
    )

    assert.deepEqual(
      Object.values(await states()).filter((state) => state !== 'passed'),
      [],
    )
    await requestDeparture(scope, { name: 'Acme' }, deps)
    await cancelDeparture(scope, deps)
    assert.equal((await getDeparture(scope, deps)).request, null)
    await requestDeparture(scope, { name: 'Acme' }, deps)
    const after = (days: number) => {
      const now = () => deps.clock.now() + days * DAY_MS
      return { ...deps, clock: { ...deps.clock, now } }
    }
    assert.deepEqual(await eraseDue(after(8)), [], 'the operator did not agree yet')
    await agreeToDeparture(by, tenantId, deps)
    assert.deepEqual(await eraseDue(after(6)), [], 'the cooling-off is not over')
    await addHold(scope, { address: 'eve@acme.example', reason: 'inquiry' }, deps)
    assert.deepEqual(await eraseDue(after(8)), [], 'a hold stops it')
    assert.match((await listDepartures(deps)).items[0]?.fault ?? '', /inquiry/)
    for (const { id } of (await getRetention(scope, deps)).holds) await removeHold(scope, id, deps)

    const [receipt] = await eraseDue(after(8))
    assert.ok(receipt)
    const document = Buffer.from(receipt.document)
    const key = createPublicKey(receipt.publicKey)
    assert.ok(verify(null, document, key, Buffer.from(receipt.signature, 'base64')))
    assert.ok(
      !verify(null, Buffer.from(`${receipt.document} `), key, Buffer.from(receipt.signature, 'base64')),
    )
    assert.equal(JSON.parse(receipt.document).removed.messages, 2)
    for (const table of tenantTables) {
      const rows = await rowsIn(db, table, tenantId)
      const left = ['tenant_dirty', 'audit_cut', 'shard', 'feed'].includes(table) ? [] : rows
      assert.deepEqual(left, [], table)
    }
    assert.equal((await listDepartures(deps)).receipts.length, 1)
    const feed = await db.selectFrom('feed').selectAll().where('tenant_id', '=', tenantId).execute()
    assert.ok(
      feed.flatMap(changesIn).every(({ value }) => value === null),
      'edges are told of removals alone',
    )
  })
})

/** Tables that are no settings: written otherwise, made anew elsewhere, or over by themselves. */
const notSettings: ReadonlySet<string> = new Set(
  [
    // As CSV, or exported on the archive's page.
    ['user', 'user_address', 'user_source', 'managed_sender', 'audit', 'archive_export', 'archive_check'],
    // What opens something.
    ['share_link', 'invitation', 'api_token', 'digest_link', 'entra_consent'],
    // What was seen, counted, learned or is under way.
    ['journal_hour', 'acceptance', 'departure', 'tenant_export', 'template_use', 'address_confirmation'],
    ['usage_day', 'spam_lesson', 'spam_taught', 'mail_report', 'held_mail', 'digest_sent', 'mail_watch'],
    ['alert', 'alert_send', 'check_state', 'check_change', 'user_import', 'sender_list', 'held_reference'],
    ['seen_recipient', 'spoof_source', 'greylist_hour', 'greylist_ended', 'greylist_pass', 'connector_entry'],
    ['sync_run', 'sync_change', 'contact_run', 'contact_part', 'contact_pair', 'known_author'],
    ['first_contact_seed', 'agent_push', 'agent_chunk', 'sender_hour', 'sender_warning', 'observation'],
    ['audit_cut', 'retention_run', 'feed', 'shard', 'tenant_dirty', 'activity'],
  ].flat(),
)

test('the export of everything leaves no settings behind', () => {
  const exported = new Set<string>(exportedTables.map(({ table }) => table))
  const forgotten = tenantTables.filter((table) => exported.has(table) === notSettings.has(table))
  assert.deepEqual(forgotten, [])
})

function rowsIn(db: Db, table: string, tenantId: string): Promise<object[]> {
  return acrossTenants(db)
    .selectFrom(table as 'route')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .execute()
}
