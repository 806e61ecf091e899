// Certificates by ACME, from a real authority (Pebble) that fetches every challenge from a running gateway:
// in use for SMTP and HTTPS by host name, renewed without ending a session, and refused in the authority's
// own words (T1).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import type { Certificate, Certificates } from '@gatepost/contract/certificate.ts'
import { type DnsServer, startDns } from '@gatepost/sandbox/dns.ts'
import { Client } from '../faults/lib/client.ts'
import { type Api, eventually, setUp } from '../journeys/lib/api.ts'
import { type Gateway, MAIN, startGateway } from '../journeys/lib/gateway.ts'
import { type Pebble, pebbleMissing, startPebble } from './lib/pebble.ts'
import { freePort } from './lib/postfix.ts'

const MX = 'mx.gate.example'
const CONSOLE = 'console.gate.example'
/** Leads to an address where nobody listens. */
const AWAY = 'away.gate.example'

const skip = pebbleMissing()
let dns: DnsServer
let pebble: Pebble
let gateway: Gateway
let api: Api
let root: string
let challengePort: number
let httpsPort: number

before(
  async () => {
    if (skip !== false) return
    dns = await startDns()
    for (const name of [MX, CONSOLE]) dns.zones.set(name, 'A', ['127.0.0.1'])
    dns.zones.set(AWAY, 'A', ['127.0.0.9'])
    ;[challengePort, httpsPort] = [await freePort(), await freePort()]
    pebble = await startPebble({ httpPort: challengePort, dns: dns.address })
    root = await pebble.root()
    gateway = await startGateway({
      env: {
        GATEPOST_HOSTNAME: MX,
        GATEPOST_DNS: dns.address,
        GATEPOST_DNS_AUTHORITATIVE: dns.address,
        GATEPOST_DNS_PUBLIC: dns.address,
        GATEPOST_WORKERS: '1',
        GATEPOST_HTTPS: `127.0.0.1:${httpsPort}`,
        GATEPOST_URL: `https://${CONSOLE}:${httpsPort}/`,
        GATEPOST_TLS_ACME_TERMS_AGREED: 'yes',
        GATEPOST_TLS_ACME_DIRECTORY: pebble.directory,
        GATEPOST_TLS_ACME_CA_FILE: pebble.caFile,
        GATEPOST_TLS_ACME_CONTACT: 'postmaster@gate.example',
        GATEPOST_TLS_ACME_NAMES: `${MX},${CONSOLE},${AWAY}`,
        GATEPOST_TLS_ACME_LISTEN: `127.0.0.1:${challengePort}`,
      },
    })
    api = (await setUp(gateway)).api
  },
  { timeout: 240_000 },
)
after(async () => {
  await gateway?.stop()
  await pebble?.stop()
  await dns?.stop()
})

async function certificate(name: string): Promise<Certificate> {
  const { items } = await api.call<Certificates>('GET', '/v1/system/certificates')
  const found = items.find((one) => one.name === name && one.source === 'fetched')
  assert.ok(found, `${name} is not listed`)
  return found
}

/** STARTTLS with a host name (SNI), or none; checked against the authority's root. */
async function secured(servername?: string): Promise<{ client: Client; socket: TLSSocket }> {
  const client = await Client.open({ port: gateway.mxPort, clientIp: null })
  const options = servername === undefined ? {} : { servername }
  await client.expect('EHLO mail.bright.example', '250')
  return { client, socket: await client.startTls({ ca: root, ...options }) }
}

test('each host name gets a certificate of its own, for SMTP and for HTTPS', { skip }, async () => {
  for (const name of [MX, CONSOLE]) {
    const one = await eventually(
      () => certificate(name),
      ({ state }) => state === 'valid',
    )
    assert.match(one.issuer ?? '', /Pebble/)
    assert.ok((one.nextAt ?? 0) < (one.validUntil ?? 0))
  }
  for (const [asked, given] of [
    [MX, MX],
    [CONSOLE, CONSOLE],
    ['other.example', MX],
    [undefined, MX],
  ] as const) {
    const { client, socket } = await eventually(
      () => secured(asked),
      (one) => one.socket.getPeerCertificate().subjectaltname === `DNS:${given}`,
    )
    if (asked === given) assert.equal(socket.authorized, true)
    client.end()
  }
  const page = await connectConsole()
  page.end(`GET / HTTP/1.1\r\nhost: ${CONSOLE}\r\nconnection: close\r\n\r\n`)
  assert.match(await text(page), /^HTTP\/1\.1 200/)
})

