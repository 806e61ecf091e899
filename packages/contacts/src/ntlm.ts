// NTLMv2's three messages [MS-NLMP], with what Extended Protection asks for: the TLS connection and the name
// of the server inside the proof, and a code over all three. MD4, which Node's OpenSSL lacks, is a package's.
/// <reference path="./ewsjs.d.ts" />
import { createHash, createHmac } from 'node:crypto'
import hashes from '@ewsjs/ntlm-client/lib/hash.js'

export type NtlmLogin = {
  /** Null with a UPN, and where the server's own domain is meant. */
  readonly domain: string | null
  readonly userName: string
  readonly password: string
}

export type NtlmConnection = {
  /** The host that was asked for; it becomes the service's name `HTTP/host`. */
  readonly host: string
  /** `tls-server-end-point:` and the hash of the certificate (RFC 5929 §4); null without TLS. */
  readonly endPoint: Uint8Array | null
  readonly nowMs: number
  /** Eight octets that nobody can guess. */
  readonly nonce: Uint8Array
}

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1')
/** Windows tells nothing of ours; any name serves. */
const WORKSTATION = 'GATEPOST'
/** What §2.2.2.10 wants to stand there: a system, and revision 15 of the protocol. */
const VERSION = Buffer.from([10, 0, 0, 0, 0, 0, 0, 15])

const FLAG = {
  unicode: 0x1,
  oem: 0x2,
  requestTarget: 0x4,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  key128: 0x20000000,
  key56: 0x80000000,
} as const

/** What we can do: no key is exchanged, because nothing is signed or sealed after the sign-in. */
const OFFERED = Object.values(FLAG).reduce((sum, flag) => (sum | flag) >>> 0, 0)

/** Kinds of pairs in the target information (§2.2.2.1). */
const PAIR = { end: 0, flags: 6, timestamp: 7, targetName: 9, channelBindings: 10 } as const
/** The pair of flags says that a code over the messages is there. */
const HAS_MIC = 0x2
const MIC_AT = 72

/** The first message, NEGOTIATE (§2.2.1.1). */
export function ntlmHello(): Buffer {
  const hello = Buffer.alloc(40)
  SIGNATURE.copy(hello)
  hello.writeUInt32LE(1, 8)
  hello.writeUInt32LE(OFFERED, 12)
  VERSION.copy(hello, 32)
  return hello
}

/** The challenge in a `WWW-Authenticate` field; null where there is none. */
export function ntlmChallenge(field: string | null): Buffer | null {
  const found = /(?:^|,\s*)NTLM ([A-Za-z0-9+/=]+)/i.exec(field ?? '')
  return found === null ? null : Buffer.from(found[1] ?? '', 'base64')
}

/**
 * The third message, AUTHENTICATE (§3.1.5.1.2), that answers a challenge; null where that is no challenge, or
 * one in the code page of its server.
 */
export function ntlmAnswer(
  challenge: Buffer,
  login: NtlmLogin,
  connection: NtlmConnection,
): Uint8Array | null {
  const read = readChallenge(challenge)
  if (read === null) return null
  const domain = login.domain ?? (login.userName.includes('@') ? '' : read.target)
  const stamp = read.pairs.find(([kind]) => kind === PAIR.timestamp)?.[1] ?? null
  const key = responseKey({ ...login, domain })
  const response = ntlmResponse(key, {
    serverChallenge: read.challenge,
    clientChallenge: connection.nonce,
    time: stamp ?? fileTime(connection.nowMs),
    target: writePairs(boundPairs(read.pairs, connection, stamp !== null)),
  })
  const message = writeAnswer({
    // A server that gives the time wants no LM response (§3.1.5.1.2).
    lm: stamp === null ? response.lm : Buffer.alloc(24),
    nt: response.nt,
    texts: [domain, login.userName, WORKSTATION],
    flags: (read.flags & OFFERED & ~FLAG.oem) >>> 0,
  })
  if (stamp !== null) hmac(response.sessionKey, ntlmHello(), challenge, message).copy(message, MIC_AT)
  return message
}

/** NTOWFv2 (§3.3.2): the key of the proof. */
export function responseKey({ domain, userName, password }: NtlmLogin): Buffer {
  const name = Buffer.from(userName.toUpperCase() + (domain ?? ''), 'utf16le')
  return hmac(hashes.createNTLMHash(password), name)
}

/** The NTLMv2 responses and the session key (§3.3.2). */
export function ntlmResponse(
  key: Uint8Array,
  {
    serverChallenge,
    clientChallenge,
    time,
    target,
  }: Readonly<Record<'serverChallenge' | 'clientChallenge' | 'time' | 'target', Uint8Array>>,
): { readonly nt: Buffer; readonly lm: Buffer; readonly sessionKey: Buffer } {
  const head = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0])
  const blob = Buffer.concat([head, time, clientChallenge, Buffer.alloc(4), target, Buffer.alloc(4)])
  const proof = hmac(key, serverChallenge, blob)
  return {
    nt: Buffer.concat([proof, blob]),
    lm: Buffer.concat([hmac(key, serverChallenge, clientChallenge), clientChallenge]),
    sessionKey: hmac(key, proof),
  }
}

