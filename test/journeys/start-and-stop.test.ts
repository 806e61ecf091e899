// Story: an operator starts the gateway, meets clear refusals for wrong settings, stops it, and starts it
// again.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createApi, eventually, setUp } from './lib/api.ts'
import { startGateway } from './lib/gateway.ts'

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))

/** A start that must fail: its exit code and what it told the operator. */
function refusedStart(
  env: Readonly<Record<string, string>>,
  cwd: string,
): { code: number | null; text: string } {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run'], {
    cwd,
    encoding: 'utf8',
    timeout: 240_000,
    env: { PATH: process.env.PATH, ...env },
  })
  return { code: status, text: stderr }
}

/** The first line that an SMTP port says. */
function greetingOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', (chunk) => {
      resolve(String(chunk))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

test('a first start prints the set-up link, its ports answer, and a stop drains in under 10 s', async () => {
  const gateway = await startGateway()
  try {
    assert.match(gateway.output(), /Console\s+http:\/\/localhost:\d+\//)
    assert.match(gateway.setupUrl ?? '', /^http:\/\/localhost:\d+\/setup#token=[\w-]{40,}$/)
    assert.match(await greetingOf(gateway.mxPort), /^220 mx\.gatepost\.example /)
    assert.match(await greetingOf(gateway.submissionPort), /^220 mx\.gatepost\.example /)
    assert.equal((await fetch(new URL('/healthz', gateway.url))).status, 200)
    assert.equal((await fetch(new URL('/readyz', gateway.url))).status, 200)
    const document = (await (await fetch(new URL('/openapi.json', gateway.url))).json()) as {
      openapi: string
    }
    assert.equal(document.openapi, '3.1.0')
    assert.match(await (await fetch(new URL('/docs/api', gateway.url))).text(), /Gatepost API/)
    assert.equal(statSync(gateway.data).mode & 0o777, 0o700)
  } finally {
    const { code, ms } = await gateway.stop()
    assert.equal(code, 0)
    assert.ok(ms < 30_000, `the stop took ${ms} ms`)
  }
})

test('after set-up a second start prints no link, and remembers everything', async (context) => {
  const data = mkdtempSync(join(tmpdir(), 'gatepost-'))
  try {
    const first = await startGateway({ data })
    const { slug } = await setUp(first)
    await first.stop()
    const startedAt = Date.now()
    const second = await startGateway({ data })
    const tookMs = Date.now() - startedAt
    try {
      // Measured, not judged: the machine may be busy. On a quiet one it is under 3 s.
      context.diagnostic(`the second start took ${tookMs} ms`)
      assert.equal(second.setupUrl, null)
      const api = createApi(second.url)
      await api.call('POST', '/v1/sessions', { email: 'ada@acme.example', password: 'correct horse battery' })
      const tenant = await api.call<{ name: string }>('GET', `/v1/tenants/${slug}`)
      assert.equal(tenant.name, 'Acme Ltd')
    } finally {
      await second.stop()
    }
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})

test('a wrong key, a wrong value, a port in use and a folder in use each stop the start and say what to do', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'gatepost-cwd-'))
  const busy = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => busy.once('listening', resolve))
  const { port } = busy.address() as { port: number }
  const free = {
    GATEPOST_DATA: join(cwd, 'data'),
    GATEPOST_SMTP_MX: '127.0.0.1:0',
    GATEPOST_SMTP_SUBMISSION: '127.0.0.1:0',
  }
  const gateway = await startGateway()
  try {
    writeFileSync(join(cwd, 'gatepost.toml'), '[smtp]\nmxx = "0.0.0.0:25"\n')
    const wrongKey = refusedStart(free, cwd)
    assert.equal(wrongKey.code, 1)
    assert.match(wrongKey.text, /gatepost\.toml: key "smtp\.mxx" is not known; did you mean smtp\.mx\?/)
    rmSync(join(cwd, 'gatepost.toml'))
    const wrongValue = refusedStart({ ...free, GATEPOST_WORKERS: 'two' }, cwd)
    assert.match(wrongValue.text, /GATEPOST_WORKERS: expected a whole number from 1 to 64/)
    const portInUse = refusedStart({ ...free, GATEPOST_HTTP: `127.0.0.1:${port}` }, cwd)
    assert.equal(portInUse.code, 1)
    assert.match(
      portInUse.text,
      new RegExp(`GATEPOST_HTTP\\): 127\\.0\\.0\\.1:${port} is in use by another program`),
    )
    const folderInUse = refusedStart(
      { ...free, GATEPOST_HTTP: '127.0.0.1:0', GATEPOST_DATA: gateway.data },
      cwd,
    )
    assert.equal(folderInUse.code, 1)
    assert.match(folderInUse.text, /Another Gatepost runs on /)
  } finally {
    busy.close()
    await gateway.stop()
    rmSync(cwd, { recursive: true, force: true })
  }
})

test('a signal to the whole group while it starts is a stop, not a fault', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'gatepost-early-'))
  try {
    const loopback = '127.0.0.1:0'
    const env = {
      PATH: process.env.PATH,
      GATEPOST_HOSTNAME: 'mx.gatepost.example',
      GATEPOST_HTTP: loopback,
      GATEPOST_SMTP_MX: loopback,
      GATEPOST_SMTP_SUBMISSION: loopback,
    }
    const stdio = ['ignore', 'ignore', 'pipe'] as const
    const gateway = spawn(process.execPath, [MAIN, 'run'], { cwd, env, stdio: [...stdio], detached: true })
    let said = ''
    gateway.stderr.on('data', (chunk) => {
      said += chunk
    })
    const closed = once(gateway, 'close')
    // Written as the children are started.
    const listening = join(cwd, 'data', 'run', 'listeners.json')
    await eventually(() => existsSync(listening), Boolean, 120_000)
    process.kill(-gateway.pid!, 'SIGTERM')
    assert.deepEqual((await closed).slice(0, 2), [0, null], said)
    assert.doesNotMatch(said, /cannot start|^\s+at /m)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
})
