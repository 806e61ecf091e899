// Makes and reads key pairs of signing (RFC 6376 §3.6.1, 8301, 8463): what is sealed, and what stands in DNS.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import type { KeyAlgorithm } from '@gatepost/contract/signing.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'

export type KeyPair = {
  readonly algorithm: KeyAlgorithm
  /** PKCS#8 PEM. */
  readonly privateKey: string
  /** p= of the record: base64. */
  readonly publicKey: string
  readonly bits: number
}

export type KeyFault = 'key-unreadable' | 'key-encrypted' | 'key-type' | 'key-too-short' | 'key-too-long'

/** RFC 8301 §3.2: verifiers take from 1,024 bits; less than 2,048 is no longer safe to make. */
const RSA_BITS = 2_048
const RSA_BITS_MIN = 1_024
/** Longer ones do not fit an answer of 512 octets twice over and cost four times as much to use. */
const RSA_BITS_MAX = 4_096
const ED25519_BITS = 256
const ED25519_OCTETS = 32

/** Makes a key pair; RSA takes some tenths of a second, on another thread. */
export async function makeKeyPair(algorithm: KeyAlgorithm): Promise<KeyPair> {
  if (algorithm === 'ed25519-sha256') {
    return pairOf(generateKeyPairSync('ed25519').privateKey, algorithm, ED25519_BITS)
  }
  const made = Promise.withResolvers<KeyObject>()
  generateKeyPair('rsa', { modulusLength: RSA_BITS }, (error, _publicKey, privateKey) => {
    if (error === null) made.resolve(privateKey)
    else made.reject(error)
  })
  return pairOf(await made.promise, algorithm, RSA_BITS)
}

/** Reads a private key in PEM. */
export function readPrivateKey(pem: string): Parsed<KeyPair, KeyFault> {
  if (/ENCRYPTED/.test(pem)) return fail('key-encrypted')
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return fail('key-unreadable')
  }
  if (key.asymmetricKeyType === 'ed25519') return ok(pairOf(key, 'ed25519-sha256', ED25519_BITS))
  if (key.asymmetricKeyType !== 'rsa') return fail('key-type')
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < RSA_BITS_MIN) return fail('key-too-short')
  return bits > RSA_BITS_MAX ? fail('key-too-long') : ok(pairOf(key, 'rsa-sha256', bits))
}

/** What to do about a key that cannot be taken. */
export function keyRemedy(fault: KeyFault): string {
  switch (fault) {
    case 'key-encrypted':
      return 'The key has a password. Take it off first, for example with: openssl pkey -in key.pem'
    case 'key-type':
      return 'Only RSA and Ed25519 keys sign mail.'
    case 'key-too-short':
      return `Receivers do not take RSA keys below ${RSA_BITS_MIN} bits. Make a new key here instead.`
    case 'key-too-long':
      return `RSA keys above ${RSA_BITS_MAX} bits are not taken: many receivers cannot verify them.`
    case 'key-unreadable':
      return 'This is no private key in PEM. It begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----.'
  }
}

/** The text of the record that publishes a key. */
export function recordOf(key: { readonly algorithm: KeyAlgorithm; readonly publicKey: string }): string {
  return `v=DKIM1; k=${key.algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519'}; p=${key.publicKey}`
}

/** A TXT record is made of strings of at most 255 octets (RFC 1035 §3.3.14). */
export function recordParts(text: string): string[] {
  return text.match(/.{1,255}/g) ?? []
}

function pairOf(key: KeyObject, algorithm: KeyAlgorithm, bits: number): KeyPair {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' })
  // RFC 8463 §4.2: the bare 32 octets.
  const shown = algorithm === 'rsa-sha256' ? der : der.subarray(-ED25519_OCTETS)
  const privateKey = String(key.export({ format: 'pem', type: 'pkcs8' }))
  return { algorithm, privateKey, publicKey: shown.toString('base64'), bits }
}
