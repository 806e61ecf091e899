// Extended Protection as Exchange 2019 CU14 has it on: the server demands the binding to its TLS connection,
// the name of the service and the code over the messages, and works all of it out for itself.
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { Agent, createServer, request, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type Certificate, makeCertificates } from './certificates.fixture.ts'
import { createEwsHttp } from './ews-http.ts'

/** `printf pass:word | iconv -t utf-16le | openssl dgst -provider legacy -md4` */
const NT_HASH = Buffer.from('e9c72249136407d700f24d6126ce1349', 'hex')
const CHALLENGE = Buffer.from('0123456789abcdef', 'hex')
const TIME = Buffer.from('00112233445566dc', 'hex')

const hmac = (key: Buffer, ...parts: Buffer[]): Buffer =>
  createHmac('md5', key).update(Buffer.concat(parts)).digest()

/** A type 2 message with the server's time, so that the client owes a code over the messages. */
function challengeOf(): Buffer {
  const pair = (kind: number, value: Buffer) =>
    Buffer.concat([Buffer.from([kind, 0, value.length & 255, value.length >> 8]), value])
  const info = Buffer.concat([
    pair(2, Buffer.from('CORP', 'utf16le')),
    pair(1, Buffer.from('EX1', 'utf16le')),
    pair(7, TIME),
    pair(0, Buffer.alloc(0)),
  ])
  const head = Buffer.alloc(56)
  head.write('NTLMSSP\0', 0, 'latin1')
  head.writeUInt32LE(2, 8)
  head.writeUInt32LE(56, 16)
  head.writeUInt32LE(0xa2898205, 20)
  CHALLENGE.copy(head, 24)
  head.writeUInt16LE(info.length, 40)
  head.writeUInt16LE(info.length, 42)
  head.writeUInt32LE(56, 44)
  return Buffer.concat([head, info])
}

/** Why a proof is refused; null where it is good. */
function faultOf(hello: Buffer, challenge: Buffer, message: Buffer, hash: string): string | null {
  const field = (index: number): Buffer => {
    const from = message.readUInt32LE(16 + index * 8)
    return message.subarray(from, from + message.readUInt16LE(12 + index * 8))
  }
  const nt = field(1)
  const text = (index: number) => field(index).toString('utf16le')
  const key = hmac(NT_HASH, Buffer.from(text(3).toUpperCase() + text(2), 'utf16le'))
  if (!hmac(key, CHALLENGE, nt.subarray(16)).equals(nt.subarray(0, 16))) return 'password'
  const pairs = new Map<number, Buffer>()
  for (let at = 44; nt.readUInt16LE(at) !== 0; at += 4 + nt.readUInt16LE(at + 2))
    pairs.set(nt.readUInt16LE(at), nt.subarray(at + 4, at + 4 + nt.readUInt16LE(at + 2)))
  if (!nt.subarray(24, 32).equals(TIME)) return 'time'
  const binding = Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.from(hash, 'hex')])
  // Four empty words for addresses, and the length of what follows.
  const length = Buffer.from([binding.length, 0, 0, 0])
  const expected = createHash('md5')
    .update(Buffer.concat([Buffer.alloc(16), length, binding]))
    .digest()
  if (pairs.get(10)?.equals(expected) !== true) return 'binding'
  if (pairs.get(9)?.toString('utf16le') !== 'HTTP/127.0.0.1') return 'service'
  if (pairs.get(6)?.readUInt32LE(0) !== 2) return 'flags'
  if (!field(0).equals(Buffer.alloc(24))) return 'LM response'
  const bare = Buffer.from(message)
  bare.fill(0, 72, 88)
  const code = hmac(hmac(key, nt.subarray(0, 16)), hello, challenge, bare)
  return code.equals(message.subarray(72, 88)) ? null : 'code'
}

const refused: string[] = []

