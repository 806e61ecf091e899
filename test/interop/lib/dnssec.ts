// Real DNSSEC on loopback: Knot signs zones, Unbound validates them. One zone is signed, one is not, and one
// is signed with keys that its parent does not know.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './postfix.ts'

export type Dnssec = {
  /** `ip:port` of the validating resolver. */
  readonly resolver: string
  stop(): Promise<void>
}

const PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', ...(process.env.PATH ?? '').split(delimiter)]

/** Why the tests must be skipped; false when Knot and Unbound are here. */
export function dnssecMissing(): string | false {
  const missing = ['knotd', 'kdig', 'unbound'].filter(
    (program) => !PATH.some((folder) => existsSync(join(folder, program))),
  )
  return missing.length === 0 ? false : `component missing: ${missing.join(', ')}`
}

/** Starts both. `records` stand in each of signed.test, plain.test and bogus.test. */
export async function startDnssec(records: readonly string[]): Promise<Dnssec> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-dnssec-'))
  for (const name of ['zones', 'db', 'run']) mkdirSync(join(folder, name))
  const [authoritative, resolving] = [await freePort(), await freePort()]
  for (const zone of ['signed.test', 'plain.test', 'bogus.test']) {
    const soa = `@ SOA ns.${zone}. h.${zone}. 1 3600 600 86400 60`
    const text = ['$TTL 60', soa, '@ NS ns', 'ns A 127.0.0.1', ...records].join('\n')
    writeFileSync(join(folder, 'zones', `${zone}.zone`), `${text}\n`)
  }
  writeFileSync(join(folder, 'knot.conf'), knotConf(folder, authoritative))
  const env = { ...process.env, PATH: PATH.join(delimiter) }
  const knot = spawn('knotd', ['-c', join(folder, 'knot.conf')], { env, stdio: 'ignore' })
  const key = await signingKey(authoritative, env)
  writeFileSync(join(folder, 'unbound.conf'), unboundConf(folder, { authoritative, resolving, key }))
  const unbound = spawn('unbound', ['-d', '-c', join(folder, 'unbound.conf')], { env, stdio: 'ignore' })
  await answers(resolving, env)
  return {
    resolver: `127.0.0.1:${resolving}`,
    async stop() {
      await Promise.all([ended(knot), ended(unbound)])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function knotConf(folder: string, port: number): string {
  return `server:
  rundir: ${folder}/run
  listen: 127.0.0.1@${port}
database:
  storage: ${folder}/db
policy:
 - id: p
   algorithm: ecdsap256sha256
   cds-cdnskey-publish: none
template:
 - id: default
   storage: ${folder}/zones
   file: "%s.zone"
zone:
 - domain: signed.test
   dnssec-signing: on
   dnssec-policy: p
 - domain: bogus.test
   dnssec-signing: on
   dnssec-policy: p
 - domain: plain.test
`
}

function unboundConf(
  folder: string,
  at: { readonly authoritative: number; readonly resolving: number; readonly key: string },
): string {
  const stub = (zone: string) => `stub-zone:\n name: "${zone}"\n stub-addr: 127.0.0.1@${at.authoritative}\n`
  return `server:
 interface: 127.0.0.1@${at.resolving}
 do-daemonize: no
 chroot: ""
 username: ""
 pidfile: ${folder}/unbound.pid
 directory: ${folder}
 use-syslog: no
 logfile: ${folder}/unbound.log
 do-not-query-localhost: no
 module-config: "validator iterator"
 local-zone: "test." nodefault
 domain-insecure: "plain.test"
 trust-anchor: "signed.test. DNSKEY ${at.key}"
 trust-anchor: "bogus.test. DNSKEY ${at.key}"
remote-control:
 control-enable: no
${['signed.test', 'plain.test', 'bogus.test'].map(stub).join('')}`
}

/** The key-signing key, once Knot has made it. */
async function signingKey(port: number, env: NodeJS.ProcessEnv): Promise<string> {
  return await repeated(() =>
    ask(['@127.0.0.1', '-p', `${port}`, '+short', 'DNSKEY', 'signed.test'], env).find((line) =>
      line.startsWith('257'),
    ),
  )
}

async function answers(port: number, env: NodeJS.ProcessEnv): Promise<void> {
  await repeated(() => ask(['@127.0.0.1', '-p', `${port}`, '+short', 'SOA', 'signed.test'], env)[0])
}

function ask(args: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  try {
    return execFileSync('kdig', ['+timeout=1', ...args], { env, encoding: 'utf8', stdio: 'pipe' })
      .split('\n')
      .filter(Boolean)
  } catch {
    return []
  }
}

async function repeated(attempt: () => string | undefined): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const found = attempt()
    if (found !== undefined && !found.startsWith(';')) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Knot or Unbound did not come up')
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
