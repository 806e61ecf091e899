// Retention of tracking by tenant, and the data of a person: exported whole, erased with a receipt, kept by a
// hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissionsOf } from '@gatepost/contract/permission.ts'
import { erasePerson, exportPerson } from '@gatepost/server/control/retention/person.ts'
import { addHold, getRetention, removeHold } from '@gatepost/server/control/retention/retention.ts'
import { inviteAdministrator } from '@gatepost/server/control/role/invitation.ts'
import { addSenders } from '@gatepost/server/control/sender/sender.ts'
import {
  applyTrackingRetention,
  openTracking,
  type Tracking,
} from '@gatepost/server/control/tracking/tracking.ts'
import { addUser } from '@gatepost/server/control/user/user.ts'
import { testOnBoth, withFolder } from './databases.ts'
import { accepted, addOrganisation, batchOf, START, withStore } from './fixtures.ts'

testOnBoth(
  'case 75: what is stored of a person is exported, kept by a hold, and erased with a receipt',
  (place) =>
    withStore(place, async (base) => {
      const tracking = await openTracking({ ...base, ...place })
      const deps = { ...base, tracking }
      try {
        const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
        const other = await addOrganisation(deps.store, 'Other', 'other.example')
        const fields = { email: 'eve@acme.example', name: 'Eve', aliases: ['e@acme.example'] }
        await addUser(acme, fields, deps)
        await addUser(acme, { email: 'bob@acme.example', name: 'Bob', aliases: [] }, deps)
        const entry = {
          senders: ['news.example'],
          action: 'permit',
          onlyIfAuthenticated: true,
          comment: '',
          expiresAt: null,
        } as const
        await addSenders(acme, { ...entry, user: 'eve@acme.example' } as never, deps)
        await addSenders(acme, { ...entry, user: 'bob@acme.example' } as never, deps)
        const scope = { ...acme, held: permissionsOf.super }
        const ask = { email: 'e@acme.example', name: 'Eve', role: 'help-desk', send: 'show' } as const
        await inviteAdministrator(scope, ask, deps)
        const to = (address: string) => [{ index: 0, forwardPath: address, explanation: [], facts: {} }]
        const reports = ['eve@acme.example', 'e@acme.example', 'bob@acme.example'].map((address) =>
          accepted(acme.tenantId, { recipients: to(address) }),
        )
        await tracking.take(batchOf(reports))
        const choice = { digest: 'off', language: null, tenant_id: acme.tenantId } as const
        for (const mailbox of ['eve@acme.example', 'bob@acme.example'])
          await deps.store.db
            .insertInto('digest_choice')
            .values({ ...choice, mailbox })
            .execute()
        const asked = { address: 'Eve@acme.example', again: 'eve@acme.example' }
        const text = async () => {
          let all = ''
          for await (const part of await exportPerson(acme, 'eve@acme.example', deps)) all += part
          return JSON.parse(all)
        }
        const told = await text()
        assert.deepEqual(
          [told.user.email, told.addresses.length, told.senders.length, told.messages.length],
          ['eve@acme.example', 2, 1, 2],
        )
        assert.deepEqual(told.digestChoices, [{ ...choice, mailbox: 'eve@acme.example' }])
        assert.ok(!JSON.stringify(told).includes('bob@acme.example'))

        const held = await addHold(acme, { address: 'e@acme.example', reason: 'inquiry 7' }, deps)
        await assert.rejects(erasePerson(acme, asked, deps), { problemName: 'on-hold', message: /inquiry 7/ })
        assert.equal((await text()).messages.length, 2)
        await removeHold(acme, held.holds[0]!.id, deps)
        await assert.rejects(erasePerson(acme, { ...asked, again: 'bob@acme.example' }, deps), {
          problemName: 'invalid-input',
        })
        await assert.rejects(erasePerson(other, asked, deps), { problemName: 'not-found' })
        const receipt = await erasePerson(acme, asked, deps)
        assert.deepEqual(receipt.removed, {
          user: true,
          account: false,
          senders: 1,
          messages: 2,
          seen: 0,
          invitations: 1,
          traces: 1,
        })
        assert.match(receipt.auditId, /^aud_/)
        const after = await text()
        assert.deepEqual([after.user, after.senders, after.messages], [null, [], []])
        const left = await tracking.listMessages(acme, { limit: 10 })
        assert.equal(left.items.length, 1, 'those of others stay')
        assert.deepEqual((await getRetention(acme, deps)).holds, [])
      } finally {
        await tracking.close()
      }
    }),
)

testOnBoth('a person that a directory names is not erased by half', (place) =>
  withStore(place, async (base) => {
    const tracking = { listMessages: async () => ({ items: [], next: null }) } as unknown as Tracking
    const deps = { ...base, tracking }
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { id } = await addUser(acme, { email: 'eve@acme.example', name: 'Eve', aliases: [] }, deps)
    await addSenders(
      acme,
      {
        user: 'eve@acme.example',
        senders: ['news.example'],
        action: 'permit',
        onlyIfAuthenticated: true,
        comment: '',
        expiresAt: null,
      } as never,
      deps,
    )
    await deps.store.db
      .updateTable('user_source')
      .set({ source: 'directory', reference: 'con_1' })
      .where('tenant_id', '=', acme.tenantId)
      .where('user_id', '=', id)
      .execute()
    const asked = { address: 'eve@acme.example', again: 'eve@acme.example' }
    await assert.rejects(erasePerson(acme, asked, deps), { problemName: 'user-from-directory' })
    const senders = await deps.store.db
      .selectFrom('managed_sender')
      .select('sender')
      .where('tenant_id', '=', acme.tenantId)
      .execute()
    assert.deepEqual(senders, [{ sender: 'news.example' }])
  }),
)

test('the export of a person is whole, however many messages there are', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (base) => {
      const pages = 230
      const items = (page: number) => Array.from({ length: 500 }, (_, at) => ({ id: `msg_${page}_${at}` }))
      const listMessages = async (_: unknown, { after = '0' }: { after?: string }) => {
        const page = Number(after)
        return { items: items(page), next: page + 1 < pages ? String(page + 1) : null }
      }
      const deps = { ...base, tracking: { listMessages } as unknown as Tracking }
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      let count = 0
      for await (const part of await exportPerson(acme, 'eve@acme.example', deps)) {
        count += part.split('"id":"msg_').length - 1
      }
      assert.equal(count, pages * 500)
    }),
  ))

test('tracking of a tenant that keeps it shorter goes earlier, and longer stays', withDays)

/** Which removals are asked of the storage; that they remove is shown above. */
async function withDays(): Promise<void> {
  const today = Math.floor(START / 86_400_000)
  const asked: string[] = []
  const storage = {
    dropBefore: async (day: number) => void asked.push(`before ${today - day}`),
    days: async () => [today, today - 5, today - 20, today - 40],
    remove: async (day: number, what: { kind: string; tenants?: readonly string[] }) => {
      asked.push(`${today - day} ${what.kind} ${what.tenants?.join(',')}`)
      return 1
    },
  }
  const own = new Map([
    ['short', 5],
    ['long', 60],
  ])
  const removed = await applyTrackingRetention(storage as never, { today, usual: 30, own })
  assert.deepEqual(asked, ['before 59', '5 of short', '20 of short', '40 all-but long'])
  assert.equal(removed, 3)
}

testOnBoth('a NUL in what somebody types is no fault of ours', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { holds } = await addHold(acme, { address: 'eve@acme.example', reason: 'a\0b' }, deps)
    assert.match(holds[0]?.reason ?? '', /^a.b$/u)
  }),
)
