// Story: everything is killed while 2,000 messages are being sent; what got 250 arrives after the next start.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startWorld } from '@gatepost/sandbox/world.ts'
import { startLoad } from '../crash/load.ts'
import { arrived, connectAcme } from '../crash/run.ts'
import { eventually } from './lib/api.ts'
import { startGateway } from './lib/gateway.ts'

const MESSAGES = 2_000

test('kill -9 of every process in the middle of 2,000 messages loses none', {
  timeout: 300_000,
}, async (context) => {
  const data = mkdtempSync(join(tmpdir(), 'gatepost-kill-'))
  const world = await startWorld()
  const env = { ...world.gatewayEnvironment(), GATEPOST_WORKERS: '2' }
  const load = startLoad({
    senders: 16,
    reversePath: 'ben@bright.example',
    forwardPaths: ['ann@acme.example', 'bob@acme.example'],
  })
  let gateway = await startGateway({ data, env })
  try {
    await connectAcme(world, gateway)
    load.aim(gateway.mxPort)
    await eventually(
      () => load.acknowledged.size,
      (count) => count >= MESSAGES / 2,
      120_000,
    )
    await gateway.killAll()
    load.aim(null)
    const atKill = load.acknowledged.size
    gateway = await startGateway({ data, env })
    load.aim(gateway.mxPort)
    await eventually(
      () => load.acknowledged.size,
      (count) => count >= MESSAGES,
      120_000,
    )
    load.aim(null)
    await load.stop()
    await arrived(world, load)
    const counts = world.acme.counts()
    const lost = [...load.acknowledged].filter((id) => !counts.has(id))
    const doubled = [...load.acknowledged].filter((id) => (counts.get(id) ?? 0) > 1)
    context.diagnostic(
      `${load.acknowledged.size} acknowledged, ${atKill} of them before the kill; ${lost.length} lost, ${doubled.length} doubled`,
    )
    assert.deepEqual(lost, [])
  } finally {
    await load.stop()
    await gateway.stop()
    await world.stop()
    rmSync(data, { recursive: true, force: true })
  }
})