/**
 * The value of MsvAvChannelBindings: MD5 over the structure of RFC 2744 §3.11 with no addresses and the
 * binding as application data.
 */
export function channelBindings(endPoint: Uint8Array | null): Buffer {
  // Sixteen zeros say that there is no channel (§2.2.2.1).
  if (endPoint === null) return Buffer.alloc(16)
  const head = Buffer.alloc(20)
  head.writeUInt32LE(endPoint.length, 16)
  return createHash('md5').update(head).update(endPoint).digest()
}

type Pair = readonly [kind: number, value: Buffer]

type Challenge = {
  readonly flags: number
  readonly challenge: Buffer
  readonly target: string
  readonly pairs: readonly Pair[]
}

function readChallenge(message: Buffer): Challenge | null {
  if (message.length < 32 || !message.subarray(0, 8).equals(SIGNATURE) || message.readUInt32LE(8) !== 2)
    return null
  const flags = message.readUInt32LE(20)
  const target = fieldAt(message, 12)
  const info = (flags & FLAG.targetInfo) === 0 ? Buffer.alloc(0) : fieldAt(message, 40)
  const pairs = info === null ? null : readPairs(info)
  if (target === null || pairs === null || (flags & FLAG.unicode) === 0) return null
  return { flags, challenge: message.subarray(24, 32), target: target.toString('utf16le'), pairs }
}

/** What the length and the place at `at` mean; null where they point outside. */
function fieldAt(message: Buffer, at: number): Buffer | null {
  if (message.length < at + 8) return null
  const length = message.readUInt16LE(at)
  const from = message.readUInt32LE(at + 4)
  if (length === 0) return Buffer.alloc(0)
  return from + length > message.length ? null : message.subarray(from, from + length)
}

function readPairs(info: Buffer): readonly Pair[] | null {
  const pairs: Pair[] = []
  for (let at = 0; at + 4 <= info.length; ) {
    const kind = info.readUInt16LE(at)
    const end = at + 4 + info.readUInt16LE(at + 2)
    if (kind === PAIR.end) return pairs
    if (end > info.length) return null
    pairs.push([kind, info.subarray(at + 4, end)])
    at = end
  }
  return pairs
}

/** The server's pairs with ours: what it must not say for us is left out. */
function boundPairs(pairs: readonly Pair[], connection: NtlmConnection, hasMic: boolean): readonly Pair[] {
  const ours: readonly number[] = [PAIR.flags, PAIR.targetName, PAIR.channelBindings]
  const said = pairs.find(([kind, value]) => kind === PAIR.flags && value.length === 4)?.[1].readUInt32LE(0)
  const flags = Buffer.alloc(4)
  flags.writeUInt32LE(((said ?? 0) | (hasMic ? HAS_MIC : 0)) >>> 0)
  const kept = pairs.filter(([kind]) => !ours.includes(kind))
  return [
    ...kept,
    ...(hasMic || said !== undefined ? [[PAIR.flags, flags] as const] : []),
    [PAIR.channelBindings, channelBindings(connection.endPoint)],
    [PAIR.targetName, Buffer.from(`HTTP/${connection.host}`, 'utf16le')],
  ]
}

function writePairs(pairs: readonly Pair[]): Buffer {
  const parts = [...pairs, [PAIR.end, Buffer.alloc(0)] as const].flatMap(([kind, value]) => {
    const head = Buffer.alloc(4)
    head.writeUInt16LE(kind)
    head.writeUInt16LE(value.length, 2)
    return [head, value]
  })
  return Buffer.concat(parts)
}

/** AUTHENTICATE with an empty code over the messages (§2.2.1.3). */
function writeAnswer({
  lm,
  nt,
  texts,
  flags,
}: {
  readonly lm: Buffer
  readonly nt: Buffer
  readonly texts: readonly string[]
  readonly flags: number
}): Buffer {
  const head = Buffer.alloc(MIC_AT + 16)
  SIGNATURE.copy(head)
  head.writeUInt32LE(3, 8)
  // The last field is the session key, which is not exchanged.
  const contents = [lm, nt, ...texts.map((text) => Buffer.from(text, 'utf16le')), Buffer.alloc(0)]
  let from = head.length
  for (const [index, content] of contents.entries()) {
    const at = 12 + index * 8
    head.writeUInt16LE(content.length, at)
    head.writeUInt16LE(content.length, at + 2)
    head.writeUInt32LE(from, at + 4)
    from += content.length
  }
  head.writeUInt32LE(flags, 60)
  VERSION.copy(head, 64)
  return Buffer.concat([head, ...contents])
}

/** Tenths of microseconds since 1601, as Windows counts. */
function fileTime(ms: number): Buffer {
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE((BigInt(Math.trunc(ms)) + 11_644_473_600_000n) * 10_000n)
  return time
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const code = createHmac('md5', key)
  for (const part of parts) code.update(part)
  return code.digest()
}
