// Postfix as Debian packages it: a private instance with default limits and a recipient map, relaying to the
// sink.
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { selfSignedCertificate } from '../load.ts'
import {
  DOMAIN,
  freePort,
  RECIPIENTS,
  type RunningTarget,
  type Target,
  type TargetOptions,
  waitForGreeting,
} from './target.ts'

const run = promisify(execFile)

/** Postfix' own default; more only where a cell needs more sessions than that. */
const PROCESS_LIMIT_DEFAULT = 100
const PROCESSES_BESIDE_SESSIONS = 200

export const postfix: Target = {
  name: 'postfix',

  async prepare() {
    try {
      const { stdout } = await run('postconf', ['-d', '-h', 'mail_version'])
      if (process.getuid?.() !== 0) throw new Error('Postfix must be started by root')
      return `Postfix ${stdout.trim()}`
    } catch (cause) {
      throw new Error('Postfix is not usable: apt-get install postfix postfix-lmdb, and run as root', {
        cause,
      })
    }
  },

  start: (options) => startPostfix(options, []),
}

/** A private instance; `more` are further lines of main.cf. */
export async function startPostfix(options: TargetOptions, more: readonly string[]): Promise<RunningTarget> {
  const { workDir } = options
  const port = options.smtpPort ?? (await freePort())
  const config = join(workDir, 'etc')
  await writeConfiguration(options, port, more)
  await postfixCommand(config, 'check')
  await postfixCommand(config, 'start')
  await waitForGreeting(port)
  const master = Number(await readFile(join(workDir, 'spool', 'pid', 'master.pid'), 'utf8'))
  return {
    port,
    pids: () => [master],
    settings: settingsOf(options),
    stop: () => stopInstance(config, master),
  }
}

async function writeConfiguration(
  options: TargetOptions,
  port: number,
  more: readonly string[],
): Promise<void> {
  const { workDir } = options
  const [config, spool, data] = ['etc', 'spool', 'data'].map((name) => join(workDir, name)) as [
    string,
    string,
    string,
  ]
  await chmod(workDir, 0o755) // Postfix' processes run as their own user.
  for (const folder of [config, spool, data]) await mkdir(folder)
  await run('chown', ['postfix', data])
  const { key, certificate } = await selfSignedCertificate()
  const tls = [
    'smtpd_tls_security_level = may',
    `smtpd_tls_eckey_file = ${key}`,
    `smtpd_tls_eccert_file = ${certificate}`,
  ]
  await writeFile(join(config, 'main.cf'), mainCf(options, [...tls, ...more]))
  await writeFile(join(config, 'master.cf'), masterCf(port))
  const rows = Array.from({ length: RECIPIENTS }, (_, n) => `u${n}@${DOMAIN} ok\n`)
  await writeFile(join(config, 'recipients'), rows.join(''))
  await run('postmap', ['-c', config, `lmdb:${join(config, 'recipients')}`])
}

function mainCf(options: TargetOptions, more: readonly string[]): string {
  const { workDir, sinkPort } = options
  const lines = [
    'compatibility_level = 3.6',
    `queue_directory = ${workDir}/spool`,
    `data_directory = ${workDir}/data`,
    `maillog_file = ${workDir}/mail.log`,
    `maillog_file_prefixes = ${workDir}`,
    `myhostname = mx.${DOMAIN}`,
    'mydestination =',
    'mynetworks =',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    `relay_domains = ${DOMAIN}`,
    `relay_recipient_maps = lmdb:${workDir}/etc/recipients`,
    `relay_transport = relay:[127.0.0.1]:${sinkPort}`,
    'smtpd_client_connection_count_limit = 0',
    `default_process_limit = ${processLimit(options)}`,
    'alias_maps =',
    'biff = no',
    ...more,
  ]
  return `${lines.join('\n')}\n`
}

/** The services of the shipped master.cf that relaying needs, none of them in a chroot. */
function masterCf(port: number): string {
  const services: readonly (readonly [string, string, string, string, string])[] = [
    [`127.0.0.1:${port} inet n`, 'n', '-', '-', 'smtpd'],
    ['pickup unix n', 'n', '60', '1', 'pickup'],
    ['cleanup unix n', 'n', '-', '0', 'cleanup'],
    ['qmgr unix n', 'n', '300', '1', 'qmgr'],
    ['tlsmgr unix -', 'n', '1000?', '1', 'tlsmgr'],
    ['rewrite unix -', 'n', '-', '-', 'trivial-rewrite'],
    ['bounce unix -', 'n', '-', '0', 'bounce'],
    ['defer unix -', 'n', '-', '0', 'bounce'],
    ['trace unix -', 'n', '-', '0', 'bounce'],
    ['verify unix -', 'n', '-', '1', 'verify'],
    ['flush unix n', 'n', '1000?', '0', 'flush'],
    ['proxymap unix -', 'n', '-', '-', 'proxymap'],
    ['smtp unix -', 'n', '-', '-', 'smtp'],
    ['relay unix -', 'n', '-', '-', 'smtp'],
    ['error unix -', 'n', '-', '-', 'error'],
    ['retry unix -', 'n', '-', '-', 'error'],
    ['discard unix -', 'n', '-', '-', 'discard'],
    ['anvil unix -', 'n', '-', '1', 'anvil'],
    ['scache unix -', 'n', '-', '1', 'scache'],
    ['postlog unix-dgram n', 'n', '-', '1', 'postlogd'],
  ]
  return services
    .map(([head, chroot, wakeup, max, command]) => `${head} - ${chroot} ${wakeup} ${max} ${command}\n`)
    .join('')
}

function processLimit({ sessions }: TargetOptions): number {
  return sessions < PROCESS_LIMIT_DEFAULT ? PROCESS_LIMIT_DEFAULT : sessions + PROCESSES_BESIDE_SESSIONS
}

function settingsOf(options: TargetOptions): readonly string[] {
  const limit = processLimit(options)
  const raised = limit === PROCESS_LIMIT_DEFAULT ? [] : [`default_process_limit=${limit} for idle sessions`]
  return ['smtpd_client_connection_count_limit=0', 'relay_recipient_maps=lmdb of 10,000', ...raised]
}

async function postfixCommand(config: string, command: string): Promise<void> {
  await run('postfix', ['-c', config, command])
}

async function stopInstance(config: string, master: number): Promise<void> {
  await postfixCommand(config, 'stop').catch(() => postfixCommand(config, 'abort').catch(() => {}))
  for (let tries = 0; tries < 50 && isAlive(master); tries++) await pause(100)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
