// A real tinyproxy on loopback, as stands between many networks and the internet.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../interop/lib/postfix.ts'

export type Tinyproxy = { readonly url: string; log(): string; stop(): Promise<void> }

/** Generous: the machine may be busy with other tests. */
const START_MS = 60_000
const PATH = ['/usr/bin', '/usr/sbin', ...(process.env.PATH ?? '').split(delimiter)]

/** Why the tests must be skipped; false when tinyproxy is here. */
export function tinyproxyMissing(): string | false {
  return PATH.some((folder) => existsSync(join(folder, 'tinyproxy'))) ? false : 'component missing: tinyproxy'
}

/** Starts a proxy that lets CONNECT through to one port. */
export async function startTinyproxy(connectPort: number): Promise<Tinyproxy> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-tinyproxy-'))
  const port = await freePort()
  const log = join(folder, 'log')
  const config = ['Listen 127.0.0.1', `Port ${port}`, 'Allow 127.0.0.1', `ConnectPort ${connectPort}`]
  config.push('LogLevel Connect', `LogFile "${log}"`, 'MaxClients 20', 'Timeout 600')
  writeFileSync(join(folder, 'conf'), `${config.join('\n')}\n`)
  const child = spawn('tinyproxy', ['-d', '-c', join(folder, 'conf')], { stdio: 'ignore' })
  const end = Date.now() + START_MS
  while (!(await answers(port))) {
    if (Date.now() > end) throw new Error('tinyproxy did not start')
    await sleep(50)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })
}
