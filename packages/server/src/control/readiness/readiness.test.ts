// Readiness: each check over a made-up machine and DNS, and the cache, cool-down and line around them.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadBootConfig } from '#boot/config.ts'
import { silentEmit } from '#events/emit.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import type { Dns, DnsAnswer, DnsQuery, DnsRecordType } from '#platform/dns-types.ts'
import { type Machine, systemMachine } from '#platform/machine.ts'
import { selfSigned } from '#platform/tls.ts'
import { openStore } from '#store/open.ts'
import { Problem } from '../problem.ts'
import { addressesOf } from './addresses.ts'
import type { Finding, Look, Sight } from './finding.ts'
import { blockListsLook } from './look-block-lists.ts'
import { certificateLook, clockLook, consoleLook, diskLook } from './look-machine.ts'
import { hostnameLook, ownZoneLook, reverseNameLook } from './look-names.ts'
import { inboundPortLook, outboundPortLook } from './look-ports.ts'
import { dnssecLook, resolverLook } from './look-resolver.ts'
import { checkReadiness, getReadiness, healthLine, type ReadinessDeps, watchReadiness } from './readiness.ts'
import { zoneText } from './zone.ts'

const NOW = Date.UTC(2026, 10, 19, 12)
const NAME = 'mx.gate.example'
const IP = '203.0.113.5'

type Zone = { readonly [question: string]: readonly string[] | 'failed' | 'none' }
type World = {
  readonly zone?: Zone
  /** What `confirmedName` finds by address. */
  readonly names?: { readonly [ip: string]: string | 'failed' }
  readonly env?: { readonly [name: string]: string }
  readonly interfaces?: readonly string[]
  readonly greetings?: { readonly [target: string]: string }
  readonly freeBytes?: number
  readonly port?: number
  readonly certificate?: string | null
  readonly authenticated?: boolean
  readonly server?: string
  readonly slowMs?: number
}

const WHOLE: Zone = {
  [`A ${NAME}`]: [IP],
  [`TXT spf.${NAME}`]: [`v=spf1 ip4:${IP} -all`],
  [`CNAME validate.${NAME}`]: [`${NAME}.`],
  'NS example.com': ['a.iana-servers.net'],
  'MX gmail.com': ['20 late.gmail.example', '10 first.gmail.example'],
  'A first.gmail.example': ['203.0.113.200'],
}
const READY: World = {
  zone: WHOLE,
  names: { [IP]: NAME },
  env: { GATEPOST_URL: 'https://gate.example/' },
  interfaces: ['127.0.0.1', IP],
  greetings: { '127.0.0.1:25': `220 ${NAME} ESMTP Gatepost`, '203.0.113.200:25': '220 mx ESMTP' },
}

function dnsOf({ zone = {}, names = {}, authenticated = false, server = '192.0.2.53:53' }: World): Dns {
  const query = async ({ name, type }: DnsQuery<DnsRecordType>): Promise<DnsAnswer<DnsRecordType>> => {
    const values = zone[`${type} ${name}`]
    if (values === 'failed') return { kind: 'failed', why: 'no answer', server }
    if (!values || values === 'none') {
      return { kind: values === 'none' ? 'none' : 'absent', ttl: 60, authenticated, server }
    }
    const records = values.map((text) => {
      const [preference, exchange = ''] = text.split(' ')
      return type === 'MX' ? { preference: Number(preference), exchange } : text
    })
    return { kind: 'found', records, ttl: 60, authenticated, server }
  }
  const confirmedName = async (ip: string) => {
    const name = names[ip]
    if (name === 'failed') return { kind: 'failed', why: 'no answer' } as const
    return name === undefined ? ({ kind: 'none' } as const) : ({ kind: 'found', name } as const)
  }
  return { query, confirmedName } as unknown as Dns
}

function machineOf({ interfaces = ['127.0.0.1'], greetings = {}, freeBytes = 60e9 }: World): Machine {
  return {
    addresses: () => interfaces,
    space: () => ({ freeBytes, totalBytes: 100e9 }),
    greeting: async ({ host, port }) => {
      const text = greetings[`${host}:${port}`]
      return text === undefined ? { kind: 'failed', why: 'timed-out' } : { kind: 'greeting', text }
    },
  }
}

