// Real rspamd and spamd on loopback for the tests: without network, lists or learning.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { rspamdScore } from '@gatepost/server/facts/screening/spam/rspamd.ts'
import { spamdScore } from '@gatepost/server/facts/screening/spam/spamd.ts'
import { freePort } from './postfix.ts'

/** The reason to skip; false where both can be started. */
export function enginesMissing(): string | false {
  if (process.getuid?.() !== 0) return 'component missing: root, whom spamd and rspamd want'
  if (!existsSync('/usr/bin/rspamd')) return 'component missing: rspamd'
  return existsSync('/usr/sbin/spamd') ? false : 'component missing: spamd'
}

export type RunningEngine = { readonly port: number; stop(): Promise<void> }

/** rspamd takes some seconds to start on a busy machine. */
const READY_TRIES = 600
const LETTER = Buffer.from('From: a@bright.example\r\nSubject: Hi\r\n\r\nHello\r\n')
const NOBODY = { clientIp: '203.0.113.10', helo: 'mx.bright.example', reversePath: 'a@bright.example' }

export async function startSpamd(): Promise<RunningEngine> {
  const port = await freePort()
  const arguments_ = ['-L', '-x', '-i', '127.0.0.1', '-p', String(port), '--max-children', '1', '-s', 'null']
  const child = spawn('/usr/sbin/spamd', arguments_, { stdio: 'ignore' })
  const isThere = async () => (await spamdScore({ port, timeoutMs: 2_000 }, LETTER)) !== null
  await ready('spamd', child, isThere)
  return { port, stop: () => stopped(child) }
}

export async function startRspamd(): Promise<RunningEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-rspamd-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  await mkdir(join(folder, 'run'), { mode: 0o777 })
  await chmod(join(folder, 'run'), 0o777)
  const config = join(folder, 'rspamd.conf')
  await writeFile(config, configuration(folder, port))
  await writeFile(join(folder, 'rules.lua'), RULES)
  const variables = ['DBDIR', 'RUNDIR', 'LOGDIR'].map((name) => `--var=${name}=${join(folder, 'run')}`)
  const child = spawn(
    '/usr/bin/rspamd',
    ['-f', '-u', '_rspamd', '-g', '_rspamd', '-c', config, ...variables],
    {
      stdio: 'ignore',
    },
  )
  const url = `http://127.0.0.1:${port}`
  await ready('rspamd', child, async () => (await rspamdScore({ url }, LETTER, NOBODY)) !== null)
  return {
    port,
    async stop() {
      await stopped(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** One scanner and two symbols: the whole rule set takes a quarter of a minute to compile. */
function configuration(folder: string, port: number): string {
  return `
options { filters = ""; pidfile = "${folder}/run/rspamd.pid"; dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; } }
logging { type = "file"; filename = "${folder}/run/rspamd.log"; level = "error"; }
worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; }
actions { reject = 15; add_header = 6; greylist = 4; }
lua = "${folder}/rules.lua"
`
}

async function ready(name: string, child: ChildProcess, isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isThere()); tries++) {
    if (tries > READY_TRIES || child.exitCode !== null) throw new Error(`${name} does not answer`)
    await pause(100)
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

/** The symbol that a message of the test asks for by its words. */
const RULES = `
rspamd_config:register_symbol({ name = 'TEST_PILLS', score = 12.5, description = 'Speaks of pills',
  callback = function(task) return (task:get_header('Subject') or ''):find('pills') ~= nil end })
`
