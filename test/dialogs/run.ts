// Plays a dialog: sends what it says, and compares the answers.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { DialogClient } from './client.ts'
import { turn } from './clock.ts'
import { checkExplanation, checkOutcome, checkReply } from './expectations.ts'
import { type Ports, World } from './world.ts'

/** Refusals are gathered for this long before they are reported. */
const GATHER_MS = 250
/** Real milliseconds that octets may take from socket to socket. */
const ARRIVAL_MS = 20
/** Longer spans pass at once. */
const LEAP_MS = 2 * 3_600_000

/** Runs the text of a `.dialog` file. Failures name the line. */
export async function runDialog(text: string): Promise<void> {
  const player = new Player()
  try {
    for (const [at, written] of text.split('\n').entries()) {
      for (const line of splitLine(written)) {
        try {
          await player.play(line)
        } catch (error) {
          throw new Error(`line ${at + 1}: ${line}\n${error instanceof Error ? error.message : error}`, {
            cause: error,
          })
        }
      }
    }
    await player.end()
  } finally {
    await player.close()
  }
}

/** `> COMMAND   < reply` are two lines in one. */
function splitLine(written: string): string[] {
  const line = written.trimEnd()
  if (line === '' || line.startsWith('#')) return []
  const match = /^(>.*?)\s+(< \d{3}(?: .*)?)$/.exec(line)
  return match ? [match[1]!, match[2]!] : [line]
}

class Player {
  readonly #world = new World()
  #ports: Ports | null = null
  #client: DialogClient | null = null
  #unsent: Buffer[] = []

  async play(line: string): Promise<void> {
    if (line.startsWith('>') || line.startsWith('|')) {
      this.#unsent.push(octetsOf(this.#filled(line)))
      return
    }
    await this.#send()
    if (line.startsWith('< ')) {
      checkReply(await this.#peer.reply(), line.slice(2))
      return
    }
    if (line.startsWith('! ')) {
      await this.#world.clock.advance(GATHER_MS)
      checkExplanation(this.#world, line.slice(2))
      return
    }
    if (line.startsWith('@ ')) {
      await this.#world.clock.advance(GATHER_MS)
      checkOutcome(this.#world, line.slice(2))
      return
    }
    await this.#direct(line)
  }

  /** `{srs}` is the reverse-path that the last forwarded message outside went with. */
  #filled(line: string): string {
    if (!line.includes('{srs}')) return line
    const paths = this.#world.spool.messages.flatMap(({ envelope }) =>
      envelope.recipients.flatMap(({ forwarded }) => forwarded?.reversePath ?? []),
    )
    return line.replace('{srs}', paths.findLast((path) => path.startsWith('SRS')) ?? '')
  }

  /** Everything that was said must have been answered as written. */
  async end(): Promise<void> {
    await this.#send()
    await turn()
    assert.deepEqual(this.#client?.unread ?? [], [], 'replies that the dialog does not name')
  }

  async close(): Promise<void> {
    this.#client?.hangUp()
    await this.#world.close()
  }

  get #peer(): DialogClient {
    if (this.#client === null) throw new Error('there is no client yet')
    return this.#client
  }

  async #direct(line: string): Promise<void> {
    const [word = '', ...rest] = line.split(/\s+/)
    switch (word) {
      case 'client':
        return this.#connect(rest)
      case 'tls':
        return this.#peer.startTls()
      case 'closed':
        return this.#peer.closed()
      case 'hang':
        this.#peer.hangUp()
        return turn()
      case 'later':
        return this.#later(rest[0] ?? '')
      case 'spool':
        this.#world.spool.mood = rest[0] as 'well' | 'full' | 'breaks'
        return
      case 'drain':
        void this.#world.edge.close({ withinMs: 5_000 })
        return turn()
    }
    if (!this.#world.describe(line)) throw new Error('not understood')
  }

  async #connect([address = '', ...options]: readonly string[]): Promise<void> {
    this.#ports ??= await this.#world.open()
    // `beside`: the client before stays connected, and is left alone from now on.
    if (!options.includes('beside')) this.#client?.hangUp()
    const name = options.find((option) => option.includes('.'))
    if (name !== undefined) this.#world.dns.add(address, 'PTR', name)
    const isTls = options.includes('implicit-tls')
    const port = isTls
      ? this.#ports.implicitTls
      : options.includes('submission')
        ? this.#ports.submission
        : this.#ports.mx
    this.#client = await DialogClient.open(port, address === 'direct' ? null : address)
    if (isTls) await this.#client.startTls()
    if (options.includes('quiet')) return
    // A trusted address that sends no header is greeted once the wait for one is over.
    if (address === 'direct') await this.#lateGreeting()
    checkReply(await this.#client.reply(), '220')
  }

  async #lateGreeting(): Promise<void> {
    while (this.#world.edge.sessions.size === 0) await turn()
    await this.#world.clock.advance(GATHER_MS)
  }

  async #later(text: string): Promise<void> {
    const match = /^(\d+)(ms|s|m|h)$/.exec(text)
    if (!match) throw new Error('a time such as 61s is expected')
    const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] as 'ms' | 's' | 'm' | 'h']
    // What was sent has to arrive before time passes: a busy system hands it over a little later.
    await pause(ARRIVAL_MS)
    for (let i = 0; i < 20; i++) await turn()
    const ms = Number(match[1]) * unit
    await (ms > LEAP_MS ? this.#world.clock.leap(ms) : this.#world.clock.advance(ms))
  }

  async #send(): Promise<void> {
    if (this.#unsent.length === 0) return
    // A little time passes between packets, so that reports have an order.
    await this.#world.clock.advance(1)
    const octets = Buffer.concat(this.#unsent)
    this.#unsent = []
    this.#peer.send(octets)
  }
}

/** `> line`, `>> "raw"`, `>*3 "raw"` and `| content`. */
function octetsOf(line: string): Buffer {
  const raw = /^>(?:>|\*(\d+)) (".*")$/.exec(line)
  if (raw) return Buffer.concat(new Array<Buffer>(Number(raw[1] ?? 1)).fill(octetsOfJson(raw[2]!)))
  const text = line.startsWith('| ') || line.startsWith('> ') ? line.slice(2) : line.slice(1)
  return Buffer.from(`${text}\r\n`)
}

/** A JSON string, in which `\xNN` is one octet. */
function octetsOfJson(text: string): Buffer {
  const parts = text.slice(1, -1).split(/\\x([0-9a-fA-F]{2})/)
  return Buffer.concat(
    parts.map((part, at) =>
      at % 2 === 1 ? Buffer.from(part, 'hex') : Buffer.from(JSON.parse(`"${part}"`) as string),
    ),
  )
}
