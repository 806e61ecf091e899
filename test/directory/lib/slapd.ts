// A real OpenLDAP on loopback with Active Directory's attributes: for load, and for a directory that fails.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Authority, makeAuthority } from '@gatepost/server/delivery/tls/certificates.fixture.ts'
import { freePort } from '../../interop/lib/postfix.ts'

export type Slapd = {
  /** Plain and StartTLS. */
  readonly port: number
  readonly tlsPort: number
  /** PEM of the authority that issued its certificate, for dc1.corp.example. */
  readonly authority: string
  /** Everything it holds below its base, with lasting ids, entry by entry. */
  dump(): readonly string[]
  /** Runs ldapmodify with this LDIF as the server's root. */
  modify(ldif: string): void
  stop(): Promise<void>
}

export const BASE = 'dc=corp,dc=example'
export const SYNC = { userName: `cn=sync,${BASE}`, password: 'sync-secret' } as const

const PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', ...(process.env.PATH ?? '').split(delimiter)]
const START_MS = 60_000

/** Why the tests must be skipped; false when slapd is here. */
export function slapdMissing(): string | false {
  const missing = ['slapd', 'slapadd', 'ldapmodify'].filter(
    (program) => !PATH.some((folder) => existsSync(join(folder, program))),
  )
  return missing.length === 0 ? false : `component missing: ${missing.join(', ')}`
}

let made: Authority | null = null

/** Starts a server that holds these entries below the base; `more` is added to its configuration. */
export async function startSlapd(entries: string, more: readonly string[] = []): Promise<Slapd> {
  made ??= makeAuthority('Corp authority')
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-slapd-'))
  const [port, tlsPort] = [await freePort(), await freePort()]
  mkdirSync(join(folder, 'db'))
  const { certificate, key } = made.issue(['dc1.corp.example'])
  writeFileSync(join(folder, 'tls.crt'), certificate)
  writeFileSync(join(folder, 'tls.key'), key)
  writeFileSync(join(folder, 'ad.schema'), SCHEMA)
  writeFileSync(join(folder, 'slapd.conf'), configuration(folder, more))
  writeFileSync(join(folder, 'base.ldif'), `${ROOT}\n${entries}`)
  const env = { ...process.env, PATH: PATH.join(delimiter) }
  execFileSync('slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'base.ldif')], {
    env,
    stdio: 'pipe',
  })
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`
  const server = spawn('slapd', ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', urls], {
    env,
    stdio: 'ignore',
  })
  await answers(port)
  return {
    port,
    tlsPort,
    authority: made.ca.certificate,
    dump() {
      const args = ['-f', join(folder, 'slapd.conf'), '-o', 'ldif-wrap=no']
      const text = execFileSync('slapcat', args, { env, encoding: 'utf8', maxBuffer: 1e9 })
      return text.split(/\n\n/).filter((entry) => /^dn: cn=.*,ou=users,/im.test(entry))
    },
    modify(ldif) {
      const as = ['-x', '-H', `ldap://127.0.0.1:${port}`, '-D', `cn=admin,${BASE}`, '-w', 'secret']
      execFileSync('ldapmodify', as, { env, input: ldif, stdio: ['pipe', 'ignore', 'pipe'] })
    },
    async stop() {
      await ended(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** People `from` to `to` with an alias each; every tenth is disabled. */
export function peopleLdif(from: number, to: number, domain = 'corp.example'): string {
  const entries: string[] = []
  for (let index = from; index < to; index += 1) {
    const name = `user${String(index).padStart(5, '0')}`
    entries.push(
      [
        `dn: cn=${name},ou=Users,${BASE}`,
        'objectClass: user',
        `cn: ${name}`,
        `sn: ${name}`,
        `displayName: Person ${index}`,
        `uid: ${name}`,
        `mail: ${name}@${domain}`,
        `proxyAddresses: SMTP:${name}@${domain}`,
        `proxyAddresses: smtp:alias.${name}@${domain}`,
        `userAccountControl: ${index % 10 === 9 ? 514 : 512}`,
        'userPassword: person-secret',
        '',
      ].join('\n'),
    )
  }
  return `${entries.join('\n')}\n`
}

export function groupLdif(name: string, members: readonly string[]): string {
  const lines = [`dn: cn=${name},ou=Users,${BASE}`, 'objectClass: group', `cn: ${name}`]
  return `${[...lines, ...members.map((member) => `member: cn=${member},ou=Users,${BASE}`)].join('\n')}\n\n`
}

async function answers(port: number): Promise<void> {
  const end = Date.now() + START_MS
  while (Date.now() < end) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('connect', () => resolve(socket.destroy() !== undefined))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await sleep(50)
  }
  throw new Error('slapd did not start')
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

function configuration(folder: string, more: readonly string[]): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include ${folder}/ad.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/tls.crt
TLSCertificateKeyFile ${folder}/tls.key
sizelimit size.soft=1000 size.hard=1000 size.prtotal=unlimited
database mdb
suffix ${BASE}
rootdn cn=admin,${BASE}
rootpw secret
directory ${folder}/db
maxsize 1073741824
${more.join('\n')}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=sync,${BASE}" read by dn.exact="cn=blind,${BASE}" none by anonymous auth by users read
index objectClass,mail,sAMAccountName,userPrincipalName,proxyAddresses,uid eq
`
}

const ROOT = `dn: ${BASE}
objectClass: dcObject
objectClass: organization
dc: corp
o: Corp

dn: ou=Users,${BASE}
objectClass: organizationalUnit
ou: Users

dn: cn=sync,${BASE}
objectClass: person
cn: sync
sn: sync
userPassword: ${SYNC.password}

dn: cn=blind,${BASE}
objectClass: person
cn: blind
sn: blind
userPassword: blind-secret
`

const TEXT = 'EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15'
const NUMBER = 'EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27'
const PERSON = 'sAMAccountName $ userPrincipalName $ userAccountControl $ proxyAddresses'
const GROUP = 'member $ mail $ proxyAddresses $ sAMAccountName $ groupType $ description'

const SCHEMA = `attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' ${TEXT} SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' ${TEXT} SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' ${NUMBER} SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.210 NAME 'proxyAddresses' ${TEXT} )
attributetype ( 1.2.840.113556.1.4.750 NAME 'groupType' ${NUMBER} SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY ( ${PERSON} ) )
objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL MUST cn MAY ( ${GROUP} ) )
`
