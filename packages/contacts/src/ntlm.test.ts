// NTLMv2 against the examples of [MS-NLMP] §4.2.4, and bindings of certificates against openssl.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { makeCertificates } from './certificates.fixture.ts'
import { endPointBinding } from './end-point.ts'
import { channelBindings, ntlmAnswer, ntlmChallenge, ntlmHello, ntlmResponse, responseKey } from './ntlm.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('NTLMv2 by the examples of its specification', () => {
  const login = { domain: 'Domain', userName: 'User', password: 'Password' }
  const target = hex('02000c0044006f006d00610069006e00 01000c005300650072007600650072000000 0000')

  test('key, proof, LM response and session key (§4.2.4.1, §4.2.4.2)', () => {
    const key = responseKey(login)
    assert.equal(key.toString('hex'), '0c868a403bfd7a93a3001ef22ef02e3f')
    const { nt, lm, sessionKey } = ntlmResponse(key, {
      serverChallenge: hex('0123456789abcdef'),
      clientChallenge: hex('aaaaaaaaaaaaaaaa'),
      time: Buffer.alloc(8),
      target,
    })
    assert.equal(nt.subarray(0, 16).toString('hex'), '68cd0ab851e51c96aabc927bebef6a1c')
    assert.equal(
      nt.subarray(16).toString('hex'),
      `01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000${target.toString('hex')}00000000`,
    )
    assert.equal(lm.toString('hex'), '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa')
    assert.equal(sessionKey.toString('hex'), '8de40ccadbc14a82f15cb0ad0de95ca3')
  })

  test('the answer to the challenge of the example (§4.2.4.3)', () => {
    const challenge = hex(
      '4e544c4d53535000 02000000 0c000c00 38000000 33828ae2 0123456789abcdef 0000000000000000' +
        '24002400 44000000 060070170000000f 530065007200760065007200' +
        target.toString('hex'),
    )
    const endPoint = Buffer.from('tls-server-end-point:0123')
    const connection = { host: 'mail.acme.example', endPoint, nowMs: 0, nonce: hex('aaaaaaaaaaaaaaaa') }
    const answer = Buffer.from(ntlmAnswer(challenge, login, connection) ?? [])
    assert.equal(answer.subarray(0, 12).toString('hex'), '4e544c4d5353500003000000')
    const field = (index: number): Buffer => {
      const from = answer.readUInt32LE(16 + index * 8)
      return answer.subarray(from, from + answer.readUInt16LE(12 + index * 8))
    }
    assert.equal(field(0).toString('hex'), '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa')
    assert.deepEqual(
      [2, 3, 4, 5].map((index) => field(index).toString('utf16le')),
      ['Domain', 'User', 'GATEPOST', ''],
    )
    // 1970 in tenths of microseconds since 1601; the binding and the name of the service behind the server's
    // pairs.
    assert.equal(field(1).readBigUInt64LE(24), 116_444_736_000_000_000n)
    const name = Buffer.from('HTTP/mail.acme.example', 'utf16le').toString('hex')
    const ours = `0a001000${channelBindings(endPoint).toString('hex')}09002c00${name}00000000`
    assert.ok(
      field(1)
        .toString('hex')
        .endsWith(`${target.subarray(0, -4).toString('hex')}${ours}00000000`),
    )
    assert.equal(answer.subarray(72, 88).toString('hex'), '00'.repeat(16), 'no time given, so no code')
  })

  test('challenges that are none have no answer', () => {
    const whole = hex('4e544c4d53535000 02000000 0000000000000000 01028800 0123456789abcdef 0000000000000000')
    const info = hex('08000800 30000000 0200ff0041004200')
    const connection = { host: 'h', endPoint: null, nowMs: 0, nonce: Buffer.alloc(8) }
    const cases: readonly Buffer[] = [
      Buffer.alloc(0),
      ntlmHello(),
      whole.subarray(0, 31),
      // The target information ends behind the message; a pair in it behind the information.
      Buffer.concat([whole, hex('08000800 31000000 0200ff0041004200')]),
      Buffer.concat([whole, info]),
      // A server without Unicode.
      Buffer.concat([whole.subarray(0, 20), hex('02020800'), whole.subarray(24), hex('0000000030000000')]),
    ]
    for (const [index, challenge] of cases.entries())
      assert.equal(ntlmAnswer(challenge, login, connection), null, `case ${index}`)
    assert.equal(ntlmChallenge('Negotiate, NTLM'), null)
    assert.equal(ntlmChallenge('Negotiate, NTLM AAEC')?.toString('hex'), '000102')
  })
})

describe('what binds to TLS', () => {
  test('the structure of the binding', () => {
    const digest = hex('E3CA49271E5089CC48CE82109F1324F41DBEDDC29A777410C738F7868C4FF405')
    const endPoint = Buffer.concat([Buffer.from('tls-server-end-point:'), digest])
    assert.equal(channelBindings(endPoint).toString('hex'), '6ea19df066da4622051f9c4f92c6df74')
    assert.equal(channelBindings(null).toString('hex'), '00'.repeat(16))
  })

  test('the hash is that of the signature, weak ones are SHA-256 (RFC 5929 §4.1)', () => {
    const pss = (hash: string) => [`-${hash}`, '-sigopt', 'rsa_padding_mode:pss']
    const cases = [
      { key: 'ec', args: ['-sha1'], hash: 'sha256' },
      { key: 'ec', args: ['-sha256'], hash: 'sha256' },
      { key: 'ec', args: ['-sha384'], hash: 'sha384' },
      { key: 'rsa', args: ['-md5'], hash: 'sha256' },
      { key: 'rsa', args: ['-sha224'], hash: 'sha224' },
      { key: 'rsa', args: ['-sha512'], hash: 'sha512' },
      { key: 'rsa', args: pss('sha1'), hash: 'sha256' },
      { key: 'rsa', args: pss('sha256'), hash: 'sha256' },
      { key: 'rsa', args: pss('sha384'), hash: 'sha384' },
      { key: 'ed25519', args: [], hash: null },
    ] as const
    const made = makeCertificates(cases)
    for (const [index, { key, args, hash }] of cases.entries()) {
      const { certificate, hashBy } = made[index]!
      const binding = endPointBinding(new X509Certificate(certificate))
      const digest = binding?.subarray('tls-server-end-point:'.length).toString('hex') ?? null
      assert.equal(digest, hash === null ? null : hashBy(hash), `${key} ${args.join(' ')}`)
    }
  })
})
