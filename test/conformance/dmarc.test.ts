// OpenDMARC's tables (RFC 7489) against RFC 9989 as we follow it; where the two differ, a table says so.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DmarcChecker } from '@gatepost/server/authentication/dmarc.ts'
import { readHeaderFacts } from '@gatepost/server/facts/header-facts.ts'
import { addRecord, dnsOf, type Zone } from './made-up-dns.ts'
import { skipWithout, testdataPath } from './testdata.ts'

type Vectors = {
  readonly parse: readonly { readonly record: string; readonly result: string }[]
  readonly alignment: readonly {
    readonly a: string
    readonly b: string
    readonly mode: 'strict' | 'relaxed'
    readonly aligned: boolean
  }[]
  readonly from_domain: readonly { readonly header: string; readonly domain: string }[]
}

const skip = skipWithout('dmarc')
const vectors: Vectors = skip
  ? { parse: [], alignment: [], from_domain: [] }
  : (JSON.parse(readFileSync(testdataPath('dmarc', 'opendmarc-vectors.json'), 'utf8')) as Vectors)

/** Records that OpenDMARC reads otherwise: see docs/internals/authentication-differences.md. */
const RECORDS_EXPLAINED = new Map([
  ['v=DMARC1; p=n;', 'not applied'],
  ['v=DMARC1; p=none; adkim=bob;', 'applied'],
  ['v=DMARC1; p=none; aspf=bob;', 'applied'],
  ['v=DMARC1; p=none; rf=bob;', 'applied'],
  ['v=DMARC1; p=none; ri=bob;', 'applied'],
  ['v=DMARC1; p=none; pct=500;', 'applied'],
  ['v=DMARC1; p=none; rf=000000000000000000000000000000000', 'applied'],
])

test('DMARC records: 19', { skip }, async () => {
  assert.equal(vectors.parse.length, 19)
  for (const { record, result } of vectors.parse) {
    const zone: Zone = new Map()
    addRecord(zone, '_dmarc.sender.example', 'TXT', record)
    const found = await checkerOf(zone).check({
      authorDomains: ['sender.example'],
      spfDomain: null,
      dkimDomains: [],
    })
    const wanted =
      RECORDS_EXPLAINED.get(record) ?? (result === 'DMARC_PARSE_OKAY' ? 'applied' : 'not applied')
    assert.equal(found.dmarc.result === 'none' ? 'not applied' : 'applied', wanted, record)
  }
})

test('DMARC alignment: 10 pairs', { skip }, async () => {
  assert.equal(vectors.alignment.length, 10)
  for (const { a, b, mode, aligned } of vectors.alignment) {
    const zone: Zone = new Map()
    const letter = mode === 'strict' ? 's' : 'r'
    const author = a.replace(/^\.+|\.+$/g, '')
    const labels = author.split('.').slice(-2)
    for (const name of new Set([author, labels.join('.')])) {
      addRecord(zone, `_dmarc.${name}`, 'TXT', `v=DMARC1; p=reject; adkim=${letter}; aspf=${letter}`)
    }
    const found = await checkerOf(zone).check({ authorDomains: [author], spfDomain: null, dkimDomains: [b] })
    assert.equal(found.dmarc.result === 'pass', aligned, `${a} and ${b}, ${mode}`)
  }
})

/** What no author can be read from is nobody; two authors of two domains are both judged. */
const AUTHORS_EXPLAINED = new Map<string, readonly string[]>([
  ['<<<><joe@joe.com>>>', ['', 'joe.com']],
  ['Joe Johnson <joe@joe.com>, ace@ace.com', ['joe.com', 'ace.com']],
  ['joe@joe.com, ace@ace.com', ['joe.com', 'ace.com']],
])

test('author domains: 9 From fields', { skip }, () => {
  assert.equal(vectors.from_domain.length, 9)
  for (const { header, domain } of vectors.from_domain) {
    const read = readHeaderFacts(Buffer.from(`From: ${header}\r\n`), 'mx.gate.example')
    assert.ok(read.ok)
    assert.deepEqual(read.value.authorDomains, AUTHORS_EXPLAINED.get(header) ?? [domain], header)
  }
})

function checkerOf(zone: Zone): DmarcChecker {
  return new DmarcChecker({ dns: dnsOf(zone), clock: { now: () => 0, sleep: () => Promise.resolve() } })
}