async function sightOf(world: World): Promise<Sight> {
  const env = new Map(Object.entries({ GATEPOST_HOSTNAME: NAME, ...world.env }))
  const config = loadBootConfig({ env, file: null })
  const dns = dnsOf(world)
  let now = NOW
  const clock: Clock = { now: () => (now += world.slowMs ?? 0), sleep: async () => {} }
  return {
    config,
    clock,
    dns,
    machine: machineOf(world),
    listening: [{ role: 'mx', host: '0.0.0.0', port: world.port ?? 25 }],
    certificate: () => world.certificate ?? null,
    addresses: await addressesOf(dns, config.hostname),
  }
}

const made = (name: string, at: number) => selfSigned(name, at).certificate
const FILES = { GATEPOST_TLS_CERTIFICATE: 'a.pem', GATEPOST_TLS_KEY: 'b.pem' }
const TEN_YEARS = 3_650 * 86_400_000

const LISTS = 'GATEPOST_READINESS_BLOCK_LISTS'
/** Our address as one list is asked for it. */
const OWN = '5.113.0.203.bl.example'

/** A world with a list that names its test entry, and what else it says. */
function listed(answers: Zone, lists = 'bl.example'): World {
  const zone = { ...WHOLE, 'A 2.0.0.127.bl.example': ['127.0.0.2'], ...answers }
  return { ...READY, zone, env: { [LISTS]: lists } }
}

