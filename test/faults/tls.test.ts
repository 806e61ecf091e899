// TLS of a running gateway: new certificates without a restart, sessions resumed by any worker, old versions
// refused, and nothing said in clear counts inside (reliability §3, case 3).
import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import { selfSigned } from '../../packages/server/src/platform/tls.ts'
import { eventually } from '../journeys/lib/api.ts'
import { type Gateway, startGateway } from '../journeys/lib/gateway.ts'
import { Client, outsider } from './lib/client.ts'

const WORKERS = 2
const RESUMED = 16

const folder = mkdtempSync(join(tmpdir(), 'gatepost-tls-'))
const certificateFile = join(folder, 'mx.crt')
const keyFile = join(folder, 'mx.key')

let world: World
let gateway: Gateway
before(
  async () => {
    putCertificate('first.example')
    world = await startWorld()
    gateway = await startGateway({
      env: {
        ...world.gatewayEnvironment(),
        GATEPOST_WORKERS: String(WORKERS),
        GATEPOST_TLS_CERTIFICATE: certificateFile,
        GATEPOST_TLS_KEY: keyFile,
        GATEPOST_LIMITS_CONNECTIONS_PER_CLIENT: '1000',
      },
    })
  },
  { timeout: 240_000 },
)
after(async () => {
  await gateway?.stop()
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Replaces the files as an ACME client does. */
function putCertificate(name: string): void {
  const made = selfSigned(name, Date.now())
  for (const [path, text] of [
    [certificateFile, made.certificate],
    [keyFile, made.key],
  ] as const) {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
}

/** STARTTLS in a new session; the caller ends it. */
async function secured(options: ConnectionOptions = {}): Promise<{ client: Client; socket: TLSSocket }> {
  const client = await outsider(gateway.mxPort)
  try {
    return { client, socket: await client.startTls(options) }
  } catch (error) {
    client.end()
    throw error
  }
}

test('files that are replaced show at the next handshake; open sessions go on', async () => {
  const open = await secured()
  assert.equal(open.socket.getPeerCertificate().subject.CN, 'first.example')
  putCertificate('second.example')
  await eventually(
    async () => {
      const names = new Set<string>()
      for (let i = 0; i < 4 * WORKERS; i++) {
        const { client, socket } = await secured()
        names.add(String(socket.getPeerCertificate().subject.CN))
        client.end()
      }
      return [...names]
    },
    (names) => names.length === 1 && names[0] === 'second.example',
  )
  await open.client.expect('NOOP', '250')
  open.client.end()
})

test('a certificate and a key that do not fit leave the old ones in use', async () => {
  writeFileSync(keyFile, selfSigned('other.example', Date.now()).key)
  await eventually(
    () => gateway.output(),
    (text) => /TLS certificate/.test(text),
  )
  const { client, socket } = await secured()
  assert.equal(socket.getPeerCertificate().subject.CN, 'second.example')
  client.end()
  putCertificate('third.example')
})

describe('sessions are resumed by any worker', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(version, async () => {
      const options = { minVersion: version, maxVersion: version } as const
      const { client, socket } = await secured(options)
      assert.equal(socket.getProtocol(), version)
      await client.expect('EHLO mail.bright.example', '250')
      // TLS 1.3 sends its tickets behind the handshake.
      const session = await eventually(
        () => client.tlsSession,
        (given) => given !== null,
      )
      client.end()
      let resumed = 0
      for (let i = 0; i < RESUMED; i++) {
        const again = await secured({ ...options, ...(session && { session }) })
        if (again.socket.isSessionReused()) resumed += 1
        await again.client.expect('EHLO mail.bright.example', '250')
        again.client.end()
      }
      assert.equal(resumed, RESUMED)
    })
  }
})

test('TLS 1.0 and 1.1 are refused', async () => {
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await assert.rejects(secured(old), /alert|version|closed/i)
  }
})

describe('what was said in clear does not count inside', () => {
  test('commands in one packet with STARTTLS are dropped', async () => {
    const client = await outsider(gateway.mxPort)
    client.socket.write('STARTTLS\r\nMAIL FROM:<injected@bright.example>\r\nRCPT TO:<x@y.example>\r\n')
    assert.match(await client.reply(), /^220/)
    await client.handshake()
    // No greeting and no replies to the injected lines are waiting: the first answer is to what we say now.
    assert.match(await client.say('NOOP'), /^250/)
    assert.match(await client.say('RCPT TO:<ann@acme.example>'), /^503/)
    client.end()
  })

  test('MAIL before STARTTLS is forgotten, and EHLO has to be said again', async () => {
    const client = await outsider(gateway.mxPort)
    await client.startTls()
    assert.match(await client.say('MAIL FROM:<ben@bright.example>'), /^503/)
    const keywords = await client.expect('EHLO mail.bright.example', '250')
    assert.doesNotMatch(keywords, /STARTTLS/)
    assert.match(await client.say('STARTTLS'), /^50[03]/)
    client.end()
  })

  test('octets that are no handshake end the connection without a word', async () => {
    const client = await Client.open({ port: gateway.mxPort })
    await client.expect('EHLO mail.bright.example', '250')
    await client.expect('STARTTLS', '220')
    await assert.rejects(client.say('MAIL FROM:<ben@bright.example>'), /closed|reset|not an SMTP/i)
  })
})
