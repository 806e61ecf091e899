// StartTLS, asked before any library speaks on the socket, so that the certificate is judged by us alone
// (RFC 4511 §4.14).
import type { Socket } from 'node:net'
import { DirectoryFault } from '../entry.ts'
import { CONNECT_MS } from './options.ts'

const OID = Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1')
/** LDAPMessage { messageID 1, extendedReq [APPLICATION 23] { requestName [0] OID } }. */
const REQUEST = Buffer.concat([
  Buffer.from([0x30, OID.length + 7, 0x02, 0x01, 0x01, 0x77, OID.length + 2, 0x80, OID.length]),
  OID,
])
/** An answer is a few dozen bytes with a sentence for people. */
const ANSWER_BYTES_MAX = 8_192
const TLS_ALERT = 0x15
const TLS_HANDSHAKE = 0x16

/** Asks for StartTLS. Throws `DirectoryFault` of step `tls`; the socket is quiet afterwards. */
export function askStartTls(
  socket: Socket,
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0)
    const end = (fault: DirectoryFault | null): void => {
      clearTimeout(timer)
      socket.off('data', read).off('close', closed)
      signal.removeEventListener('abort', closed)
      socket.pause()
      if (fault === null) resolve()
      else reject(fault)
    }
    const closed = (): void => end(wrongPort(port, 'it hung up when asked for StartTLS'))
    const read = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk])
      const isTls = seen[0] === TLS_ALERT || seen[0] === TLS_HANDSHAKE
      const code = isTls ? null : resultOf(seen)
      if (isTls) end(wrongPort(port, 'it speaks TLS from the first byte'))
      else if (code !== null || seen.length >= ANSWER_BYTES_MAX) end(code === 0 ? null : refused(code))
    }
    const timer = setTimeout(
      () => end(wrongPort(port, 'it does not answer when asked for StartTLS')),
      CONNECT_MS,
    )
    signal.addEventListener('abort', closed, { once: true })
    socket.on('data', read).on('close', closed)
    socket.write(REQUEST)
  })
}

/** The result code of a whole ExtendedResponse; null while bytes are missing, -1 when it is none. */
export function resultOf(bytes: Uint8Array): number | null {
  const message = elementAt(bytes, 0)
  if (message === null) return null
  if (message.tag !== 0x30) return -1
  const id = elementAt(bytes, message.start)
  const response = id === null ? null : elementAt(bytes, id.end)
  if (response === null || response.tag !== 0x78) return -1
  const code = elementAt(bytes, response.start)
  return code === null || code.tag !== 0x0a ? -1 : (bytes[code.start] ?? -1)
}

function elementAt(
  bytes: Uint8Array,
  at: number,
): { readonly tag: number; readonly start: number; readonly end: number } | null {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return null
  const size = first < 0x80 ? 0 : first & 0x7f
  if (size > 4) return { tag: -1, start: at, end: at }
  let length = size === 0 ? first : 0
  for (let index = 0; index < size; index += 1) {
    const digit = bytes[at + 2 + index]
    if (digit === undefined) return null
    length = length * 256 + digit
  }
  const start = at + 2 + size
  return start + length > bytes.length ? null : { tag, start, end: start + length }
}

function wrongPort(port: number, why: string): DirectoryFault {
  return new DirectoryFault({
    step: 'tls',
    code: 'wrong-port',
    saw: `StartTLS failed on port ${port}: ${why}.`,
    remedy: 'StartTLS is on port 389. On port 636 choose TLS from the first byte.',
  })
}

function refused(code: number | null): DirectoryFault {
  return new DirectoryFault({
    step: 'tls',
    code: 'start-tls-refused',
    saw: `The server refuses StartTLS (result ${code ?? 'unknown'}).`,
    remedy: 'Give the server a certificate for LDAP, or use port 636 with TLS from the first byte.',
  })
}