const cases: readonly (readonly [string, Look, World, Finding['state'], RegExp])[] = [
  ['is ours', hostnameLook, READY, 'passed', /an address of ours/],
  ['behind NAT', hostnameLook, { ...READY, interfaces: ['10.0.0.4'] }, 'not-verified', /NAT/],
  ['private', hostnameLook, { zone: { [`A ${NAME}`]: ['10.0.0.4'] } }, 'warning', /no public address/],
  ['absent', hostnameLook, {}, 'failed', /has no address/],
  ['unknown', hostnameLook, { zone: { [`A ${NAME}`]: 'failed' } }, 'not-verified', /failed: no answer/],
  ['one word', hostnameLook, { env: { GATEPOST_HOSTNAME: 'gate' } }, 'failed', /no other mail host/],
  ['agrees', reverseNameLook, READY, 'passed', /203\.0\.113\.5 is mx\.gate\.example/],
  ['other name', reverseNameLook, { ...READY, names: { [IP]: 'vps7.host.example' } }, 'failed', /vps7/],
  ['no PTR', reverseNameLook, { ...READY, names: {} }, 'failed', /no confirmed name/],
  ['PTR unknown', reverseNameLook, { ...READY, names: { [IP]: 'failed' } }, 'not-verified', /unknown/],
  ['no public address', reverseNameLook, {}, 'not-verified', /do not know/],
  ['greets', inboundPortLook, READY, 'passed', /Port 25 greets/],
  [
    'other port',
    inboundPortLook,
    { ...READY, port: 2525, greetings: { '127.0.0.1:2525': `220 ${NAME} ESMTP` } },
    'warning',
    /connect to port 25/,
  ],
  [
    'other program',
    inboundPortLook,
    { ...READY, greetings: { '127.0.0.1:25': '220 postfix' } },
    'failed',
    /postfix/,
  ],
  ['busy', inboundPortLook, { ...READY, greetings: { '127.0.0.1:25': '421 busy' } }, 'warning', /421 busy/],
  ['dead', inboundPortLook, { ...READY, greetings: {} }, 'failed', /no answer within 5 s/],
  ['open', outboundPortLook, READY, 'passed', /first\.gmail\.example/],
  ['blocked', outboundPortLook, { ...READY, greetings: {} }, 'failed', /gets no answer/],
  ['no target', outboundPortLook, {}, 'not-verified', /no mail host to try/],
  [
    'made-up world',
    outboundPortLook,
    { zone: { ...WHOLE, 'A first.gmail.example': ['127.0.0.9'] } },
    'not-verified',
    /no mail host to try/,
  ],
  ['missing', certificateLook, {}, 'failed', /no certificate/],
  ['self-made', certificateLook, { certificate: made(NAME, NOW) }, 'warning', /made ourselves/],
  [
    'self-signed',
    certificateLook,
    { certificate: made(NAME, NOW), env: FILES },
    'warning',
    /signed by itself/,
  ],
  [
    'other name',
    certificateLook,
    { certificate: made('x.example', NOW), env: FILES },
    'warning',
    /not for mx/,
  ],
  [
    'expired',
    certificateLook,
    { certificate: made(NAME, NOW - TEN_YEARS - 5 * 86_400_000) },
    'failed',
    /5 days ago/,
  ],
  ['unreadable', certificateLook, { certificate: 'text', env: FILES }, 'failed', /a\.pem cannot be read/],
  ['https', consoleLook, READY, 'passed', /https:\/\/gate\.example/],
  ['localhost', consoleLook, {}, 'warning', /localhost/],
  ['in clear', consoleLook, { env: { GATEPOST_URL: 'http://gate.example/' } }, 'failed', /not encrypted/],
  ['complete', ownZoneLook, READY, 'passed', /exists/],
  ['empty', ownZoneLook, {}, 'warning', /spf\.mx\.gate\.example has no SPF record, and validate/],
  [
    'address missing',
    ownZoneLook,
    { ...READY, zone: { ...WHOLE, [`TXT spf.${NAME}`]: ['v=spf1 -all'] } },
    'warning',
    /without ip4:203/,
  ],
  ['unknown', ownZoneLook, { zone: { [`TXT spf.${NAME}`]: 'failed' } }, 'not-verified', /failed/],
  ['answers', resolverLook, READY, 'passed', /answered two questions in 0 ms/],
  ['slow', resolverLook, { ...READY, slowMs: 1500 }, 'warning', /took 1500 ms/],
  [
    'silent',
    resolverLook,
    { zone: { 'NS example.com': 'failed' } },
    'failed',
    /did not answer for example\.com/,
  ],
  ['island', resolverLook, {}, 'warning', /sees no public names/],
  ['remote', dnssecLook, READY, 'not-required', /not on this machine/],
  [
    'local, validating',
    dnssecLook,
    { ...READY, authenticated: true, server: '127.0.0.1:53' },
    'passed',
    /validates/,
  ],
  [
    'local, not validating',
    dnssecLook,
    { ...READY, server: '127.0.0.1:53' },
    'not-required',
    /does not validate/,
  ],
  ['not named', blockListsLook, listed({}), 'passed', /^bl\.example does not name 203\.0\.113\.5\.$/],
  [
    'named, with the reason it gives',
    blockListsLook,
    listed({ [`A ${OWN}`]: ['127.0.0.4'], [`TXT ${OWN}`]: ['see https://bl.example/why'] }),
    'failed',
    /bl\.example names 203\.0\.113\.5 \(127\.0\.0\.4: see https/,
  ],
  [
    'refuses shared resolvers',
    blockListsLook,
    listed({ [`A ${OWN}`]: ['127.255.255.254'], 'A 2.0.0.127.bl.example': ['127.255.255.254'] }),
    'not-verified',
    /Not known: bl\.example \(it refuses shared resolvers\)/,
  ],
  [
    'says no to everything',
    blockListsLook,
    listed({ 'A 2.0.0.127.bl.example': 'none' }),
    'not-verified',
    /not name its own test entry/,
  ],
  [
    'parked: says yes to everything',
    blockListsLook,
    listed({ [`A ${OWN}`]: ['127.0.0.2'], 'A 1.0.0.127.bl.example': ['127.0.0.2'] }),
    'not-verified',
    /names everybody/,
  ],
  [
    'answers what no list answers',
    blockListsLook,
    listed({ [`A ${OWN}`]: ['198.51.100.7'] }),
    'not-verified',
    /198\.51\.100\.7 is none/,
  ],
  ['silent', blockListsLook, listed({ [`A ${OWN}`]: 'failed' }), 'not-verified', /no answer/],
  [
    'one refuses, one is clear',
    blockListsLook,
    listed(
      { 'A 2.0.0.127.other.example': ['127.0.0.2'], [`A ${OWN}`]: ['127.255.255.255'] },
      'bl.example,other.example',
    ),
    'passed',
    /^other\.example does not name .*Not known: bl\.example \(it refuses us: too many/,
  ],
  ['nobody to ask', blockListsLook, { ...READY, env: { [LISTS]: '' } }, 'not-required', /No block list/],
  ['no address', blockListsLook, {}, 'not-verified', /do not know our public address/],
  ['room', diskLook, {}, 'passed', /60\.0 GB of 100\.0 GB are free \(60 %\)/],
  ['little room', diskLook, { freeBytes: 5e9 }, 'warning', /5 %/],
  ['no room', diskLook, { freeBytes: 5e8 }, 'failed', /0\.5 GB/],
  ['nothing to compare', clockLook, {}, 'not-verified', /2026-11-19 12:00 UTC/],
]

for (const [name, look, world, state, saw] of cases) {
  test(`readiness ${look.name}: ${name}`, async () => {
    const found = await look.look(await sightOf(world))
    assert.equal(found.state, state, found.saw)
    assert.match(found.saw, saw)
    if (state === 'failed' || state === 'warning') assert.ok(found.remedy, 'what failed says what to do')
  })
}

test('zone text holds every name that tenants and hosts look for', () => {
  const text = zoneText(NAME, [IP, '2001:db8::5'])
  assert.match(text, /^mx\.gate\.example\. +3600 IN A {5}203\.0\.113\.5$/m)
  assert.match(text, /^mx\.gate\.example\. +3600 IN AAAA {2}2001:db8::5$/m)
  assert.match(text, /^validate\.mx\.gate\.example\. 3600 IN CNAME mx\.gate\.example\.$/m)
  assert.match(
    text,
    /^spf\.mx\.gate\.example\. +3600 IN TXT {3}"v=spf1 ip4:203\.0\.113\.5 ip6:2001:db8::5 -all"$/m,
  )
  assert.match(zoneText(NAME, []), /; mx\.gate\.example\. +3600 IN A {5}\(your public address\)/)
})

async function withDeps(
  world: World,
  work: (deps: ReadinessDeps, tick: (ms: number) => void) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-readiness-'))
  const store = await openStore({ database: null, dataFolder: folder, clock: systemClock, emit: silentEmit })
  let now = NOW
  const waits: number[] = []
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      waits.push(ms)
      now += ms
    },
  }
  const { config, dns, machine, listening } = await sightOf(world)
  const edges = [
    { node: 'one', slot: 0, version: 3, seenAt: NOW },
    { node: 'one', slot: 1, version: 3, seenAt: NOW },
    { node: 'two', slot: 0, version: 3, seenAt: NOW - 50_000 },
  ]
  const link = { edges: () => edges } as unknown as ReadinessDeps['link']
  const paths = { ...config, data: folder }
  const deps = { store, clock, emit: silentEmit, dns, link, config: paths, machine, listening }
  try {
    await work(deps, (ms) => {
      now += ms
    })
  } finally {
    await store.close()
    await rm(folder, { recursive: true })
  }
}