/** An Exchange that answers `in` to whoever signed in on this connection. */
function exchange({ certificate, key, hashBy }: Certificate, algorithm: string): Server {
  const hash = hashBy(algorithm)
  const hellos = new WeakMap<Socket, Buffer>()
  const known = new WeakSet<Socket>()
  return createServer({ cert: certificate, key }, (asked, answer) => {
    asked.resume()
    const refuse = (value: string) => answer.writeHead(401, { 'www-authenticate': value }).end()
    if (known.has(asked.socket)) return answer.end('in')
    const said = asked.headers.authorization ?? ''
    if (!said.startsWith('NTLM ')) return refuse('Negotiate, NTLM')
    const message = Buffer.from(said.slice(5), 'base64')
    if (message.readUInt32LE(8) === 1) {
      hellos.set(asked.socket, message)
      return refuse(`NTLM ${challengeOf().toString('base64')}`)
    }
    const fault = faultOf(hellos.get(asked.socket) ?? Buffer.alloc(0), challengeOf(), message, hash)
    if (fault !== null) {
      refused.push(fault)
      return refuse('NTLM')
    }
    known.add(asked.socket)
    return answer.end('in')
  })
}

/** A load balancer that ends TLS with a certificate of its own and passes everything on. */
function balancer({ certificate, key }: Certificate, behind: () => string, ca: string): Server {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca })
  return createServer({ cert: certificate, key }, (asked, answer) => {
    const onward = request(behind(), { method: 'POST', agent, headers: asked.headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers)
      told.pipe(answer)
    })
    asked.pipe(onward)
  }).once('close', () => agent.destroy())
}

const urlOf = (server: Server): string =>
  `https://127.0.0.1:${(server.address() as AddressInfo).port}/EWS/Exchange.asmx`

describe('Extended Protection', () => {
  const servers: Server[] = []
  let authority = ''
  before(async () => {
    const made = makeCertificates([
      { key: 'ec', args: ['-sha384'] },
      { key: 'ec', args: ['-sha1'] },
      { key: 'ec', args: ['-sha256'] },
    ])
    const [strong, weak, middle] = made
    if (strong === undefined || weak === undefined || middle === undefined) throw new Error('no certificates')
    authority = made.map(({ certificate }) => certificate).join('')
    const first = exchange(strong, 'sha384')
    servers.push(
      first,
      exchange(weak, 'sha256'),
      balancer(middle, () => urlOf(first), authority),
    )
    for (const server of servers)
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  })
  after(async () => {
    for (const server of servers) {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    }
  })

  async function ask(index: number, password = 'pass:word', userName = 'CORP\\reader'): Promise<string> {
    const login = { method: 'ntlm', userName, password } as const
    const http = createEwsHttp(urlOf(servers[index]!), login, {
      authority,
      now: () => Date.UTC(2026, 10, 22),
    })
    try {
      const signal = new AbortController().signal
      const answers = [await http.post('<one/>', {}, signal), await http.post('<two/>', {}, signal)]
      return answers.map(({ status, text }) => `${status} ${text}`).join(', ')
    } finally {
      http.close()
    }
  }

  test('a sign-in is bound to the certificate, by the hash of its signature', async () => {
    assert.equal(await ask(0), '200 in, 200 in', 'SHA-384')
    assert.equal(await ask(1), '200 in, 200 in', 'SHA-1, which counts as SHA-256')
    assert.equal(await ask(0, 'pass:word', 'reader@corp.example'), '200 in, 200 in', 'a UPN')
    assert.deepEqual(refused, [])
  })

  test('through something that ends TLS it is refused, and the message says what to do', async () => {
    await assert.rejects(
      ask(2),
      /refuses the sign-in of CORP\\reader .*load balancer.*address of the Exchange server itself/,
    )
    assert.deepEqual(refused.splice(0), ['binding'])
    await assert.rejects(ask(0, 'wrong'), /Check user name and password first/)
    assert.deepEqual(refused.splice(0), ['password'])
  })
})
