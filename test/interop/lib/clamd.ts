// A real clamd with one signature of its own, that of the EICAR test file: no database is downloaded.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EICAR } from '@gatepost/server/facts/screening/zip.fixture.ts'
import { Clamd } from '@gatepost/server/platform/clamd.ts'
import { freePort } from './postfix.ts'

/** The reason to skip where clamd cannot be started; false when it can. */
export function clamdMissing(): string | false {
  return existsSync('/usr/sbin/clamd') ? false : 'component missing: clamd'
}

export type RunningClamd = {
  readonly port: number
  readonly socket: string
  stop(): Promise<void>
}

const READY_TRIES = 1_200

/** Largest file that it looks at: what is larger it passes over in silence. */
export const CLAMD_FILE_MB = 2

export async function startClamd(): Promise<RunningClamd> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-clamd-'))
  const port = await freePort()
  const socket = join(folder, 'clamd.sock')
  await mkdir(join(folder, 'db'))
  await mkdir(join(folder, 'tmp'))
  const signature = `Test.Eicar:0:*:${Buffer.from(EICAR).toString('hex')}\n`
  await writeFile(join(folder, 'db', 'local.ndb'), signature)
  const config = join(folder, 'clamd.conf')
  await writeFile(config, configuration(folder, { port, socket }))
  const child: ChildProcess = spawn('/usr/sbin/clamd', ['-F', '-c', config], { stdio: 'ignore' })
  const clamd = new Clamd({ address: { kind: 'tcp', host: '127.0.0.1', port } })
  for (let tries = 0; (await clamd.version()) === null; tries++) {
    if (tries > READY_TRIES || child.exitCode !== null) throw new Error('clamd does not answer')
    await pause(50)
  }
  return {
    port,
    socket,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configuration(folder: string, at: { readonly port: number; readonly socket: string }): string {
  return [
    `DatabaseDirectory ${join(folder, 'db')}`,
    `LogFile ${join(folder, 'clamd.log')}`,
    `TemporaryDirectory ${join(folder, 'tmp')}`,
    `TCPSocket ${at.port}`,
    'TCPAddr 127.0.0.1',
    `LocalSocket ${at.socket}`,
    'StreamMaxLength 512K',
    'MaxScanSize 100M',
    `MaxFileSize ${CLAMD_FILE_MB}M`,
    'MaxRecursion 12',
    'AlertExceedsMax yes',
    'AlertEncrypted yes',
    'AlertEncryptedArchive yes',
    '',
  ].join('\n')
}
