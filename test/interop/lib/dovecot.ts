// A real Dovecot as the last mailbox: takes mail by LMTP and shows it by IMAP.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from './postfix.ts'

const run = promisify(execFile)

/** The reason to skip where Dovecot cannot be started; false when it can. */
export function dovecotMissing(): string | false {
  const isThere = ['imap', 'lmtp'].every((name) => existsSync(`/usr/lib/dovecot/${name}`))
  return isThere && process.getuid?.() === 0 ? false : 'component missing: Dovecot'
}

export type Dovecot = {
  readonly lmtpPort: number
  /** Plain IMAP; the password of everybody is `secret`, and `boss` is a master with `master secret`. */
  readonly imapPort: number
  /** Maildirs, one a user. */
  readonly mailFolder: string
  /** Whose the files are. */
  readonly ids: { readonly uid: number; readonly gid: number }
  /** The messages of a mailbox as IMAP gives them. */
  readonly messages: (user: string) => Promise<readonly Buffer[]>
  readonly stop: () => Promise<void>
}

const READY_TRIES = 1_200

/** Starts a private instance in a temporary folder. */
export async function startDovecot(): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-dovecot-'))
  await chmod(folder, 0o755)
  const [lmtpPort, imapPort] = [await freePort(), await freePort()]
  const { stdout } = await run('id', ['-u', 'mail'])
  const { stdout: group } = await run('id', ['-g', 'mail'])
  await mkdir(join(folder, 'mail'))
  await chown(join(folder, 'mail'), Number(stdout), Number(group))
  await writeFile(join(folder, 'masters'), 'boss:{PLAIN}master secret\n')
  const config = join(folder, 'dovecot.conf')
  await writeFile(
    config,
    configuration({ folder, lmtpPort, imapPort, uid: stdout.trim(), gid: group.trim() }),
  )
  const child: ChildProcess = spawn('dovecot', ['-F', '-c', config], { stdio: 'ignore' })
  for (let tries = 0; ; tries++) {
    if (await answers(imapPort)) break
    if (tries > READY_TRIES) throw new Error('Dovecot does not answer')
    await pause(50)
  }
  return {
    lmtpPort,
    imapPort,
    mailFolder: join(folder, 'mail'),
    ids: { uid: Number(stdout), gid: Number(group) },
    messages: (user) => fetchAll(imapPort, user),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configuration(of: {
  readonly folder: string
  readonly lmtpPort: number
  readonly imapPort: number
  readonly uid: string
  readonly gid: string
}): string {
  const { folder, lmtpPort, imapPort, uid, gid } = of
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${folder}/mail/%u
auth_master_user_separator = *
namespace inbox {
  inbox = yes
  mailbox Gesendet {
    special_use = \\Sent
  }
}
passdb {
  driver = passwd-file
  master = yes
  args = ${folder}/masters
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${lmtpPort}
  }
}
`
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}

/** Says a few lines of IMAP and cuts the literals out of what comes. */
async function fetchAll(port: number, user: string): Promise<readonly Buffer[]> {
  const socket = connect(port, '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', (chunk: Buffer) => parts.push(chunk))
  const ended = new Promise((resolve, reject) => socket.once('end', resolve).once('error', reject))
  socket.write(`a login ${user} secret\r\nb select inbox\r\nc fetch 1:* (body.peek[])\r\nd logout\r\n`)
  await ended
  const all = Buffer.concat(parts)
  const messages: Buffer[] = []
  for (let at = 0; ; ) {
    const open = all.indexOf('BODY[] {', at)
    if (open < 0) return messages
    const close = all.indexOf('}\r\n', open)
    const size = Number(all.toString('latin1', open + 8, close))
    messages.push(all.subarray(close + 3, close + 3 + size))
    at = close + 3 + size
  }
}
