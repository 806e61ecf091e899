// Postfix with rspamd behind its milter port and Redis behind that: what many run for SPF, DKIM, DMARC and a
// score. Private instances on loopback; DNS is the bench's own.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, cp, mkdir, open, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type DnsServer, startDns } from '@gatepost/sandbox/dns.ts'
import { publishSender } from '../signed-mail.ts'
import { postfix, startPostfix } from './postfix.ts'
import { freePort, stopChild, type Target, type TargetOptions } from './target.ts'

const run = promisify(execFile)

/** rspamd reads its rules for some 15 seconds of CPU, on a busy machine for more than a minute. */
const START_WITHIN_MS = 240_000
const POLL_MS = 100
/** As many scanning processes as there are cores. */
const WORKERS = 2

type Ports = {
  readonly milter: number
  readonly scan: number
  readonly control: number
  readonly redis: number
}

export const postfixRspamd: Target = {
  name: 'postfix-rspamd',

  async prepare() {
    const mailServer = await postfix.prepare()
    try {
      const { stdout } = await run('rspamd', ['--version'])
      await run('redis-server', ['--version'])
      return `${mailServer} with ${stdout.trim().split('\n')[0]}`
    } catch (cause) {
      throw new Error('rspamd is not usable: apt-get install rspamd redis-server', { cause })
    }
  },

  async start(options) {
    const dns = await startDns()
    publishSender(dns)
    const ports = {
      milter: await freePort(),
      scan: await freePort(),
      control: await freePort(),
      redis: await freePort(),
    }
    const children: ChildProcess[] = []
    const stopAll = async () => {
      await Promise.all(children.map(stopChild))
      await dns.stop()
    }
    try {
      children.push(await startRedis(options, ports))
      children.push(await startRspamd(options, ports, dns))
      const server = await startPostfix(options, [
        `smtpd_milters = inet:127.0.0.1:${ports.milter}`,
        'milter_default_action = tempfail',
        'milter_protocol = 6',
        'milter_mail_macros = i {mail_addr} {client_addr} {client_name} {auth_authen}',
      ])
      return {
        ...server,
        pids: () => [...server.pids(), ...children.map(({ pid }) => pid!)],
        settings: [
          ...server.settings,
          `rspamd with ${WORKERS} + ${WORKERS} workers, Redis; RBL, fuzzy and map look-ups off (no internet)`,
        ],
        async stop() {
          await server.stop()
          await stopAll()
        },
      }
    } catch (error) {
      await stopAll()
      throw error
    }
  },
}

async function startRedis({ workDir }: TargetOptions, { redis }: Ports): Promise<ChildProcess> {
  const settings = ['--port', String(redis), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = await spawnLogged(workDir, 'redis-server', [...settings, '--dir', workDir])
  await waitForPort(redis, child)
  return child
}

async function startRspamd({ workDir }: TargetOptions, ports: Ports, dns: DnsServer): Promise<ChildProcess> {
  const folder = join(workDir, 'rspamd')
  const [config, state, log] = ['etc', 'run', 'log'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  // Compiled expressions are kept between runs, as they are where it runs for months.
  const db = join(tmpdir(), 'gatepost-bench-rspamd-db')
  await cp('/etc/rspamd', config, { recursive: true })
  for (const path of [db, state, log, join(config, 'local.d'), join(config, 'override.d')]) {
    await mkdir(path, { recursive: true })
  }
  for (const [name, text] of configuration(ports, dns, log)) await writeFile(join(config, name), text)
  await run('chown', ['-R', '_rspamd:_rspamd', folder, db])
  await chmod(folder, 0o755)
  const child = await spawnLogged(workDir, 'rspamd', [
    '-f',
    ...['-u', '_rspamd', '-g', '_rspamd', '-c', join(config, 'rspamd.conf')],
    ...[`--var=CONFDIR=${config}`, `--var=LOCAL_CONFDIR=${config}`, `--var=DBDIR=${db}`],
    ...[`--var=RUNDIR=${state}`, `--var=LOGDIR=${log}`],
  ])
  await waitForPort(ports.milter, child)
  return child
}

/** Debian's configuration with our ports; mail from loopback is judged like any other, nothing is remote. */
function configuration(ports: Ports, dns: DnsServer, log: string): readonly (readonly [string, string])[] {
  const judged = 'check_local = true;\ncheck_authed = true;\n'
  const off = 'enabled = false;\n'
  const remote = [
    'rbl',
    'fuzzy_check',
    'phishing',
    'asn',
    'url_redirector',
    'mx_check',
    'greylist',
    'history_redis',
  ]
  const proxy =
    `bind_socket = "127.0.0.1:${ports.milter}";\nmilter = yes;\ntimeout = 120s;\ncount = ${WORKERS};\n` +
    'upstream "local" {\n  default = yes;\n  self_scan = yes;\n}\n'
  return [
    ['local.d/options.inc', `dns {\n  nameserver = ["${dns.address}"];\n  timeout = 1s;\n}\n`],
    ['local.d/redis.conf', `servers = "127.0.0.1:${ports.redis}";\n`],
    ['local.d/logging.inc', `type = "file";\nfilename = "${join(log, 'rspamd.log')}";\nlevel = "notice";\n`],
    ['local.d/worker-normal.inc', `bind_socket = "127.0.0.1:${ports.scan}";\ncount = ${WORKERS};\n`],
    ['local.d/worker-controller.inc', `bind_socket = "127.0.0.1:${ports.control}";\n`],
    ['local.d/worker-fuzzy.inc', off],
    ['override.d/worker-proxy.inc', proxy],
    ...['spf', 'dkim', 'dmarc', 'arc'].map((name) => [`local.d/${name}.conf`, judged] as const),
    ['local.d/milter_headers.conf', 'use = ["authentication-results"];\nskip_local = false;\n'],
    ...remote.map((name) => [`local.d/${name}.conf`, off] as const),
  ]
}

async function spawnLogged(workDir: string, program: string, args: readonly string[]): Promise<ChildProcess> {
  const log = await open(join(workDir, `${program}.log`), 'a')
  const child = spawn(program, args, { cwd: workDir, stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  return child
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  for (const until = performance.now() + START_WITHIN_MS; performance.now() < until; await pause(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    if (await isOpen(port)) return
  }
  throw new Error(`${child.spawnfile} does not listen on ${port}`)
}

function isOpen(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1')
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
