// The gates before an organisation is erased look at everything that could still cost mail.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { madeUpDns } from '../../../../../test/store/made-up-dns.ts'
import { type GateDeps, leavingChecks } from './gates.ts'

test('the MX of every domain is looked at, however many there are', () =>
  withFolder((dataFolder) =>
    withStore({ dataFolder, database: null }, async (base) => {
      const acme = await addOrganisation(base.store, 'Acme', 'acme.example')
      const { db } = base.store
      const { tenantId } = acme
      const row = await db
        .selectFrom('domain')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .executeTakeFirstOrThrow()
      const more = Array.from({ length: 120 }, (_, at) => {
        const name = `d${String(at).padStart(3, '0')}.example`
        return { ...row, id: `dom_${at}`, name, unicode_name: name, is_primary: 0 as const, token: `t${at}` }
      })
      await db.insertInto('domain').values(more).execute()
      const world = madeUpDns()
      const link = { ...base.link, orderAll: async () => ({ answers: [], unreachable: [] }) }
      const config = { ...base.config, dns: { public: [] } } as unknown as typeof base.config
      const deps = { ...base, config, link, dns: world.dns } as unknown as GateDeps
      const mxAway = async () => (await leavingChecks(acme, deps)).find(({ name }) => name === 'mx-away')
      assert.equal((await mxAway())?.state, 'passed')
      world.set('MX d119.example', ['10 mx.gate.example'])
      const seen = await mxAway()
      assert.deepEqual([seen?.state, seen?.saw], ['failed', 'd119.example still names this gateway.'])
    }),
  ))
