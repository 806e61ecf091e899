// The mail hosts that strangers must not get into: every host that inbound mail may be delivered to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { addRoute, type RouteFields } from '../route/route.ts'
import { doorsOf } from './doors.ts'

const route: RouteFields = {
  name: 'Exchange',
  host: 'ex1.acme.example',
  port: 25,
  tls: 'opportunistic',
  alternateId: null,
  moreHosts: [],
  defaultFor: null,
}

test('hosts that share the load and alternates are doors, too', () =>
  withFolder((dataFolder) =>
    withStore({ dataFolder, database: null }, async (base) => {
      const config = { ...base.config, network: { privateTargets: [] } } as unknown as typeof base.config
      const deps = { ...base, config }
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const host = 'dr.acme.example'
      const { id: alternateId } = await addRoute(
        acme,
        { ...route, name: 'Second site', host, port: 2525 },
        deps,
      )
      const moreHosts = ['ex2.acme.example']
      await addRoute(acme, { ...route, alternateId, moreHosts, defaultFor: 'inbound' }, deps)
      await addRoute(acme, { ...route, name: 'Unused', host: 'other.acme.example' }, deps)
      const doors = await doorsOf(deps.store.db, acme.tenantId)
      assert.deepEqual(
        doors.map((door) => `${door.host}:${door.port} ${door.forwardPath}`),
        ['ex1.acme.example:25', 'ex2.acme.example:25', 'dr.acme.example:2525'].map(
          (at) => `${at} postmaster@acme.example`,
        ),
      )
    }),
  ))
