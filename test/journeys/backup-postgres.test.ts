// Story: an installation on PostgreSQL is backed up by the commands that are printed, and comes back on an
// empty folder and an empty database: settings, message centre and queue, which is sent once, when somebody
// says so.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import { countsOfLoad, startLoad } from '../crash/load.ts'
import { connectAcme } from '../crash/run.ts'
import { binary, postgresMissing, withDatabase, withFolder } from '../store/databases.ts'
import { createApi, eventually } from './lib/api.ts'
import { MAIN, startGateway } from './lib/gateway.ts'

const skip = postgresMissing()
const WAITING = 40
const SEARCH = '/v1/tenants/acme-ltd/messages?search=crash'
type Rows = { readonly items: readonly { readonly id: string; readonly status: string }[] }

test('a backup on PostgreSQL comes back whole, and its queue is sent once', { skip, timeout: 240_000 }, () =>
  withFolder((folder) =>
    withDatabase((before) =>
      withDatabase(async (after) => {
        const world = await startWorld()
        try {
          await backUp(world, { folder, database: before })
          await comeBack(world, { folder, database: after })
        } finally {
          await world.stop()
        }
      }),
    ),
  ),
)

type Place = { readonly folder: string; readonly database: string }

async function backUp(world: World, { folder, database }: Place): Promise<void> {
  const data = join(folder, 'old')
  const gateway = await startGateway({ data, env: environment(world, database) })
  const load = startLoad({
    senders: 4,
    reversePath: 'ben@bright.example',
    forwardPaths: ['ann@acme.example', 'bob@acme.example'],
  })
  try {
    await connectAcme(world, gateway)
    await world.acme.setDown(true)
    load.aim(gateway.mxPort)
    await eventually(
      () => load.acknowledged.size,
      (count) => count >= WAITING,
      30_000,
    )
    load.aim(null)
    await load.stop()
    const made = gatepost({ data, database }, 'backup', join(folder, 'backup'))
    assert.deepEqual([made.code, made.error], [0, ''])
    const printed = /pg_dump (--format=custom) --file=(\S+) "\$GATEPOST_DATABASE"/.exec(made.out)
    assert.ok(printed, made.out)
    execFileSync(binary('pg_dump')!, [printed[1]!, `--file=${printed[2]}`, database])
  } finally {
    await load.stop()
    await gateway.killAll()
  }
}

async function comeBack(world: World, { folder, database }: Place): Promise<void> {
  const data = join(folder, 'new')
  const backup = join(folder, 'backup')
  const embedded = gatepost({ data, database: null }, 'restore', backup)
  assert.match(embedded.error, /belongs to an installation with PostgreSQL: set GATEPOST_DATABASE first/)
  const restored = gatepost({ data, database }, 'restore', backup)
  assert.deepEqual([restored.code, restored.error], [0, ''])
  assert.match(restored.out, /pg_restore --clean --if-exists --dbname="\$GATEPOST_DATABASE" FILE/)
  const file = join(backup, 'postgresql.dump')
  execFileSync(binary('pg_restore')!, ['--clean', '--if-exists', `--dbname=${database}`, file])
  await world.acme.setDown(false)
  const gateway = await startGateway({ data, env: environment(world, database) })
  try {
    assert.equal(gateway.setupUrl, null, 'the administrator is there')
    const api = createApi(gateway.url)
    await api.call('POST', '/v1/sessions', { email: 'ada@acme.example', password: 'correct horse battery' })
    type Routes = { readonly items: readonly { readonly name: string }[] }
    const routes = await api.call<Routes>('GET', '/v1/tenants/acme-ltd/routes')
    assert.deepEqual(
      routes.items.map(({ name }) => name),
      ['Exchange'],
    )
    const { items } = await eventually(
      () => api.call<Rows>('GET', `${SEARCH}&status=held&limit=500`),
      (page) => page.items.length >= WAITING,
      20_000,
    )
    assert.equal(countsOfLoad(world.acme).size, 0, 'nothing is sent by itself')
    const released = gatepost({ data, database }, 'queue', 'release', '--search', 'restored from a backup')
    assert.deepEqual([released.code, released.error], [0, ''])
    const counts = await eventually(
      () => countsOfLoad(world.acme),
      (all) => all.size >= items.length,
      30_000,
    )
    assert.deepEqual(
      [...counts.values()].filter((count) => count !== 1),
      [],
    )
    const done = `${SEARCH}&status=delivered&limit=500`
    await eventually(
      () => api.call<Rows>('GET', done),
      (page) => page.items.length === items.length,
      20_000,
    )
  } finally {
    await gateway.stop()
  }
}

function environment(world: World, database: string): Readonly<Record<string, string>> {
  return { ...world.gatewayEnvironment(), GATEPOST_WORKERS: '2', GATEPOST_DATABASE: database }
}

/** One command on a data folder: exit code and what it said. */
function gatepost(
  { data, database }: { readonly data: string; readonly database: string | null },
  ...words: readonly string[]
) {
  const env = { GATEPOST_DATA: data, ...(database === null ? {} : { GATEPOST_DATABASE: database }) }
  const options = { encoding: 'utf8', timeout: 240_000, env } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], options)
  return { code: status, out: stdout, error: stderr }
}