test('a renewal keeps sessions, and the key that a TLSA record names', { skip }, async () => {
  const before = await certificate(MX)
  assert.equal(before.tlsa?.published, 'none')
  dns.zones.set(before.tlsa?.name ?? '', 'TLSA', [before.tlsa?.record ?? ''], 1)
  const open = await secured(MX)
  const serial = open.socket.getPeerCertificate().serialNumber
  const page = await connectConsole(MX)
  const pageSerial = page.getPeerCertificate().serialNumber
  page.write(`GET /healthz HTTP/1.1\r\nhost: ${CONSOLE}\r\n`)
  // Whoever asks right after another try is told to wait.
  await eventually(
    () => api.raw('POST', `/v1/system/certificates/${MX}/renew`),
    ({ status }) => status === 202,
  )
  const renewed = await eventually(
    () => certificate(MX),
    ({ issuedAt }) => issuedAt !== before.issuedAt,
  )
  assert.equal(renewed.tlsa?.record, before.tlsa?.record)
  assert.equal(renewed.keyMadeAt, before.keyMadeAt)
  const { client } = await eventually(
    () => secured(MX),
    (one) => one.socket.getPeerCertificate().serialNumber !== serial,
  )
  client.end()
  await open.client.expect('NOOP', '250')
  open.client.end()
  await eventually(
    async () => {
      const fresh = await connectConsole(MX)
      const { serialNumber } = fresh.getPeerCertificate()
      fresh.destroy()
      return serialNumber
    },
    (now) => now !== pageSerial,
  )
  // The request that began under the old certificate comes to its answer.
  page.end('connection: close\r\n\r\n')
  assert.match(await text(page), /^HTTP\/1\.1 200/)
})

test('what the authority refuses is told in its own words, and tried again later', { skip }, async () => {
  const away = await eventually(
    () => certificate(AWAY),
    ({ failures }) => failures > 0,
  )
  assert.equal(away.state, 'failing')
  assert.match(away.lastError ?? '', /127\.0\.0\.9.*refused|refused.*127\.0\.0\.9/i)
  assert.ok((away.nextAt ?? 0) >= (away.triedAt ?? 0) + 600_000)
  assert.equal(away.validUntil, null)
})

test('the command line tells the same, and ends with 1 where a name has none', { skip }, () => {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'certificates', 'list']
  const env = { PATH: process.env.PATH ?? '', GATEPOST_DATA: gateway.data }
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  assert.match(stdout, new RegExp(`${MX.replaceAll('.', '\\.')} \\*\\s+valid\\s+Pebble`))
  assert.match(stdout, /away\.gate\.example: .*refused/)
  assert.equal(status, 1)
})

test('keys are readable by nobody else, and sealed in the database', { skip }, async () => {
  const folder = join(gateway.data, 'run', 'acme')
  const files = readdirSync(folder)
  assert.deepEqual(files.toSorted(), [`${CONSOLE}.pem`, 'index.json', `${MX}.pem`].toSorted())
  for (const file of files) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
  const stored = readdirSync(gateway.data).filter((file) => file.startsWith('control.db'))
  for (const file of stored)
    assert.doesNotMatch(readFileSync(join(gateway.data, file), 'latin1'), /PRIVATE KEY/)
})

test('the listener for challenges answers nothing else', { skip }, async () => {
  for (const path of ['/', '/v1/health-line', '/.well-known/acme-challenge/unknown-token-of-nobody']) {
    const answer = await fetch(`http://127.0.0.1:${challengePort}${path}`)
    assert.deepEqual([answer.status, await answer.text()], [404, 'Not found\n'])
  }
})

/** A connection to the console's own TLS, whose certificate the authority vouches for. */
async function connectConsole(servername = CONSOLE): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: httpsPort, servername, ca: root })
  await once(socket, 'secureConnect')
  assert.equal(socket.authorized, true)
  return socket
}
