// Story: mail waits for a host that is down, a backup is made, the machine is lost, and a new one is filled
// from the backup: everything is there, and the queue is sent once, when somebody says so.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import { countsOfLoad, type Load, startLoad } from '../crash/load.ts'
import { connectAcme } from '../crash/run.ts'
import { createApi, eventually } from './lib/api.ts'
import { type Gateway, MAIN, startGateway } from './lib/gateway.ts'

const WAITING = 300

let folder: string
let world: World
let load: Load
let gateway: Gateway
before(
  async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatepost-backup-'))
    world = await startWorld()
    load = startLoad({
      senders: 8,
      reversePath: 'ben@bright.example',
      forwardPaths: ['ann@acme.example', 'bob@acme.example'],
    })
  },
  { timeout: 240_000 },
)
after(async () => {
  await load?.stop()
  await gateway?.stop()
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const path = (name: string): string => join(folder, name)
const start = (data: string): Promise<Gateway> =>
  startGateway({ data: path(data), env: { ...world.gatewayEnvironment(), GATEPOST_WORKERS: '2' } })

type Said = { readonly code: number; readonly out: string; readonly error: string }

/** One command on a data folder: exit code and what it said. Mail goes on meanwhile. */
function gatepost(data: string, ...words: readonly string[]): Promise<Said> {
  const options = { timeout: 240_000, env: { GATEPOST_DATA: path(data) } }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...words], options, (_, out, error) =>
      resolve({ code: child.exitCode ?? -1, out, error }),
    )
  })
}

let waiting: ReadonlySet<string>

test('a backup is made while mail comes in and a host is down', { timeout: 240_000 }, async (context) => {
  gateway = await start('old')
  await connectAcme(world, gateway)
  await world.acme.setDown(true)
  load.aim(gateway.mxPort)
  await eventually(
    () => load.acknowledged.size,
    (count) => count >= WAITING,
    60_000,
  )
  waiting = new Set(load.acknowledged)
  const began = Date.now()
  const made = await gatepost('old', 'backup', path('backup'))
  const took = Date.now() - began
  const size = load.acknowledged.size
  assert.deepEqual([made.code, made.error], [0, ''])
  assert.match(made.out, /^Queue +\d+ messages$/m)
  assert.match(made.out, /^Keys +not included/m)
  const names = readdirSync(path('backup')).sort()
  assert.deepEqual(names, ['control.db', 'manifest.json', 'spool', 'tracking'])
  await eventually(
    () => load.acknowledged.size,
    (count) => count > size,
  )
  load.aim(null)
  await load.stop()
  await gateway.killAll()
  const taken = /^Queue +(\d+) messages$/m.exec(made.out)?.[1]
  context.diagnostic(
    `${waiting.size} waited when it began; ${taken} are in it after ${took} ms; ${size - waiting.size} came meanwhile`,
  )
})

test('a restore wants an empty folder and the bytes that were backed up', {
  timeout: 240_000,
}, async () => {
  const refused = await gatepost('old', 'restore', path('backup'))
  assert.equal(refused.code, 1)
  assert.match(refused.error, /old is not empty\. Stop Gatepost, move the folder away/)
  cpSync(path('backup'), path('damaged'), { recursive: true })
  appendFileSync(path('damaged/control.db'), 'x')
  const damaged = await gatepost('new', 'restore', path('damaged'))
  assert.equal(damaged.code, 1)
  assert.match(damaged.error, /control\.db is not what was backed up: it has another digest/)
  assert.deepEqual(readdirSync(path('new')), [])
  rmSync(path('damaged/manifest.json'))
  const partial = await gatepost('new', 'restore', path('damaged'))
  assert.match(partial.error, /is no whole backup/)
  const manifest = JSON.parse(readFileSync(path('backup/manifest.json'), 'utf8'))
  assert.equal(JSON.stringify(manifest).includes('keys/'), false)
})

test('case 76: a restored installation knows everything, and its queue waits', {
  timeout: 240_000,
}, async () => {
  await world.acme.setDown(false)
  const restored = await gatepost('new', 'restore', path('backup'))
  assert.deepEqual([restored.code, restored.error], [0, ''])
  assert.match(restored.out, /^Held +\d+ recipients until you release them$/m)
  assert.equal(existsSync(path('new/restoring')), false)
  gateway = await start('new')
  assert.equal(gateway.setupUrl, null)
  const api = createApi(gateway.url)
  await api.call('POST', '/v1/sessions', { email: 'ada@acme.example', password: 'correct horse battery' })
  const { items: domains } = await api.call<{ items: readonly { state: string }[] }>(
    'GET',
    '/v1/tenants/acme-ltd/domains',
  )
  assert.deepEqual(
    domains.map(({ state }) => state),
    ['validated'],
  )
  const { items: routes } = await api.call<{ items: readonly { name: string }[] }>(
    'GET',
    '/v1/tenants/acme-ltd/routes',
  )
  assert.deepEqual(
    routes.map(({ name }) => name),
    ['Exchange'],
  )
  type Found = { readonly items: readonly { readonly id: string; readonly status: string }[] }
  const search = '/v1/tenants/acme-ltd/messages?search=crash'
  await eventually(
    () => api.call<Found>('GET', `${search}&status=held`),
    ({ items }) => items.length > 0,
  )
  const { items } = await api.call<Found>('GET', `${search}&status=held`)
  const why = await gatepost('new', 'messages', 'show', items[0]!.id)
  assert.match(why.out, /restored from a backup/)
  await pause(1_000)
  assert.equal(countsOfLoad(world.acme).size, 0, 'nothing is sent by itself')
})

test('case 76: released, every message that was waiting is delivered once', {
  timeout: 240_000,
}, async (context) => {
  const released = await gatepost('new', 'queue', 'release', '--search', 'restored from a backup')
  assert.deepEqual([released.code, released.error], [0, ''])
  await eventually(
    () => [...waiting].filter((id) => !countsOfLoad(world.acme).has(id)).length,
    (missing) => missing === 0,
    60_000,
  )
  await pause(500)
  const counts = countsOfLoad(world.acme)
  assert.deepEqual(
    [...counts].filter(([, count]) => count !== 1),
    [],
  )
  context.diagnostic(
    `${waiting.size} waited at the backup, ${counts.size} came after the release, none twice`,
  )
})
