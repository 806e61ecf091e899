// Interop: opendkim-testmsg verifies what we sign, asking a name server of this test. It looks up by the
// resolver of the machine, so it runs in a mount namespace of its own: as root, on Linux.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import { type DnsServer, startDns } from '@gatepost/sandbox/dns.ts'
import { BodyHash } from '@gatepost/server/authentication/body-hash.ts'
import { dkimSignature, MessageToSign } from '@gatepost/server/authentication/sign.ts'
import { rsaKey } from '@gatepost/server/authentication/signing.fixture.ts'

const OPENDKIM = '/usr/sbin/opendkim-testmsg'
const DNS_PORT = 53
/** A loopback address of its own, so that port 53 there is nobody else's. */
const HOST = `127.53.${1 + Math.floor(Math.random() * 250)}.${1 + Math.floor(Math.random() * 250)}`
const skip =
  process.getuid?.() === 0 && process.platform === 'linux' && existsSync(OPENDKIM)
    ? false
    : 'component missing: opendkim-testmsg as root on Linux'
const key = rsaKey(2_048)
const folder = mkdtempSync(join(tmpdir(), 'gatepost-opendkim-'))
const resolvConf = join(folder, 'resolv.conf')
let dns: DnsServer

before(async () => {
  if (skip) return
  writeFileSync(resolvConf, `nameserver ${HOST}\noptions timeout:2 attempts:2\n`)
  dns = await startDns({ host: HOST, port: DNS_PORT })
  const parts = key.record.match(/.{1,255}/g) ?? []
  const quoted = parts.map((part) => `"${part}"`).join(' ')
  assert.ok(dns.zones.importZone(`gp1._domainkey.acme.example. 60 IN TXT ${quoted}`).ok)
})

after(async () => {
  await dns?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const CONTENT =
  'From: Ann <ann@acme.example>\r\nTo: Bob <bob@far.example>\r\nSubject: A  folded\r\n  subject\r\n' +
  'Date: Sun, 22 Nov 2026 03:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\n\r\nHello,  Bob \t\r\n\r\n.dot\r\n\r\n'

async function signed(): Promise<string> {
  const octets = Buffer.from(CONTENT)
  const { headerBytes, bodyOffset } = splitMessage(octets)
  const fields = parseHeaderFields(headerBytes)
  assert.ok(fields.ok)
  const body = new BodyHash({ canon: 'relaxed', algorithm: 'sha256', length: null })
  body.write(octets.subarray(bodyOffset))
  const message = new MessageToSign(fields.value, body.digest().hash)
  const common = { id: 'key_1', domain: 'acme.example', selector: 'gp1', algorithm: 'rsa-sha256' } as const
  return (await dkimSignature(message, { ...common, key: key.privateKey }, Date.now())) + CONTENT
}

/** What opendkim says; it says nothing of a message that verifies. */
function verdict(message: string): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    const script = 'mount --bind "$0" /etc/resolv.conf && exec "$1" -C'
    const args = ['-m', 'sh', '-c', script, resolvConf, OPENDKIM]
    const child = execFile('unshare', args, { timeout: 240_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, said: `${stdout}${stderr}` })
    })
    child.stdin?.end(message)
  })
}

test('opendkim verifies our signature, and finds a changed message out', {
  skip,
  timeout: 240_000,
}, async (context) => {
  const message = await signed()
  const right = await verdict(message)
  if (/unshare|mount/.test(right.said)) return context.skip(`no mount namespace here: ${right.said}`)
  assert.deepEqual(right, { code: 0, said: '' })
  const changed = await verdict(message.replace('Hello', 'Hallo'))
  assert.notEqual(changed.code, 0)
  const added = await verdict(`From: Eve <eve@evil.example>\r\n${message}`)
  assert.notEqual(added.code, 0)
})
