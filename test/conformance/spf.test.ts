// The RFC 7208 suite (203 tests) and mail-auth's, evaluated over a made-up resolver. Bar: all.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import { normalizeIp, parseIp } from '@gatepost/mail/ip.ts'
import { SpfChecker } from '@gatepost/server/authentication/spf.ts'
import { reverseName } from '@gatepost/server/platform/dns-lookups.ts'
import { addRecord, dnsOf, nodeOf, type Zone } from './made-up-dns.ts'
import { skipWithout, testdataFiles } from './testdata.ts'
import { listOf, member, pairsOf, readYaml, textOf, type Yaml } from './yaml.ts'

const skip = skipWithout('spf')
const files = skip ? [] : testdataFiles('spf').filter((file) => file.endsWith('.yml'))

for (const file of files) {
  const isSuite = basename(file) === 'rfc7208-tests.yml'
  for (const scenario of readYaml(readFileSync(file, 'utf8'))) {
    const title = textOf(scenario, isSuite ? 'description' : 'name').trim()
    test(`spf ${basename(file)}: ${title}`, async () => {
      const results = isSuite ? await runSuite(scenario) : await runMailAuth(scenario)
      assert.ok(results.length > 0)
      for (const { name, wanted, got } of results)
        assert.ok(wanted.includes(got), `${name}: ${got} is not ${wanted}`)
    })
  }
}

test('the RFC 7208 suite has 203 tests', { skip }, () => {
  const suite = files.find((file) => basename(file) === 'rfc7208-tests.yml')!
  const counts = readYaml(readFileSync(suite, 'utf8')).map(
    (scenario) => pairsOf(member(scenario, 'tests')).length,
  )
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    203,
  )
})

/** Where mail-auth reads RFC 7208 otherwise: see docs/internals/authentication-differences.md. */
const EXPLAINED = new Map([
  ['All test: sender@test.org 10.0.0.1', 'permerror'],
  ['IPv6 match: sender@test.org 10.1.2.3', 'fail'],
  ['DNS Lookup Limits: sender@ok.test.org 172.168.0.1', 'permerror'],
  ['Exists: sender@ip6.test.org 167.1.2.3', 'fail'],
  ['Macro expansion 2: strong-bad@email.example.com 2001:db8::cb01', 'fail'],
])

type Result = { readonly name: string; readonly wanted: readonly string[]; readonly got: string }

async function runSuite(scenario: Yaml): Promise<Result[]> {
  const dns = dnsOf(zoneOf(pairsOf(member(scenario, 'zonedata'))))
  const results: Result[] = []
  for (const [name, one] of pairsOf(member(scenario, 'tests'))) {
    const wanted = member(one, 'result')
    const got = await evaluate(dns, {
      clientIp: textOf(one, 'host'),
      helo: textOf(one, 'helo'),
      from: textOf(one, 'mailfrom'),
    })
    results.push({ name, wanted: typeof wanted === 'string' ? [wanted] : (listOf(wanted) as string[]), got })
  }
  return results
}

/** Their tests stand in lists, or one after the other within an entry that names records too. */
async function runMailAuth(scenario: Yaml): Promise<Result[]> {
  const shared: Zone = new Map()
  for (const [type, value] of pairsOf(member(scenario, 'records'))) addMailAuth(shared, type, value)
  const title = textOf(scenario, 'name')
  const results: Result[] = []
  for (const one of listOf(member(scenario, 'tests'))) {
    const zone: Zone = structuredClone(shared)
    const query = { clientIp: '', helo: 'example.com', from: 'user@example.com' }
    for (const [key, value] of pairsOf(one)) {
      if (key === 'ip') query.clientIp = String(value)
      else if (key === 'domain') query.helo = String(value)
      else if (key === 'sender') query.from = String(value)
      else if (key === 'expect') {
        const got = await evaluate(dnsOf(zone), {
          ...query,
          from: title === 'HELO identity' ? '' : query.from,
        })
        const name = `${title}: ${query.from} ${query.clientIp}`
        const wanted = [EXPLAINED.get(name) ?? String(value).split(' ')[0]!]
        results.push({ name, wanted, got })
      } else if (key !== 'name') addMailAuth(zone, key, value)
    }
  }
  return results
}

/** Its MX records name addresses, and `_dns_error` in a name stands for a time-out. */
function addMailAuth(zone: Zone, type: string, value: Yaml): void {
  const [name = '', ...rest] = String(value).trim().split(/\s+/)
  const values = rest.flatMap((text) => text.split(',')).filter((text) => text !== '')
  if (type === 'spf' || type === 'exp' || type === 'txt') addRecord(zone, name, 'TXT', rest.join(' '))
  else if (type === 'mx') {
    for (const address of values) {
      const exchange = `host-${address.replace(/[.:]/g, '-')}.${name}`
      addRecord(zone, name, 'MX', { preference: 10, exchange })
      addRecord(zone, exchange, address.includes(':') ? 'AAAA' : 'A', normalizeIp(address))
    }
  } else if (type === 'ptr') {
    for (const target of values) addRecord(zone, reverseOf(name), 'PTR', target)
  } else for (const address of values) addRecord(zone, name, type.toUpperCase(), normalizeIp(address))
}

/** Zones of the suite: SPF records stand for TXT where a name has no TXT of its own. */
function zoneOf(names: readonly (readonly [string, Yaml])[]): Zone {
  const zone: Zone = new Map()
  for (const [name, entries] of names) {
    const node = nodeOf(zone, name)
    const hasText = listOf(entries).some((entry) => pairsOf(entry).some(([type]) => type === 'TXT'))
    for (const entry of listOf(entries)) {
      if (entry === 'TIMEOUT') node.timesOut = true
      for (const [type, value] of pairsOf(entry)) {
        if (type === 'SPF' && hasText) continue
        if (value === 'NONE') continue
        addRecord(zone, name, type === 'SPF' ? 'TXT' : type, recordOf(type, value))
      }
    }
  }
  return zone
}

function recordOf(type: string, value: Yaml): unknown {
  if (type === 'MX') {
    const [preference, exchange] = listOf(value) as string[]
    return { preference: Number(preference), exchange }
  }
  // The strings of a TXT record are joined without a space (RFC 7208 §3.3).
  return Array.isArray(value) ? value.join('') : value
}

async function evaluate(
  dns: ReturnType<typeof dnsOf>,
  query: { readonly clientIp: string; readonly helo: string; readonly from: string },
): Promise<string> {
  const checker = new SpfChecker({
    dns,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    hostname: 'mx.gate.example',
  })
  const at = query.from.lastIndexOf('@')
  const reversePath =
    query.from === ''
      ? null
      : { localPart: query.from.slice(0, Math.max(at, 0)), domain: query.from.slice(at + 1) }
  const { clientIp, helo } = query
  return (await checker.check({ clientIp, helo, reversePath })).result
}

function reverseOf(ip: string): string {
  const address = parseIp(ip)
  return address.ok ? reverseName(address.value.bytes) : ip
}
