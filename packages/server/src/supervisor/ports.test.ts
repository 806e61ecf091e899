// Ports are settled before any child starts: each listener gets one of its own, and a busy one is named.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { loadBootConfig } from '#boot/config.ts'
import { holdPorts, PortRefused, settlePorts } from './ports.ts'

const any = {
  GATEPOST_HTTP: '127.0.0.1:0',
  GATEPOST_SMTP_MX: '127.0.0.1:0',
  GATEPOST_SMTP_SUBMISSION: '127.0.0.1:0',
}

function configOf(env: Readonly<Record<string, string>>) {
  return loadBootConfig({ env: new Map(Object.entries({ ...any, ...env })), file: null })
}

test('listeners that take any port never get the same one', async () => {
  for (let round = 0; round < 50; round++) {
    const ports = (await settlePorts(configOf({}))).map(({ port }) => port)
    assert.equal(new Set(ports).size, 3, ports.join(' '))
  }
})

test('a port in use is refused with its key and what to do', async () => {
  const busy = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => busy.once('listening', resolve))
  const { port } = busy.address() as { port: number }
  await assert.rejects(settlePorts(configOf({ GATEPOST_SMTP_MX: `127.0.0.1:${port}` })), (error) => {
    assert.ok(error instanceof PortRefused)
    assert.match(error.message, /GATEPOST_SMTP_MX\): 127\.0\.0\.1:\d+ is in use by another program/)
    return true
  })
  busy.close()
})

test('a port that two of our own listeners want is told as that', async () => {
  const [{ port } = { port: 0 }] = await settlePorts(configOf({}))
  const env = { GATEPOST_SMTP_MX: `127.0.0.1:${port}`, GATEPOST_SMTP_SUBMISSION: `127.0.0.1:${port}` }
  const refusal =
    /GATEPOST_SMTP_SUBMISSION\): 127\.0\.0\.1:\d+ is taken by smtp\.mx \(GATEPOST_SMTP_MX\); choose/
  await assert.rejects(settlePorts(configOf(env)), refusal)
})

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === 'IPv6'))

test('one port may be listened on for IPv4 and for IPv6, as the guide has it', {
  skip: !hasIpv6,
}, async () => {
  const [{ port } = { port: 0 }] = await settlePorts(configOf({}))
  const both = await settlePorts(configOf({ GATEPOST_SMTP_MX: `0.0.0.0:${port}, [::]:${port}` }))
  const mx = both.filter(({ role }) => role === 'mx')
  assert.deepEqual(mx, [
    { role: 'mx', host: '0.0.0.0', port },
    { role: 'mx', host: '::', port, ipv6Only: true },
  ])
  const alone = await settlePorts(configOf({ GATEPOST_SMTP_MX: `[::]:${port}` }))
  assert.ok(alone.some((one) => one.host === '::' && !('ipv6Only' in one)))
})

test('a port that the system chose is held for the workers and for nobody else', async () => {
  const config = configOf({})
  const listening = await settlePorts(config)
  const release = await holdPorts(listening, config)
  const { port } = listening.find(({ role }) => role === 'mx')!
  const listen = (reusePort: boolean): Promise<string> =>
    new Promise((resolve) => {
      const server = createServer()
      server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code)))
      server.listen({ host: '127.0.0.1', port, reusePort }, () => server.close(() => resolve('listens')))
    })
  assert.equal(await listen(false), 'EADDRINUSE')
  assert.equal(await listen(true), 'listens')
  release()
})
