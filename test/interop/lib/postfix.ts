// A real Postfix as an organisation's mail host: sends through a smart host, receives for acme.example.
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { selfSigned } from '../../../packages/server/src/platform/tls.ts'

const run = promisify(execFile)

/** The reason to skip where Postfix cannot be started; false when it can. */
export async function postfixMissing(): Promise<string | false> {
  const version = await run('postconf', ['-d', '-h', 'mail_version']).catch(() => null)
  return version !== null && process.getuid?.() === 0 ? false : 'component missing: Postfix'
}

/** The same for Postfix as a host that asks for a login: Cyrus SASL with its file of accounts. */
export async function saslMissing(): Promise<string | false> {
  const plugins = await Promise.all(
    ['scram', 'sasldb'].map((name) =>
      run('find', [...SASL_FOLDERS, '-name', `lib${name}.so*`]).catch(() => null),
    ),
  )
  const perl = await run('perl', ['-MDB_File', '-e', '1']).catch(() => null)
  const isThere = perl !== null && plugins.every((found) => found !== null && found.stdout !== '')
  return (await postfixMissing()) || (isThere ? false : 'component missing: Cyrus SASL')
}

const SASL_FOLDERS = ['/usr/lib', '-maxdepth', '3', '-path', '*sasl2*']

export type Postfix = {
  readonly port: number
  readonly log: () => Promise<string>
  readonly stop: () => Promise<void>
}

type Options = {
  /** Where all mail for outside goes: by TLS, but for survey.example, which goes in clear. */
  readonly smartHostPort: number
  /** Where mail for acme.example goes on to, and that of Bob. */
  readonly mailboxPort: number
  readonly lmtpPort: number
  /** A login at the smart host, and the one mechanism that is used. */
  readonly login?: { readonly username: string; readonly password: string; readonly mechanism: string }
  /** Takes mail from this account alone, inside TLS. */
  readonly account?: { readonly username: string; readonly password: string }
}