test('a look is kept, shown, and not repeated within 5 s', async () => {
  await withDeps(READY, async (deps, tick) => {
    const before = await getReadiness(deps)
    assert.equal(before.checkedAt, null)
    assert.ok(before.checks.every(({ state }) => state === 'not-run'))
    const looked = await checkReadiness(deps)
    assert.equal(looked.checks.length, 13)
    assert.equal(looked.checks.find(({ name }) => name === 'virus-scanner')?.state, 'not-required')
    assert.equal(looked.checks.find(({ name }) => name === 'certificate')?.state, 'failed')
    assert.deepEqual(await getReadiness(deps), looked)
    tick(2_000)
    await assert.rejects(checkReadiness(deps), (error: unknown) => {
      assert.ok(error instanceof Problem)
      assert.equal(error.problemName, 'check-too-soon')
      assert.equal(error.retryAfterSeconds, 3)
      return true
    })
    assert.deepEqual(await healthLine(deps), {
      healthy: 1,
      total: 2,
      readinessFailed: 1,
      blockLists: 'not-verified',
    })
    tick(3_000)
    assert.equal((await checkReadiness(deps)).checkedAt, NOW + 5_000)
  })
})

test('the watch looks again sooner while something fails, and ends with its signal', async () => {
  await withDeps(READY, async (deps) => {
    const ending = new AbortController()
    const waits: number[] = []
    const clock: Clock = {
      now: deps.clock.now,
      sleep: async (ms) => {
        waits.push(ms)
        if (waits.length === 3) ending.abort()
      },
    }
    await watchReadiness({ ...deps, clock }, ending.signal)
    assert.deepEqual(waits, [3_000, 300_000, 300_000])
    assert.equal((await getReadiness(deps)).checkedAt, NOW)
  })
})

test('the machine reads the greeting of a real port, and says why there is none', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume()
    socket.write('220-first\r\n')
    socket.write('220 mx.gate.example ESMTP\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const target = { host: '127.0.0.1', port }
  assert.deepEqual(await systemMachine.greeting(target), { kind: 'greeting', text: '220-first' })
  await new Promise((resolve) => server.close(resolve))
  assert.deepEqual(await systemMachine.greeting(target), { kind: 'failed', why: 'refused' })
  assert.ok(systemMachine.addresses().includes('127.0.0.1'))
  assert.ok((systemMachine.space(tmpdir())?.totalBytes ?? 0) > 0)
  assert.equal(systemMachine.space('/no/such/folder'), null)
})
