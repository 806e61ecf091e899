// Reads SMTP from a socket as lines and contents. It shares no code with the gateway on purpose: a peer that
// had the same mistake could not show it.
import type { Socket } from 'node:net'

/** Longer lines come only from peers that have gone wrong; RFC 5321 §4.5.3.1 ends far below. */
const LINE_MAX = 65_536
const CR = 13
const LF = 10
const DOT = 46
const END_OF_CONTENT = Buffer.from('\r\n.\r\n')
const LINE_START = Buffer.from('\r\n')

export type ContentRead = { readonly content: Buffer; readonly tooBig: boolean }

/** Pulls from a socket at the reader's pace; the socket waits while nobody reads. */
export class SocketReader {
  readonly #socket: Socket
  #buffered: Buffer = Buffer.alloc(0)
  #ended = false
  #wake: (() => void) | null = null
  readonly #onData = (chunk: Buffer) => {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk])
    this.#socket.pause()
    this.#wake?.()
  }
  readonly #onEnd = () => {
    this.#ended = true
    this.#wake?.()
  }

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onEnd)
    socket.on('error', this.#onEnd)
  }

  /** The next line without its end (LF alone ends it too), or null when the peer is gone. */
  async readLine(): Promise<Buffer | null> {
    let searched = 0
    for (;;) {
      const end = this.#buffered.indexOf(LF, searched)
      if (end >= 0) {
        const line = this.#buffered.subarray(0, end)
        this.#buffered = this.#buffered.subarray(end + 1)
        return line.at(-1) === CR ? line.subarray(0, -1) : line
      }
      searched = this.#buffered.length
      if (searched > LINE_MAX || !(await this.#more())) return null
    }
  }

  /** Exactly `length` bytes, or null when the peer is gone before. */
  async readBytes(length: number): Promise<Buffer | null> {
    while (this.#buffered.length < length) if (!(await this.#more())) return null
    const bytes = this.#buffered.subarray(0, length)
    this.#buffered = this.#buffered.subarray(length)
    return bytes
  }

  /** Reads to CRLF.CRLF and undoes dot-stuffing (RFC 5321 §4.5.2). What is too big is read but not kept. */
  async readContent(bytesMax: number): Promise<ContentRead | null> {
    const parts: Buffer[] = []
    let size = 0
    let tail: Buffer = LINE_START
    for (;;) {
      if (this.#buffered.length === 0 && !(await this.#more())) return null
      const chunk = this.#buffered
      const joined = Buffer.concat([tail, chunk])
      const found = joined.indexOf(END_OF_CONTENT)
      const end = found < 0 ? chunk.length : found + END_OF_CONTENT.length - tail.length
      this.#buffered = chunk.subarray(end)
      size += end
      if (size <= bytesMax) parts.push(chunk.subarray(0, end))
      if (found >= 0) {
        if (size > bytesMax) return { content: Buffer.alloc(0), tooBig: true }
        return { content: unstuff(Buffer.concat(parts).subarray(0, -3)), tooBig: false }
      }
      tail = joined.subarray(-(END_OF_CONTENT.length - 1))
    }
  }

  /** Lets go of the socket, so that TLS can take it. Returns what was read but not used. */
  detach(): Buffer {
    this.#socket.off('data', this.#onData)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#onEnd)
    this.#socket.off('error', this.#onEnd)
    return this.#buffered
  }

  async #more(): Promise<boolean> {
    const had = this.#buffered.length
    while (this.#buffered.length === had && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#socket.resume()
      })
    }
    this.#wake = null
    return this.#buffered.length > had
  }
}

/** Doubles the dots that begin lines and ends the content with CRLF.CRLF. */
export function stuff(content: Uint8Array): Buffer {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const parts: Buffer[] = []
  let from = 0
  if (bytes[0] === DOT) parts.push(Buffer.from('.'))
  for (let at = bytes.indexOf('\r\n.'); at >= 0; at = bytes.indexOf('\r\n.', at + 3)) {
    parts.push(bytes.subarray(from, at + 3), Buffer.from('.'))
    from = at + 3
  }
  parts.push(bytes.subarray(from))
  const ended = bytes.length === 0 || bytes.subarray(-2).equals(LINE_START)
  parts.push(Buffer.from(ended ? '.\r\n' : '\r\n.\r\n'))
  return Buffer.concat(parts)
}

function unstuff(content: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = content[0] === DOT ? 1 : 0
  for (let at = content.indexOf('\r\n.'); at >= 0; at = content.indexOf('\r\n.', at + 3)) {
    parts.push(content.subarray(from, at + 2))
    from = at + 3
  }
  return parts.length === 0 ? content.subarray(from) : Buffer.concat([...parts, content.subarray(from)])
}