/** Starts a private instance in a temporary folder. */
export async function startPostfix(options: Options): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-postfix-'))
  await chmod(folder, 0o755) // Postfix' processes run as their own user.
  const config = join(folder, 'etc')
  for (const name of ['etc', 'spool', 'data']) await mkdir(join(folder, name))
  await run('chown', ['postfix', join(folder, 'data')])
  const port = await freePort()
  const made = selfSigned('exchange.acme.example', Date.now())
  await writeFile(join(config, 'tls.pem'), made.key + made.certificate, { mode: 0o600 })
  await writeFile(join(config, 'main.cf'), mainCf(folder, options))
  if (options.account !== undefined) await writeAccount(config, options.account)
  await writeFile(join(config, 'master.cf'), masterCf(port))
  await run('postfix', ['-c', config, 'check'])
  await run('postfix', ['-c', config, 'start'])
  const pid = Number(await readFile(join(folder, 'spool', 'pid', 'master.pid'), 'utf8'))
  return {
    port,
    log: () => readFile(join(folder, 'mail.log'), 'utf8').catch(() => ''),
    async stop() {
      await run('postfix', ['-c', config, 'stop']).catch(() => run('postfix', ['-c', config, 'abort']))
      for (let tries = 0; tries < 100 && isAlive(pid); tries++) await pause(50)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** `saslpasswd2` is not everywhere; its file is a table of Berkeley DB, NUL between the parts of a key. */
async function writeAccount(config: string, account: NonNullable<Options['account']>): Promise<void> {
  const path = join(config, 'sasldb2')
  const settings = {
    pwcheck_method: 'auxprop',
    auxprop_plugin: 'sasldb',
    sasldb_path: path,
    mech_list: 'PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`)
  // Debian's Postfix looks below its configuration, others where they are told.
  await mkdir(join(config, 'sasl'))
  for (const folder of [config, join(config, 'sasl')])
    await writeFile(join(folder, 'smtpd.conf'), lines.join(''))
  const script =
    'use DB_File; tie my %h, "DB_File", $ARGV[0]; $h{"$ARGV[1]\\0$ARGV[2]\\0userPassword"} = $ARGV[3]; untie %h'
  await run('perl', ['-e', script, path, account.username, REALM, account.password])
  await run('chown', ['postfix', path])
}

const REALM = 'exchange.acme.example'

function mainCf(folder: string, { smartHostPort, mailboxPort, lmtpPort, login, account }: Options): string {
  const lines = [
    'compatibility_level = 3.6',
    `queue_directory = ${folder}/spool`,
    `data_directory = ${folder}/data`,
    `maillog_file = ${folder}/mail.log`,
    `maillog_file_prefixes = ${folder}`,
    'myhostname = exchange.acme.example',
    'mydestination =',
    'mynetworks = 127.0.0.0/8',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'smtputf8_enable = yes',
    'message_size_limit = 104857600',
    'mailbox_size_limit = 0',
    'alias_maps =',
    'biff = no',
    'local_header_rewrite_clients =',
    `smtpd_tls_chain_files = ${folder}/etc/tls.pem`,
    'smtpd_tls_security_level = may',
    'smtpd_tls_received_header = yes',
    'smtp_tls_security_level = encrypt',
    'smtp_tls_loglevel = 1',
    `relayhost = [127.0.0.1]:${smartHostPort}`,
    'virtual_mailbox_domains = acme.example',
    'virtual_mailbox_maps = static:all',
    `virtual_transport = plain:[127.0.0.1]:${mailboxPort}`,
    'transport_maps = inline:{',
    `  {bob@acme.example = lmtp:inet:127.0.0.1:${lmtpPort}},`,
    `  {survey.example = plain:[127.0.0.1]:${smartHostPort}} }`,
  ]
  if (login !== undefined) {
    lines.push(
      'smtp_sasl_auth_enable = yes',
      'smtp_sasl_security_options = noanonymous',
      `smtp_sasl_mechanism_filter = ${login.mechanism}`,
      `smtp_sasl_password_maps = inline:{{[127.0.0.1]:${smartHostPort} = ${login.username}:${login.password}}}`,
    )
  }
  if (account !== undefined) {
    lines.push(
      'smtpd_sasl_auth_enable = yes',
      `smtpd_sasl_local_domain = ${REALM}`,
      `cyrus_sasl_config_path = ${folder}/etc`,
      'smtpd_tls_auth_only = yes',
      'smtpd_sender_restrictions = permit_sasl_authenticated, reject',
    )
  }
  return `${lines.join('\n')}\n`
}

/** The services of the shipped master.cf that this needs, none of them in a chroot; `plain` knows no TLS. */
function masterCf(port: number): string {
  const services: readonly (readonly [head: string, wakeup: string, max: string, command: string])[] = [
    [`127.0.0.1:${port} inet n -`, '-', '-', 'smtpd'],
    ['pickup unix n -', '60', '1', 'pickup'],
    ['cleanup unix n -', '-', '0', 'cleanup'],
    ['qmgr unix n -', '300', '1', 'qmgr'],
    ['tlsmgr unix - -', '1000?', '1', 'tlsmgr'],
    ['rewrite unix - -', '-', '-', 'trivial-rewrite'],
    ['bounce unix - -', '-', '0', 'bounce'],
    ['defer unix - -', '-', '0', 'bounce'],
    ['trace unix - -', '-', '0', 'bounce'],
    ['verify unix - -', '-', '1', 'verify'],
    ['proxymap unix - -', '-', '-', 'proxymap'],
    ['smtp unix - -', '-', '-', 'smtp'],
    ['plain unix - -', '-', '-', 'smtp -o smtp_tls_security_level=none'],
    ['lmtp unix - -', '-', '-', 'lmtp -o lmtp_tls_security_level=none'],
    ['relay unix - -', '-', '-', 'smtp'],
    ['error unix - -', '-', '-', 'error'],
    ['retry unix - -', '-', '-', 'error'],
    ['discard unix - -', '-', '-', 'discard'],
    ['anvil unix - -', '-', '1', 'anvil'],
    ['scache unix - -', '-', '1', 'scache'],
    ['postlog unix-dgram n -', '-', '1', 'postlogd'],
  ]
  return services.map(([head, wakeup, max, command]) => `${head} n ${wakeup} ${max} ${command}\n`).join('')
}

/** Below those that systems hand out by themselves: there a port found free could go to any connection. */
const PORTS = { from: 10_240, below: 32_000 } as const
const given = new Set<number>()

/** A port that was free a moment ago, for programs that take none by themselves; never the same one twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.below)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
