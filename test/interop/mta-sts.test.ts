// MTA-STS from end to end: a real gateway fetches policies over HTTPS and delivers by them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type MailHost, startMailHost } from '@gatepost/sandbox/mail-host.ts'
import { sendMessage } from '@gatepost/sandbox/senders.ts'
import { makeAuthority } from '@gatepost/server/delivery/tls/certificates.fixture.ts'
import { type Place, startPlace } from '../faults/lib/place.ts'
import { ACME_IP } from '../journeys/lib/acme.ts'

const DOMAINS = ['safe.example', 'astray.example', 'trial.example']
/** Records live for a second, idle connections a little longer. */
const SETTLE_MS = 6_500
const authority = makeAuthority()
const folder = mkdtempSync(join(tmpdir(), 'gatepost-sts-'))
const policies = new Map<string, string>()

let web: Server
let place: Place
let trusted: MailHost
let stranger: MailHost
let count = 0

type Tls = {
  readonly verified: boolean
  readonly by?: string
  readonly stsTestFailed?: true
  readonly certificate?: { readonly subject: string }
}
type Attempt = {
  readonly outcome: string
  readonly tls: Tls | null
  readonly reply: { readonly text: string; readonly status: string }
}

before(
  async () => {
    writeFileSync(join(folder, 'ca.pem'), authority.ca.certificate)
    const { certificate, key } = authority.issue(DOMAINS.map((domain) => `mta-sts.${domain}`))
    web = createServer({ cert: certificate, key }, ({ headers }, response) => {
      const policy = policies.get((headers.host ?? '').replace(/^mta-sts\.|:\d+$/g, ''))
      response.writeHead(policy === undefined ? 404 : 200, { 'content-type': 'text/plain' })
      response.end(policy)
    })
    web.listen(0, '127.0.0.1')
    await once(web, 'listening')
    place = await startPlace({
      GATEPOST_DELIVERY_MTA_STS_PORT: String((web.address() as { port: number }).port),
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    })
    const port = place.world.mxPort
    const made = authority.issue(['mx.safe.example'])
    const own = { cert: made.certificate, key: made.key }
    trusted = await startMailHost({ name: 'mx.safe.example', host: '127.0.0.77', port, certificate: own })
    stranger = await startMailHost({ name: 'mx.trial.example', host: '127.0.0.78', port })
    const { zones } = place.world.dns
    zones.set('mx.safe.example', 'A', ['127.0.0.77'], 1)
    zones.set('mx.trial.example', 'A', ['127.0.0.78'], 1)
    for (const domain of DOMAINS) {
      zones.set(`mta-sts.${domain}`, 'A', ['127.0.0.1'], 1)
      zones.set(
        domain,
        'MX',
        [`10 ${domain === 'trial.example' ? 'mx.trial.example' : 'mx.safe.example'}`],
        1,
      )
    }
    publish('safe.example', 'enforce', 'mx.safe.example', '1')
    publish('astray.example', 'enforce', 'mx.elsewhere.example', '1')
    publish('trial.example', 'testing', 'mx.trial.example', '1')
  },
  { timeout: 240_000 },
)
after(async () => {
  await place?.stop()
  await trusted?.stop()
  await stranger?.stop()
  web?.close()
  web?.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

function publish(domain: string, mode: string, mx: string, id: string): void {
  policies.set(domain, `version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: 86400\n`)
  place.world.dns.zones.set(`_mta-sts.${domain}`, 'TXT', [`v=STSv1; id=${id}`], 1)
}

/** Sends from Acme and waits for the first attempt. */
async function attemptTo(domain: string, states: readonly string[]): Promise<Attempt> {
  count += 1
  const subject = `Policy ${count} ${domain}`
  const { accepted, replies } = await sendMessage({
    port: place.port,
    proxy: { sourceIp: ACME_IP, sourcePort: 21_000 + count },
    helo: 'exchange.acme.example',
    reversePath: 'ann@acme.example',
    forwardPaths: [`ben@${domain}`],
    content: [
      'From: Ann <ann@acme.example>',
      `To: ben@${domain}`,
      `Subject: ${subject}`,
      'Date: Sun, 22 Nov 2026 08:00:00 +0000',
      `Message-ID: <${count}@acme.example>`,
      '',
      'Hello',
      '',
    ].join('\r\n'),
  })
  assert.ok(accepted, JSON.stringify(replies.at(-1)))
  const row = await place.row(subject, states)
  const { attempts } = (await place.message(row.id)) as unknown as { attempts: readonly Attempt[] }
  return attempts[0]!
}

describe('MTA-STS (abuse case 36)', { timeout: 240_000 }, () => {
  test('enforced, host named and certificate good: delivered, and Why says by whose word', async () => {
    const { tls } = await attemptTo('safe.example', ['delivered'])
    assert.deepEqual([tls?.verified, tls?.by], [true, 'mta-sts'])
    assert.match(tls?.certificate?.subject ?? '', /mx\.safe\.example/)
  })

  test('enforced, and the policy names another host: nothing is sent, the mail waits', async () => {
    const before = trusted.messages().length
    const { reply } = await attemptTo('astray.example', ['deferred'])
    assert.equal(reply.status, '4.7.5')
    assert.match(reply.text, /MTA-STS policy of astray\.example does not name mx\.safe\.example/)
    assert.equal(trusted.messages().length, before)
  })

  test('testing: delivered to a certificate of nobody’s, and noted', async () => {
    const { tls } = await attemptTo('trial.example', ['delivered'])
    assert.deepEqual([tls?.verified, tls?.by, tls?.stsTestFailed], [false, undefined, true])
  })

  test('changed from testing to enforce: the same host is refused from then on', async () => {
    publish('trial.example', 'enforce', 'mx.trial.example', '2')
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const { reply } = await attemptTo('trial.example', ['deferred'])
    assert.equal(reply.status, '4.7.5')
    assert.match(reply.text, /self-signed|certificate/i)
  })

  test('record and web server gone: the policy still counts', async () => {
    policies.clear()
    place.world.dns.zones.remove('_mta-sts.trial.example')
    place.world.dns.zones.remove('_mta-sts.safe.example')
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    assert.equal((await attemptTo('safe.example', ['delivered'])).tls?.by, 'mta-sts')
    assert.equal((await attemptTo('trial.example', ['deferred'])).reply.status, '4.7.5')
  })
})
