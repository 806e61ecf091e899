// What waits, judged: of mail that leaves, a login that is wrong is ours to mend, and other refusals are not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acrossTenants } from '#store/tenant-guard.ts'
import { withFolder } from '../../../../../../test/store/databases.ts'
import { addOrganisation, quietLink, withStore } from '../../../../../../test/store/fixtures.ts'
import { queueSource } from './queue.ts'
import type { SourceDeps } from './source.ts'

const MINUTE = 60_000

test('a login that a smart host refuses is an alert of its route', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (base, clock) => {
      const { tenantId } = await addOrganisation(base.store, 'Acme', 'acme.example')
      await acrossTenants(base.store.db)
        .insertInto('route')
        .values({
          id: 'rte_1',
          tenant_id: tenantId,
          name: 'Relay',
          host: 'smtp.relay.example',
          port: 587,
          tls: 'opportunistic',
          alternate_id: null,
          default_for: 'outbound',
          last_test: null,
          created_at: 0,
          revision: 1,
        })
        .execute()
      const found = async (lastReply: string) => {
        const at = clock.now() - 30 * MINUTE
        const recipient = { forwardPath: 'bob@other.example', attempts: 4, firstAttemptAt: at, lastReply }
        const item = { direction: 'outbound', receivedAt: at, recipients: [{ ...recipient, routeId: null }] }
        const result = { kind: 'queue-list', items: [item], next: null }
        const orderAll = async () => ({ answers: [{ node: 'n', slot: 0, result }], unreachable: [] })
        const deps = { ...base, link: { ...quietLink, orderAll } } as unknown as SourceDeps
        const { wrong } = await queueSource.look(deps, clock.now())
        return wrong.map(({ kind, subject, remedy }) => [kind, subject, JSON.stringify(remedy)].join(' '))
      }
      assert.deepEqual(await found('451 4.2.1 mailbox busy'), [])
      const expected = ['route-down smtp.relay.example {"code":"alert.correct-login"}']
      const refused = '451 4.7.8 the login of the delivery route failed: the host said 535 5.7.8 no'
      assert.deepEqual(await found(refused), expected)
      assert.deepEqual(await found('530 5.7.0 Authentication required'), expected)
    }),
  ))
