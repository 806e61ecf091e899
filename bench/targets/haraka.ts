// Haraka with its disk queue (a sync before each 250) and an in-memory recipient list, relaying to the sink.
import { execFile, spawn } from 'node:child_process'
import { copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, diffieHellmanParameters, selfSignedCertificate } from '../load.ts'
import {
  DOMAIN,
  freePort,
  RECIPIENTS,
  type RunningTarget,
  stopChild,
  type Target,
  waitForGreeting,
} from './target.ts'

const HARAKA_VERSION = '3.3.4'
/** Held back, since registries with a waiting time may lack the newest releases of these. */
const OVERRIDES = { 'encoding-japanese': '2.2.0', '@zone-eu/mailsplit': '5.4.19', libqp: '2.1.1' }
const home = join(cacheFolder, 'haraka')
const program = join(home, 'node_modules', 'Haraka')

export const haraka: Target = {
  name: 'haraka',

  async prepare() {
    if ((await installedVersion()) !== HARAKA_VERSION) await install()
    return `Haraka ${HARAKA_VERSION} on Node ${process.versions.node}`
  },

  async start({ smtpPort, sinkPort, workDir }) {
    const port = smtpPort ?? (await freePort())
    await writeConfiguration({ port, sinkPort, workDir })
    const log = await open(join(workDir, 'log'), 'a')
    const child = spawn(process.execPath, [join(program, 'bin', 'haraka'), '-c', workDir], {
      cwd: workDir,
      stdio: ['ignore', log.fd, log.fd],
    })
    await log.close()
    await waitForGreeting(port, () => child.exitCode === null)
    return {
      port,
      pids: () => [child.pid!],
      settings: ['one process', 'outbound queue', 'log level notice', 'recipients in memory'],
      stop: () => stopChild(child),
    } satisfies RunningTarget
  },
}

async function installedVersion(): Promise<string | null> {
  try {
    return JSON.parse(await readFile(join(program, 'package.json'), 'utf8')).version
  } catch {
    return null
  }
}

/** Its own package.json keeps Haraka and its hundred packages out of our lock file. */
async function install(): Promise<void> {
  await mkdir(home, { recursive: true })
  const dependencies = { Haraka: HARAKA_VERSION }
  const manifest = { name: 'bench-haraka', private: true, dependencies, overrides: OVERRIDES }
  await writeFile(join(home, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const options = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund']
  await promisify(execFile)('npm', ['install', ...options], { cwd: home })
}

async function writeConfiguration(options: {
  readonly port: number
  readonly sinkPort: number
  readonly workDir: string
}): Promise<void> {
  const { port, sinkPort, workDir } = options
  for (const folder of ['config', 'plugins', 'queue']) await mkdir(join(workDir, folder))
  const { key, certificate } = await selfSignedCertificate()
  await copyFile(key, join(workDir, 'config', 'tls_key.pem'))
  await copyFile(certificate, join(workDir, 'config', 'tls_cert.pem'))
  await copyFile(await diffieHellmanParameters(), join(workDir, 'config', 'dhparams.pem'))
  // Haraka reads this one from the instance folder alone and doesn't start without it.
  await copyFile(join(program, 'config', 'connection.ini'), join(workDir, 'config', 'connection.ini'))
  const files = {
    'config/smtp.ini': `listen=127.0.0.1:${port}\nnodes=0\n`,
    'config/me': `mx.${DOMAIN}\n`,
    'config/log.ini': 'level=NOTICE\n',
    'config/outbound.ini': 'enable_tls=false\nlocal_mx_ok=true\n',
    'config/plugins': 'tls\nbench\n',
    'config/tls.ini': '',
    'plugins/bench.js': plugin(sinkPort),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(workDir, name), text)
}

/**
 * Marks mail for known recipients as relayed, so that Haraka queues it itself, and names the sink as its MX.
 */
function plugin(sinkPort: number): string {
  return `const known = new Set()
for (let n = 0; n < ${RECIPIENTS}; n++) known.add('u' + n + '@${DOMAIN}')
exports.hook_mail = function (next, connection) {
  connection.relaying = true
  next()
}
exports.hook_rcpt = function (next, connection, params) {
  const { address } = params[0]
  const mailbox = typeof address === 'function' ? address.call(params[0]) : address
  if (known.has(String(mailbox).toLowerCase())) next(OK)
  else next(DENY, 'User unknown')
}
exports.hook_get_mx = function (next) {
  next(OK, { priority: 0, exchange: '127.0.0.1', port: ${sinkPort} })
}
`
}
