// Talks to clamd: content goes in pieces (zINSTREAM), a word comes back. Its OK is no proof: it passes over
// files beyond its own limits in silence, so whoever asks counts sizes as well.
import { connect, type Socket } from 'node:net'

export type ClamdAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

export type ClamdAnswer =
  | { readonly kind: 'clean' }
  | { readonly kind: 'infected'; readonly name: string }
  /** It says itself that it did not look at all of it. */
  | { readonly kind: 'not-checked'; readonly what: string }
  | { readonly kind: 'away'; readonly why: string }

export type ClamdOptions = {
  readonly address: ClamdAddress
  /** Without a word in either direction. */
  readonly timeoutMs?: number | undefined
}

/** clamd's own default is ten threads: more would wait there, where nobody sees them. */
const SCANS_MAX = 10
/** Beyond this a scan would not begin in time. */
const WAITING_MAX = 200
const TIMEOUT_MS = 60_000
const CONNECT_MS = 5_000
/** Nobody sets StreamMaxLength lower: a connection that breaks earlier is a fault. */
const STREAM_LENGTH_MIN = 65_536
const TOO_LONG = 'larger than clamd takes (StreamMaxLength)'
const ANSWER_LENGTH_MAX = 4096
const PIECE_OCTETS = 128 * 1024

class ClamdSilent extends Error {}

/** A client of one clamd. Answers are values: nothing here rejects. */
export class Clamd {
  readonly #options: ClamdOptions
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(options: ClamdOptions) {
    this.#options = options
  }

  /** Scans octets as one stream. */
  async scan(octets: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<ClamdAnswer> {
    if (this.#waiting.length >= WAITING_MAX) return { kind: 'away', why: 'too many scans wait for clamd' }
    if (this.#running >= SCANS_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running += 1
    const sent = { octets: 0 }
    try {
      return answerOf(await this.#ask('zINSTREAM\0', counted(octets, sent)))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      // Beyond StreamMaxLength clamd hangs up, and its word about that may be lost on the way. Who is silent
      // has not hung up: busy, or stuck, and asked again when the message comes again.
      const hasHungUp = !(error instanceof ClamdSilent) && sent.octets >= STREAM_LENGTH_MIN
      const isLimit = hasHungUp && (await this.version()) !== null
      return isLimit ? { kind: 'not-checked', what: TOO_LONG } : { kind: 'away', why }
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  /** Its version, or null with nobody there. */
  async version(): Promise<string | null> {
    try {
      return (await this.#ask('zVERSION\0', null)).trim() || null
    } catch {
      return null
    }
  }

  async #ask(
    command: string,
    octets: Iterable<Uint8Array> | AsyncIterable<Uint8Array> | null,
  ): Promise<string> {
    const { address, timeoutMs = TIMEOUT_MS } = this.#options
    const socket = await open(address)
    const answer = read(socket)
    // Whoever stops listening in the middle of the writing has answered: that is what counts.
    answer.catch(() => undefined)
    socket.setTimeout(timeoutMs, () => socket.destroy(new ClamdSilent('clamd does not answer in time')))
    try {
      socket.write(command)
      if (octets !== null) await send(socket, octets)
      return await answer
    } finally {
      socket.destroy()
    }
  }
}

function open(address: ClamdAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = address.kind === 'tcp' ? connect(address.port, address.host) : connect(address.path)
    const fail = (error: Error): void => {
      socket.destroy()
      reject(new Error(`clamd cannot be reached: ${error.message}`))
    }
    socket.once('error', fail)
    const late = (): void => fail(new Error('no connection in time'))
    socket.setTimeout(CONNECT_MS, late)
    socket.once('connect', () => {
      socket.removeListener('error', fail)
      // With its listener: a later time-out is another one.
      socket.setTimeout(0, late)
      resolve(socket)
    })
  })
}

/** Everything up to the end of the connection or the NUL that ends an answer. */
function read(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (text.includes('\0') || text.length > ANSWER_LENGTH_MAX) resolve(text.split('\0', 1)[0]!)
    })
    socket.once('error', reject)
    socket.once('close', () => (text === '' ? reject(new Error('clamd hung up')) : resolve(text)))
  })
}

async function* counted(
  octets: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  sent: { octets: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of octets) {
    yield chunk
    sent.octets += chunk.length
  }
}

/** Length and octets of each piece, and a length of zero at the end. */
async function send(socket: Socket, octets: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of octets) {
    for (let at = 0; at < chunk.length; at += PIECE_OCTETS) {
      const piece = chunk.subarray(at, at + PIECE_OCTETS)
      const length = new Uint8Array(4)
      new DataView(length.buffer).setUint32(0, piece.length)
      if (socket.destroyed || !socket.writable) return
      socket.write(length)
      if (!socket.write(piece)) await drained(socket)
    }
  }
  if (socket.writable) socket.write(new Uint8Array(4))
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      socket.off('error', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
    socket.on('error', done)
  })
}

/** Names by which clamd says that it stopped looking, or could not look in. */
const STOPPED = /^Heuristics\.(?:Limits\.Exceeded|Encrypted)/

/** `stream: OK`, `stream: NAME FOUND`, or a text that ends in ERROR. */
function answerOf(text: string): ClamdAnswer {
  const line = text.trim()
  if (line.endsWith(' FOUND')) {
    const name = line.replace(/^[^:]{0,200}: /, '').slice(0, -' FOUND'.length)
    return STOPPED.test(name) ? { kind: 'not-checked', what: `clamd: ${name}` } : { kind: 'infected', name }
  }
  if (/size limit exceeded/i.test(line)) {
    return { kind: 'not-checked', what: TOO_LONG }
  }
  if (line.endsWith(' OK') || line === 'OK') return { kind: 'clean' }
  return { kind: 'away', why: `clamd said: ${line.slice(0, 200)}` }
}
