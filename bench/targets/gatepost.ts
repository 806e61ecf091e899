// Gatepost itself, as an operator would run it: supervisor, control and one edge, policy and log on.
import { type ChildProcess, spawn } from 'node:child_process'
import { access, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type DnsServer, startDns } from '@gatepost/sandbox/dns.ts'
import { publishSender } from '../signed-mail.ts'
import { provision } from './gatepost-provision.ts'
import { type RunningTarget, stopChild, type Target, type TargetOptions, waitForGreeting } from './target.ts'

const repository = join(import.meta.dirname, '..', '..')
const program = join(repository, 'packages', 'server', 'src', 'main.ts')
/** Migrations and snapshot included. */
const START_WITHIN_MS = 30_000
const POLL_MS = 50

/** What differs from the defaults, since all load comes from one address; printed in the results. */
const RAISED = {
  GATEPOST_WORKERS: '1',
  GATEPOST_LIMITS_CONNECTIONS_PER_CLIENT: '20000',
  GATEPOST_LIMITS_UNKNOWN_RECIPIENTS: '10000000',
  GATEPOST_DELIVERY_CONNECTIONS_PER_HOST: '100',
}

export const gatepost: Target = {
  name: 'gatepost',

  async prepare() {
    await access(program).catch(() => {
      throw new Error('packages/server/src/main.ts is not there')
    })
    const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
    return `Gatepost ${version} on Node ${process.versions.node}`
  },

  async start(options) {
    const dns = await startDns()
    publishSender(dns)
    const child = await spawnServer(options, dns)
    const stop = async () => {
      await stopChild(child)
      await dns.stop()
    }
    try {
      const port = await makeReady({ child, dns, options })
      return {
        port,
        pids: () => [child.pid!],
        settings: Object.entries(RAISED).map(([key, value]) => `${key}=${value}`),
        stop,
      } satisfies RunningTarget
    } catch (error) {
      await stop()
      throw error
    }
  },
}

async function spawnServer({ workDir }: TargetOptions, dns: DnsServer): Promise<ChildProcess> {
  const log = await open(join(workDir, 'stderr.log'), 'a')
  const child = spawn(process.execPath, [program, 'run'], {
    cwd: workDir,
    env: { ...environmentWithoutOurs(), ...settings(workDir, dns) },
    stdio: ['ignore', 'pipe', log.fd],
  })
  await log.close()
  return child
}

function settings(workDir: string, dns: DnsServer): Readonly<Record<string, string>> {
  return {
    GATEPOST_DATA: join(workDir, 'data'),
    GATEPOST_HOSTNAME: 'mx.gate.example',
    GATEPOST_HTTP: '127.0.0.1:0',
    GATEPOST_SMTP_MX: '127.0.0.1:0',
    GATEPOST_SMTP_SUBMISSION: '127.0.0.1:0',
    GATEPOST_DNS: dns.address,
    GATEPOST_DNS_AUTHORITATIVE: dns.address,
    GATEPOST_DNS_PUBLIC: dns.address,
    GATEPOST_NETWORK_PRIVATE_TARGETS: '127.0.0.0/8',
    ...RAISED,
  }
}

/** Waits for listeners and set-up link, makes the tenant, and answers with the SMTP port. */
async function makeReady(start: {
  readonly child: ChildProcess
  readonly dns: DnsServer
  readonly options: TargetOptions
}): Promise<number> {
  const { child, dns, options } = start
  const token = setupTokenOf(child)
  const listeners = await readListeners(child, join(options.workDir, 'data', 'run', 'listeners.json'))
  const port = portOf(listeners, 'mx')
  await waitForGreeting(port, () => child.exitCode === null)
  await provision({
    url: `http://127.0.0.1:${portOf(listeners, 'http')}`,
    setupToken: await token,
    dns,
    sinkPort: options.sinkPort,
  })
  return port
}

/**
 * The token of the set-up link on stdout: the long word behind `/setup`. Goes on reading so that the pipe
 * never fills.
 */
function setupTokenOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  promise.catch(() => {}) // Who awaits it hears of the failure; a start that fails earlier doesn't.
  const timer = setTimeout(() => reject(new Error('no set-up link on stdout')), START_WITHIN_MS)
  let text = ''
  let isFound = false
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    if (isFound) return
    text += chunk
    const token = /https?:\/\/\S*\/setup\S*?([\w-]{32,})/.exec(text)?.[1]
    if (token === undefined) return
    isFound = true
    clearTimeout(timer)
    resolve(token)
  })
  child.once('exit', (code) => {
    clearTimeout(timer)
    reject(new Error(`Gatepost ended with ${code}: ${text.trim()}`))
  })
  return promise
}

type Listener = { readonly role: string; readonly port: number }

/** The supervisor writes the file once its listeners stand. */
async function readListeners(child: ChildProcess, path: string): Promise<readonly Listener[]> {
  for (const until = performance.now() + START_WITHIN_MS; performance.now() < until; await pause(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`Gatepost ended with ${child.exitCode}`)
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text !== null) return JSON.parse(text)
  }
  throw new Error(`no ${path}`)
}

function portOf(listeners: readonly Listener[], role: string): number {
  const listener = listeners.find((one) => one.role === role)
  if (listener === undefined) throw new Error(`no listener for ${role} in ${JSON.stringify(listeners)}`)
  return listener.port
}

function environmentWithoutOurs(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GATEPOST_')))
}
