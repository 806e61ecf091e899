// The export of users goes on where a directory removes users while it is written.
import assert from 'node:assert/strict'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { exportUsers } from './export.ts'
import { addUser } from './user.ts'

testOnBoth('users that went while the export is written are left out of it', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: [] }, deps)
    const lines = async (db: typeof deps.store.db): Promise<number> => {
      const text = await Array.fromAsync(exportUsers(acme, {}, { store: { db } }))
      return text.join('').trim().split('\r\n').length
    }
    assert.equal(await lines(deps.store.db), 2)
    // The fifth look at users is for what those of the page have besides.
    let looks = 0
    const db = new Proxy(deps.store.db, {
      get(target, name) {
        if (name !== 'selectFrom') return Reflect.get(target, name)
        return (table: 'user') => {
          looks += table === 'user' ? 1 : 0
          const rows = target.selectFrom(table)
          return table === 'user' && looks === 5 ? rows.where('user.id', '=', 'gone') : rows
        }
      },
    })
    assert.equal(await lines(db), 1)
    assert.equal(looks, 5)
  }),
)
