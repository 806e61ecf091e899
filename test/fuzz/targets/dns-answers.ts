// Answers of name servers, TLSA records above all: whoever runs a zone writes these octets, and whether a
// host is trusted hangs on them.
import assert from 'node:assert/strict'
import { createHash, type X509Certificate } from 'node:crypto'
import { daneFaultOf, tlsaUseOf } from '@gatepost/server/delivery/tls/dane.ts'
import { readValue } from '@gatepost/server/platform/dns.ts'
import type { DnsRecordType, TlsaRecord } from '@gatepost/server/platform/dns-types.ts'
import { readReply } from '@gatepost/server/platform/dns-wire.ts'
import dnsPacket, { type Answer } from 'dns-packet'
import {
  certificatesIn,
  makeAuthority,
} from '../../../packages/server/src/delivery/tls/certificates.fixture.ts'
import type { Target } from '../target.ts'

const ID = 4660
const NAME = '_25._tcp.mx.far.example'
const chain = certificatesIn(makeAuthority().issue(['mx.far.example']).certificate)
const [leaf, anchor] = chain as [X509Certificate, X509Certificate]
const expected = { names: ['mx.far.example'], now: Date.now() }
const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'MX', 'TXT', 'CNAME', 'NS', 'PTR', 'TLSA', 'SOA'])

export const dnsAnswers: Target = {
  name: 'dns-answers',
  seeds: [
    answerOf([tlsa(3, 1, 1, sha256(keyOf(leaf))), tlsa(2, 0, 1, sha256(anchor.raw))]),
    answerOf([tlsa(3, 0, 0, leaf.raw)]),
    answerOf([
      { type: 'CNAME', name: NAME, ttl: 60, data: 'tlsa.far.example' },
      { type: 'TLSA', name: 'tlsa.far.example', ttl: 60, data: dataOf(1, 1, 2, Buffer.alloc(64)) },
      { type: 'MX', name: 'far.example', ttl: 60, data: { preference: 10, exchange: 'mx.far.example' } },
      { type: 'TXT', name: 'far.example', ttl: 60, data: ['v=spf1 ', '-all'] },
      { type: 'A', name: 'mx.far.example', ttl: 60, data: '192.0.2.1' },
      { type: 'AAAA', name: 'mx.far.example', ttl: 60, data: '2001:db8::1' },
    ]),
  ],
  words: [
    '\0\x34',
    '\xc0\x0c',
    '\xc0\x00',
    '\xff\xff',
    '\0\0',
    '\x03\x01\x01',
    '\x02\x00\x01',
    '\x00\x03',
    '\x3f',
  ],
  check(input) {
    const reply = readReply(input, { name: NAME, type: 'TLSA', server: '192.0.2.53:53' }, ID)
    if (reply?.kind !== 'reply') return
    const records: TlsaRecord[] = []
    for (const answer of reply.packet.answers ?? []) {
      if (!TYPES.has(answer.type)) continue
      const value = readValue(answer)
      if (typeof value === 'string') continue
      if ('exchange' in value) {
        assert.ok(Number.isInteger(value.preference) && typeof value.exchange === 'string')
      } else records.push(value)
    }
    judge(records)
  },
}

/** A host is trusted only for a record that names its key, its certificate or its authority. */
function judge(records: readonly TlsaRecord[]): void {
  for (const { usage, selector, matchingType, certificate } of records) {
    for (const octet of [usage, selector, matchingType]) assert.ok(octet >= 0 && octet <= 255)
    assert.ok(certificate instanceof Uint8Array)
  }
  const use = tlsaUseOf(records)
  assert.equal(use.kind === 'none', records.length === 0)
  if (use.kind !== 'authenticate' || daneFaultOf(use.records, chain, expected) !== null) return
  assert.ok(use.records.some(namesOurs), 'trusted for a record that names nothing of the chain')
}

function namesOurs({ certificate }: TlsaRecord): boolean {
  return shown.some((bytes) =>
    [bytes, sha256(bytes), sha512(bytes)].some((value) => value.equals(certificate)),
  )
}

const shown = [leaf.raw, keyOf(leaf), anchor.raw, keyOf(anchor)]

function keyOf(certificate: X509Certificate): Buffer {
  return certificate.publicKey.export({ type: 'spki', format: 'der' })
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function sha512(bytes: Buffer): Buffer {
  return createHash('sha512').update(bytes).digest()
}

function dataOf(usage: number, selector: number, matchingType: number, certificate: Buffer) {
  return { usage, selector, matchingType, certificate }
}

function tlsa(usage: number, selector: number, matchingType: number, certificate: Buffer): Answer {
  return { type: 'TLSA', name: NAME, ttl: 60, data: dataOf(usage, selector, matchingType, certificate) }
}

function answerOf(answers: Answer[]): string {
  const type = 'TLSA' as DnsRecordType as 'A'
  return dnsPacket
    .encode({ type: 'response', id: ID, flags: 32, questions: [{ type, name: NAME }], answers })
    .toString('latin1')
}
