// The load generator for TLS: as load/smtpload.c, a closed loop of sessions, but each changes to TLS by
// STARTTLS first. A process of its own, so that its cost can be told from the target's; prints one line of
// JSON.
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '25' },
    sessions: { type: 'string', default: '1' },
    messages: { type: 'string', default: '1' },
    'per-connection': { type: 'string', default: '1' },
    size: { type: 'string', default: '4096' },
    run: { type: 'string', default: '0' },
    resume: { type: 'boolean', default: false },
  },
})
const plan = {
  port: Number(values.port),
  sessions: Number(values.sessions),
  messages: Number(values.messages),
  /** 0 means as many as there are. */
  perConnection: Number(values['per-connection']) || Number.POSITIVE_INFINITY,
  size: Number(values.size),
  run: values.run,
  resume: values.resume,
}
const RECIPIENTS = 10_000
const body = bodyOf(plan.size)
const counts = { begun: 0, done: 0, failed: 0, errors: 0, lastError: '', handshakes: 0, resumed: 0 }
const dotMs: number[] = []
const rcptMs: number[] = []
/** The newest ticket, for all sessions: a host that sends much keeps one for each next hop. */
let ticket: Buffer | undefined

/** Replies of a connection, one at a time. */
class Replies {
  #text = ''
  #ended = false
  #waiter: PromiseWithResolvers<string> | null = null

  constructor(socket: Socket) {
    socket.on('data', (chunk) => this.#hear(chunk.toString('latin1')))
    socket.on('error', () => this.#end())
    socket.on('close', () => this.#end())
  }

  next(): Promise<string> {
    this.#waiter = Promise.withResolvers()
    const { promise } = this.#waiter
    this.#settle()
    return promise
  }

  #hear(text: string): void {
    this.#text += text
    this.#settle()
  }

  #end(): void {
    this.#ended = true
    this.#settle()
  }

  #settle(): void {
    const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(this.#text)?.[0]
    if (whole === undefined && !this.#ended) return
    const waiter = this.#waiter
    if (waiter === null) return
    this.#waiter = null
    if (whole === undefined) {
      waiter.reject(new Error('connection lost'))
      return
    }
    this.#text = this.#text.slice(whole.length)
    waiter.resolve(whole)
  }
}

class Talk {
  readonly #socket: Socket
  readonly #replies: Replies

  constructor(socket: Socket) {
    this.#socket = socket
    this.#replies = new Replies(socket)
  }

  async ask(command: string | Buffer, wanted: string): Promise<number> {
    const since = performance.now()
    if (command !== '') this.#socket.write(command)
    const reply = await this.#replies.next()
    if (!reply.startsWith(wanted)) throw new Error(reply.trim())
    return performance.now() - since
  }
}

async function secured(): Promise<TLSSocket> {
  const plain = connect({ port: plan.port, host: '127.0.0.1', noDelay: true })
  const talk = new Talk(plain)
  await talk.ask('', '220')
  await talk.ask('EHLO bench.sender.example\r\n', '250')
  await talk.ask('STARTTLS\r\n', '220')
  plain.removeAllListeners('data')
  const socket = connectTls({
    socket: plain,
    rejectUnauthorized: false,
    ...(plan.resume && ticket !== undefined && { session: ticket }),
  })
  socket.on('session', (session) => {
    ticket = session
  })
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  counts.handshakes++
  if (socket.isSessionReused()) counts.resumed++
  return socket
}

async function serve(): Promise<void> {
  while (counts.begun < plan.messages) {
    try {
      const socket = await secured()
      const talk = new Talk(socket)
      await talk.ask('EHLO bench.sender.example\r\n', '250')
      for (let sent = 0; sent < plan.perConnection && counts.begun < plan.messages; sent++) {
        await send(talk, counts.begun++)
      }
      await talk.ask('QUIT\r\n', '221')
      socket.destroy()
    } catch (error) {
      counts.errors++
      counts.lastError = error instanceof Error ? error.message : String(error)
      if (counts.errors > 100) return
    }
  }
}

async function send(talk: Talk, number: number): Promise<void> {
  let isDone = false
  try {
    await talk.ask(`MAIL FROM:<s${number}@sender.example>\r\n`, '250')
    rcptMs.push(await talk.ask(`RCPT TO:<u${number % RECIPIENTS}@example.org>\r\n`, '250'))
    await talk.ask('DATA\r\n', '354')
    const head = `X-Bench-Id: ${plan.run}-${number}\r\nMessage-ID: <${plan.run}.${number}@sender.example>\r\n`
    dotMs.push(await talk.ask(Buffer.concat([Buffer.from(head), body]), '250'))
    isDone = true
  } finally {
    if (isDone) counts.done++
    else counts.failed++
  }
}

function bodyOf(size: number): Buffer {
  let text =
    'From: Sender <s@sender.example>\r\nTo: User <u@example.org>\r\nSubject: load\r\n' +
    'Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n' +
    'Content-Type: text/plain; charset=utf-8\r\n\r\n'
  for (let line = 0; text.length < size - 150; line++)
    text += `${String(line).padStart(6, '0')} the quick brown fox jumps over the lazy dog\r\n`
  return Buffer.from(`${text}.\r\n`)
}

function percentile(times: number[], share: number): number | undefined {
  return times.sort((a, b) => a - b)[Math.floor((times.length - 1) * share)]
}

/** Seconds of CLOCK_MONOTONIC, as the sink counts. */
const now = (): number => Number(process.hrtime.bigint()) / 1e9

const startedAt = now()
await Promise.all(Array.from({ length: plan.sessions }, serve))
const { user, system } = process.cpuUsage()
const result = {
  startedAt,
  endedAt: now(),
  done: counts.done,
  failed: counts.failed,
  errors: counts.errors,
  lastError: counts.lastError,
  held: 0,
  dropped: 0,
  cpuSeconds: (user + system) / 1e6,
  handshakes: counts.handshakes,
  resumed: counts.resumed,
  dotP50: percentile(dotMs, 0.5),
  dotP99: percentile(dotMs, 0.99),
  rcptP50: percentile(rcptMs, 0.5),
  rcptP99: percentile(rcptMs, 0.99),
}
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
