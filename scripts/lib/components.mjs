// Real mail servers, databases and a browser for the tests: taken from Debian where we are root, else left to
// skips.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { capture } from './program.mjs'
import { say } from './root.mjs'

const policyFile = '/usr/sbin/policy-rc.d'

/** Debian packages and how to tell that each is there. Daemons live outside an ordinary user's PATH. */
const components = new Map([
  ['chromium', () => inPath('chromium')],
  ['fonts-dejavu-core', () => existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf')],
  ['clamav-daemon', () => inPath('clamd')],
  ['clamav', () => inPath('sigtool')],
  ['rspamd', () => inPath('rspamd')],
  ['spamassassin', () => existsSync('/usr/share/spamassassin')],
  ['spamd', () => inPath('spamd')],
  ['swaks', () => inPath('swaks')],
  ['postfix', () => inPath('postfix')],
  ['libsasl2-modules', () => existsSync('/usr/share/doc/libsasl2-modules')],
  ['libsasl2-modules-db', () => existsSync('/usr/share/doc/libsasl2-modules-db')],
  ['postgresql', () => hasPostgres()],
  ['dovecot-imapd', () => existsSync('/usr/lib/dovecot/imap')],
  ['dovecot-lmtpd', () => existsSync('/usr/lib/dovecot/lmtp')],
  ['slapd', () => inPath('slapd')],
  ['ldap-utils', () => inPath('ldapmodify')],
  ['samba', () => inPath('samba')],
  ['samba-ad-dc', () => existsSync('/usr/share/doc/samba-ad-dc')],
  ['samba-ad-provision', () => existsSync('/usr/share/samba/setup/ad-schema')],
  ['ldb-tools', () => inPath('ldbmodify')],
  ['python3-samba', () => existsSync('/usr/lib/python3/dist-packages/samba')],
  ['knot', () => inPath('knotd')],
  ['knot-dnsutils', () => inPath('kdig')],
  ['unbound', () => inPath('unbound')],
  ['python3-dkim', () => existsSync('/usr/lib/python3/dist-packages/dkim')],
  ['opendkim-tools', () => inPath('opendkim-testmsg')],
  ['tinyproxy-bin', () => inPath('tinyproxy')],
  ['pebble', () => inPath('pebble')],
  ['zip', () => inPath('zip')],
  ['strace', () => inPath('strace')],
  ['gcc', () => inPath('gcc')],
  ['libc6-dev', () => existsSync('/usr/include/stdio.h')],
  ['openssl', () => inPath('openssl')],
  ['procps', () => inPath('ps')],
])

/**
 * Installs those of the named Debian packages that are missing, when we are root and apt-get exists. Never
 * fails: a test whose component is still missing skips itself and says so.
 */
export async function ensureComponents(names = [...components.keys()]) {
  const missing = names.filter((name) => !components.get(name)())
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !inPath('apt-get')) {
    return say(
      `Not installed: ${missing.join(', ')}. Tests that need them will skip (apt-get as root adds them).`,
    )
  }
  say(`Installing Debian packages for the tests: ${missing.join(', ')}.`)
  const ours = forbidStartingDaemons()
  try {
    await installPackages(missing)
  } finally {
    if (ours) rmSync(policyFile, { force: true })
  }
}

async function installPackages(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (names.includes('postfix')) await presetPostfix(env)
  const update = await capture('apt-get', ['update', '-q'], { env })
  if (update.code !== 0) say('apt-get update failed; trying with the package lists that are here.')
  const args = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...names]
  const { code, output } = await capture('apt-get', args, { env })
  if (code !== 0)
    say(`${output.trim().split('\n').slice(-12).join('\n')}\napt-get could not install everything.`)
}

/** Postfix would ask what it shall be; the tests bring their own configuration. */
async function presetPostfix(env) {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-debconf-'))
  const file = join(folder, 'answers')
  writeFileSync(file, 'postfix postfix/main_mailer_type select No configuration\n')
  await capture('debconf-set-selections', [file], { env })
  rmSync(folder, { recursive: true, force: true })
}

/** Debian asks this program before it starts a daemon; 101 means no. Returns whether we put it there. */
function forbidStartingDaemons() {
  if (existsSync(policyFile)) return false
  writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return true
}

function inPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin']
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)))
}

function hasPostgres() {
  const base = '/usr/lib/postgresql'
  return (
    existsSync(base) && readdirSync(base).some((version) => existsSync(`${base}/${version}/bin/postgres`))
  )
}
