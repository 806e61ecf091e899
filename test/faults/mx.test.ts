// Which host a domain's mail goes to: preference, hosts that are dead, no MX, null MX, both families, and
// those that are never connected to (RFC 5321 §5.1, RFC 7505; reliability §3, abuse case 37).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type MailHost, startMailHost } from '@gatepost/sandbox/mail-host.ts'
import { ACME_IP } from '../journeys/lib/acme.ts'
import { letter, letterOfAnn, outsider } from './lib/client.ts'
import { type Place, startPlace } from './lib/place.ts'

const SECOND_IP = '127.0.0.21'
/** Nobody listens there. */
const DEAD_IP = '127.0.0.22'

let place: Place
let second: MailHost
let six: MailHost | null = null
before(
  async () => {
    place = await startPlace({ GATEPOST_NETWORK_PRIVATE_TARGETS: '127.0.0.0/8,::1' })
    const port = place.world.mxPort
    second = await startMailHost({ name: 'second.example', host: SECOND_IP, port, certificate: null })
    six = await startMailHost({ name: 'six.example', host: '::1', port, certificate: null }).catch(() => null)
    const read = place.world.dns.zones.importZone(ZONES)
    assert.ok(read.ok, JSON.stringify(read))
  },
  { timeout: 240_000 },
)
after(async () => {
  await place?.stop()
  await second?.stop()
  await six?.stop()
})

const zone = (name: string, records: string): string =>
  `${name}.example. SOA ns1.sandbox.example. root.${name}.example. 1 3600 600 86400 5\n${records}\n`

const ZONES = [
  zone(
    'preferred',
    'preferred.example. MX 20 mx.second.example.\npreferred.example. MX 10 mx.bright.example.',
  ),
  zone('second', `mx.second.example. A ${SECOND_IP}`),
  zone(
    'fallback',
    'fallback.example. MX 10 dead.fallback.example.\nfallback.example. MX 20 mx.second.example.',
  ),
  zone('gone', 'gone.example. MX 10 nowhere.gone.example.\ngone.example. MX 20 mx.second.example.'),
  zone('implicit', `implicit.example. A ${SECOND_IP}`),
  zone('nomail', 'nomail.example. MX 0 .'),
  zone('families', `families.example. MX 10 mx.families.example.`),
  zone('looplow', 'looplow.example. MX 10 mx.second.example.\nlooplow.example. MX 20 mx.gatepost.example.'),
  zone(
    'loophigh',
    'loophigh.example. MX 20 mx.second.example.\nloophigh.example. MX 10 mx.gatepost.example.',
  ),
  zone('inside', 'inside.example. MX 10 mx.inside.example.\nmx.inside.example. A 10.0.0.1'),
  zone('metadata', 'metadata.example. MX 10 mx.metadata.example.\nmx.metadata.example. A 169.254.169.254'),
  `dead.fallback.example. A ${DEAD_IP}\n`,
  `mx.families.example. A ${DEAD_IP}\nmx.families.example. AAAA ::1\n`,
].join('')

/** A message from Acme's host to `info@` a domain; the domain is its subject. */
async function sendTo(domain: string): Promise<void> {
  const client = await outsider(place.port, { clientIp: ACME_IP })
  const envelope = { from: 'ann@acme.example', to: [`info@${domain}`] }
  assert.match(await client.send(envelope, letterOfAnn(domain.replace('.', ''))), /^250 2\.0\.0/)
  client.end()
}

const arrivesAt = (host: MailHost, domain: string): Promise<unknown> =>
  host.waitFor(({ subject }) => subject === domain.replace('.', ''), 30_000)

const lastReply = async (id: string) => (await place.message(id)).attempts.at(-1)!.reply

describe('mail goes', () => {
  test('to the host with the lowest preference', async () => {
    await sendTo('preferred.example')
    await arrivesAt(place.world.outside, 'preferred.example')
  })

  for (const [domain, why] of [
    ['fallback.example', 'the first host refuses the connection'],
    ['gone.example', 'the first host has no address'],
    ['implicit.example', 'there is no MX but an address'],
  ] as const) {
    test(`to the other host when ${why}`, async () => {
      await sendTo(domain)
      await arrivesAt(second, domain)
    })
  }

  test('over IPv6 when the IPv4 address is dead', async (t) => {
    if (six === null) return t.skip('component missing: IPv6 on loopback')
    await sendTo('families.example')
    await arrivesAt(six, 'families.example')
  })

  test('past ourselves only to hosts that are preferred to us', async () => {
    await sendTo('looplow.example')
    await arrivesAt(second, 'looplow.example')
  })
})

describe('abuse case 37: nobody is connected to', () => {
  test('for a null MX: returned with 5.1.10', async () => {
    await sendTo('nomail.example')
    const { id } = await place.row('nomail', ['bounced', 'held'])
    assert.equal((await lastReply(id)).status, '5.1.10')
  })

  test('behind ourselves in the order of preference: a loop is returned with 5.4.6', async () => {
    await sendTo('loophigh.example')
    const { id } = await place.row('loophigh', ['bounced', 'held'])
    assert.equal((await lastReply(id)).status, '5.4.6')
    assert.equal(second.messages().filter(({ subject }) => subject === 'loophighexample').length, 0)
  })

  for (const domain of ['inside.example', 'metadata.example']) {
    test(`at a private or link-local address: ${domain}`, async () => {
      await sendTo(domain)
      const { id } = await place.row(domain.replace('.example', ''), ['bounced', 'held', 'deferred'])
      assert.match((await lastReply(id)).text, /never connected to|only private addresses/)
    })
  }

  test('where a route leads to our own listener', async () => {
    await place.routeTo(place.port)
    const client = await outsider(place.port)
    const envelope = { from: 'ben@bright.example', to: ['ann@acme.example'] }
    assert.match(await client.send(envelope, letter('circle')), /^250 2\.0\.0/)
    client.end()
    const { id } = await place.row('circle', ['deferred'])
    assert.match((await lastReply(id)).text, /is this gateway itself/)
  })
})
