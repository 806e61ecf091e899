// TLSA records against real certificates: the host's own, an authority's, and those that do not meet them.
import assert from 'node:assert/strict'
import { createHash, type X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { TlsaRecord } from '#platform/dns-types.ts'
import { certificatesIn, makeAuthority } from './certificates.fixture.ts'
import { daneFaultOf, tlsaUseOf } from './dane.ts'

const authority = makeAuthority()
const [leaf, anchor] = certificatesIn(authority.issue(['mx.far.example', 'far.example']).certificate) as [
  X509Certificate,
  X509Certificate,
]
const [stranger] = certificatesIn(makeAuthority('Stranger').ca.certificate) as [X509Certificate]

/** Behind the certificates, which are not valid before their second. */
const NOW = Date.now()

const spki = (of: X509Certificate): Buffer => of.publicKey.export({ type: 'spki', format: 'der' })
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
const sha512 = (bytes: Buffer): Buffer => createHash('sha512').update(bytes).digest()
const tlsa = (usage: number, selector: number, matchingType: number, certificate: Buffer): TlsaRecord => ({
  usage,
  selector,
  matchingType,
  certificate,
})

const expected = { names: ['mx.far.example'], now: NOW }
const wrong = tlsa(3, 1, 1, sha256(Buffer.from('another key')))

const meets: readonly (readonly [string, TlsaRecord])[] = [
  ['3 1 1', tlsa(3, 1, 1, sha256(spki(leaf)))],
  ['3 1 2', tlsa(3, 1, 2, sha512(spki(leaf)))],
  ['3 1 0', tlsa(3, 1, 0, spki(leaf))],
  ['3 0 1', tlsa(3, 0, 1, sha256(leaf.raw))],
  ['2 0 1', tlsa(2, 0, 1, sha256(anchor.raw))],
  ['2 1 1', tlsa(2, 1, 1, sha256(spki(anchor)))],
]
for (const [name, record] of meets) {
  test(`${name} is met`, () => assert.equal(daneFaultOf([record], [leaf, anchor], expected), null))
  test(`${name} beside one that is not met is enough (key roll-over)`, () =>
    assert.equal(daneFaultOf([wrong, record], [leaf, anchor], expected), null))
}

test('the host’s own certificate counts whatever its name and date; an authority’s does not', () => {
  const late = { names: ['other.example'], now: NOW + 400 * 86_400_000 }
  assert.equal(daneFaultOf([tlsa(3, 1, 1, sha256(spki(leaf)))], [leaf, anchor], late), null)
  const byAnchor = tlsa(2, 0, 1, sha256(anchor.raw))
  assert.match(daneFaultOf([byAnchor], [leaf, anchor], { ...late, now: NOW }) ?? '', /not for other\.example/)
  assert.match(daneFaultOf([byAnchor], [leaf, anchor], { ...expected, now: late.now }) ?? '', /out of date/)
})

test('an authority that is named but did not sign is no authority', () => {
  const fault = daneFaultOf([tlsa(2, 0, 1, sha256(stranger.raw))], [leaf, stranger], expected)
  assert.match(fault ?? '', /do not lead to the authority/)
})

test('a host with another key, and one with no certificate, are refused', () => {
  assert.match(daneFaultOf([wrong], [leaf, anchor], expected) ?? '', /not the one that its TLSA records name/)
  assert.match(daneFaultOf([wrong], [], expected) ?? '', /no certificate/)
  assert.match(daneFaultOf([tlsa(2, 0, 1, sha256(leaf.raw))], [leaf, anchor], expected) ?? '', /authority/)
})

test('records that cannot be used still ask for TLS; none ask for nothing', () => {
  assert.deepEqual(tlsaUseOf([]), { kind: 'none' })
  for (const unusable of [
    tlsa(1, 1, 1, sha256(spki(leaf))),
    tlsa(0, 0, 0, leaf.raw),
    tlsa(3, 2, 1, sha256(spki(leaf))),
    tlsa(3, 1, 3, sha256(spki(leaf))),
    tlsa(3, 1, 1, Buffer.from('short')),
  ])
    assert.deepEqual(tlsaUseOf([unusable]), { kind: 'encrypt' })
  assert.equal(tlsaUseOf([wrong, tlsa(1, 1, 1, sha256(spki(leaf)))]).kind, 'authenticate')
})
