// Postfix with postgrey behind its policy port: greylisting with durable state (Berkeley DB), as Debian ships
// it. Private instances on loopback.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, mkdir, open } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { postfix, startPostfix } from './postfix.ts'
import { freePort, stopChild, type Target, type TargetOptions } from './target.ts'

const run = promisify(execFile)
const START_WITHIN_MS = 30_000
const POLL_MS = 50
const PROGRAM = '/usr/sbin/postgrey'
/** As Gatepost: a retry counts from a minute on, a pass 36 days. */
const SETTINGS = ['--delay=60', '--max-age=36', '--retry-window=12h', '--lookup-by-subnet']

export const postfixPostgrey: Target = {
  name: 'postfix-postgrey',

  async prepare() {
    const mailServer = await postfix.prepare()
    try {
      const { stdout } = await run(PROGRAM, ['--version'])
      return `${mailServer} with ${stdout.trim().split('\n')[0]}`
    } catch (cause) {
      throw new Error('postgrey is not usable: apt-get install postgrey', { cause })
    }
  },

  async start(options) {
    const policyPort = await freePort()
    const postgrey = await startPostgrey(options, policyPort)
    try {
      const server = await startPostfix(options, [
        // The senders of the warm-up are known, as everywhere.
        'smtpd_recipient_restrictions = reject_unlisted_recipient,',
        '  check_sender_access inline:{sender.example=permit_auth_destination},',
        `  check_policy_service inet:127.0.0.1:${policyPort}, reject_unauth_destination`,
      ])
      return {
        ...server,
        pids: () => [...server.pids(), postgrey.pid!],
        settings: [...server.settings, `postgrey ${SETTINGS.join(' ')}`],
        async stop() {
          await server.stop()
          await stopChild(postgrey)
        },
      }
    } catch (error) {
      await stopChild(postgrey)
      throw error
    }
  },
}

async function startPostgrey({ workDir }: TargetOptions, port: number): Promise<ChildProcess> {
  const database = join(workDir, 'postgrey')
  await chmod(workDir, 0o755) // postgrey works as a user of its own.
  await mkdir(database)
  await run('chown', ['postgrey', database])
  const log = await open(join(workDir, 'postgrey.log'), 'a')
  const args = [`--inet=127.0.0.1:${port}`, `--dbdir=${database}`, ...SETTINGS]
  const child = spawn(PROGRAM, args, { cwd: workDir, stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  for (const until = performance.now() + START_WITHIN_MS; performance.now() < until; await pause(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`postgrey ended with ${child.exitCode}`)
    if (await isOpen(port)) return child
  }
  await stopChild(child)
  throw new Error(`postgrey does not listen on ${port}`)
}

function isOpen(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1')
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
