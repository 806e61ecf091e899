// A real Active Directory domain controller (Samba) on a loopback address of its own: for what entries mean
// and what result codes say. Provisioning takes 6 to 14 s: one for each test file.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Samba = {
  /** Its loopback address; LDAP is on 389 and 636. */
  readonly address: string
  /** PEM of the authority that issued its certificate, for DC1.corp.example. */
  readonly authority: string
  /** Runs samba-tool on its database. */
  tool(...args: string[]): void
  /** Runs ldapmodify with this LDIF as its administrator. */
  modify(ldif: string): void
  stop(): void
}

export const DOMAIN = 'DC=corp,DC=example'
export const SYNC = { userName: 'sync@corp.example', password: 'Passw0rd!Sync1' } as const

const PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', ...(process.env.PATH ?? '').split(delimiter)]
const START_MS = 60_000

/** Why the tests must be skipped; false when Samba is here and ports below 1024 are ours to use. */
export function sambaMissing(): string | false {
  const missing = ['samba', 'samba-tool', 'ldapmodify'].filter(
    (program) => !PATH.some((folder) => existsSync(join(folder, program))),
  )
  if (!existsSync('/usr/share/samba/setup/ad-schema')) missing.push('samba-ad-provision')
  if (missing.length > 0) return `component missing: ${missing.join(', ')}`
  return process.getuid?.() === 0 ? false : 'component missing: root, for port 389'
}

/** Provisions a domain `corp.example` and starts its controller. */
export async function startSamba(): Promise<Samba> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-ad-'))
  // Ports cannot be chosen, so every run takes an address of its own.
  const address = `127.0.${40 + (process.pid % 200)}.${1 + (Math.floor(process.pid / 200) % 250)}`
  const env = { ...process.env, PATH: PATH.join(delimiter) }
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(program, args, { env, stdio: ['pipe', 'ignore', 'pipe'] })
  }
  mkdirSync(join(folder, 'run'))
  mkdirSync(join(folder, 'log'))
  run('samba-tool', ['domain', 'provision', ...provisionOf(folder, address)])
  const conf = join(folder, 'etc/smb.conf')
  // Its output must not be a pipe: the daemon would hold it open for ever.
  execFileSync('samba', ['-s', conf, '-D', '-M', 'single'], { env, stdio: 'ignore' })
  await answers(address)
  const database = ['-H', join(folder, 'private/sam.ldb'), '-s', conf]
  return {
    address,
    authority: readFileSync(join(folder, 'private/tls/ca.pem'), 'utf8'),
    tool: (...args) => run('samba-tool', [...args, ...database]),
    modify: (ldif) => {
      const as = [
        '-x',
        '-H',
        `ldaps://${address}`,
        '-D',
        'Administrator@corp.example',
        '-w',
        'Passw0rd!Corp1',
      ]
      const unchecked = { ...env, LDAPTLS_REQCERT: 'never' }
      execFileSync('ldapmodify', as, { env: unchecked, input: ldif, stdio: ['pipe', 'ignore', 'pipe'] })
    },
    stop() {
      const pid = Number(readFileSync(join(folder, 'run/samba.pid'), 'utf8').trim())
      try {
        process.kill(pid, 'SIGTERM')
      } catch {}
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function provisionOf(folder: string, address: string): readonly string[] {
  const option = (text: string): string => `--option=${text}`
  return [
    `--targetdir=${folder}`,
    '--realm=CORP.EXAMPLE',
    '--domain=CORP',
    '--server-role=dc',
    '--dns-backend=NONE',
    '--host-name=dc1',
    `--host-ip=${address}`,
    '--adminpass=Passw0rd!Corp1',
    option(`interfaces=${address}/8`),
    option('bind interfaces only=yes'),
    option('server services=ldap, cldap, kdc'),
    option(`pid directory=${folder}/run`),
    option(`log file=${folder}/log/%m.log`),
    option(`ncalrpc dir=${folder}/run/ncalrpc`),
    option(`winbindd socket directory=${folder}/run/winbindd`),
  ]
}

async function answers(address: string): Promise<void> {
  const end = Date.now() + START_MS
  while (Date.now() < end) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: address, port: 636 })
      socket.once('connect', () => resolve(socket.destroy() !== undefined))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await sleep(100)
  }
  throw new Error('Samba did not start')
}
