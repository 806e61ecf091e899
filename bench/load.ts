// Compiles and drives our load generator and counting sink, two small C programs, so that the tool isn't the
// bottleneck.
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'

const sources = join(import.meta.dirname, 'load')
const binaries = join(import.meta.dirname, '..', '.cache', 'bench')

/**
 * One line of the generator; times in milliseconds, `startedAt` and `endedAt` on the machine's monotonic
 * clock.
 */
export type LoadResult = {
  readonly startedAt: number
  readonly endedAt: number
  readonly done: number
  readonly failed: number
  readonly errors: number
  readonly lastError: string
  readonly held: number
  readonly dropped: number
  readonly cpuSeconds: number
  readonly dotP50?: number
  readonly dotP99?: number
  readonly rcptP50?: number
  readonly rcptP99?: number
}

export type SinkCount = {
  readonly distinct: number
  readonly doubles: number
  readonly strays: number
  readonly connections: number
  readonly lastAt: number
  readonly cpuSeconds: number
}

export type LoadPlan = {
  readonly mode: 'mail' | 'reject' | 'greylist' | 'hold'
  readonly port: number
  readonly sessions: number
  readonly messages?: number
  readonly perConnection?: number
  readonly sizeBytes?: number
  readonly run?: number
  /** Files of messages made beforehand, by the start of their paths; they take turns. */
  readonly bodies?: string
  readonly timeoutSeconds?: number
}

type LineChild = ChildProcessByStdio<Writable, Readable, null>

/** Compiles what is older than its source. Rejects with gcc's messages. */
export async function compileLoad(): Promise<void> {
  await mkdir(binaries, { recursive: true })
  const header = join(sources, 'wire.h')
  for (const name of ['smtpload', 'smtpsink']) {
    const [source, binary] = [join(sources, `${name}.c`), join(binaries, name)]
    const newest = Math.max(await modifiedAt(source), await modifiedAt(header))
    if ((await modifiedAt(binary)) > newest) continue
    await promisify(execFile)('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', binary, source])
  }
}

/** Runs one load to its end. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const load = new LineProcess('smtpload', argumentsOf(plan))
  try {
    return (await load.nextLine()) as LoadResult
  } finally {
    load.kill()
  }
}

/**
 * The same over TLS, by the generator that speaks it. Where resumption was asked for and fails, the result
 * says so.
 */
export async function runTlsLoad(plan: LoadPlan, resume: boolean): Promise<LoadResult> {
  const { port, sessions, messages = 1, perConnection = 1, sizeBytes = 4096, run = 0 } = plan
  const options = { port, sessions, messages, 'per-connection': perConnection, size: sizeBytes, run }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(import.meta.dirname, 'tls-load.ts'),
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...(resume ? ['--resume'] : []),
    ],
    { timeout: (plan.timeoutSeconds ?? 120) * 1_000 },
  )
  const load = JSON.parse(stdout) as LoadResult & { readonly handshakes: number; readonly resumed: number }
  // The first of each session may come before there is a ticket.
  if (!resume || load.resumed >= (load.handshakes - sessions) * RESUMED_SHARE_MIN) return load
  const lastError = `only ${load.resumed} of ${load.handshakes} handshakes were resumed`
  return { ...load, errors: load.errors + 1, lastError }
}

const RESUMED_SHARE_MIN = 0.9

/** A P-256 certificate for peers that bring none, as Gatepost makes itself one; kept between runs. */
export async function selfSignedCertificate(): Promise<{
  readonly key: string
  readonly certificate: string
}> {
  const [key, certificate] = [join(binaries, 'tls.key'), join(binaries, 'tls.crt')]
  if ((await modifiedAt(certificate)) === 0) {
    await mkdir(binaries, { recursive: true })
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
    const subject = ['-subj', '/CN=mx.example.org', '-days', '3650']
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-nodes', ...curve, ...subject],
      ...['-keyout', key, '-out', certificate],
    ])
  }
  return { key, certificate }
}

/**
 * Parameters for finite-field Diffie-Hellman (RFC 7919, ffdhe2048), kept between runs: a server that has none
 * may search for its own, for minutes of a core beside what is measured.
 */
export async function diffieHellmanParameters(): Promise<string> {
  const path = join(binaries, 'dhparams.pem')
  if ((await modifiedAt(path)) === 0) {
    await mkdir(binaries, { recursive: true })
    const group = ['-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048']
    await promisify(execFile)('openssl', ['genpkey', '-genparam', ...group, '-out', path])
  }
  return path
}

/** Opens idle sessions, calls `whileHeld` once they stand, and closes them. */
export async function holdSessions(
  plan: LoadPlan,
  whileHeld: (held: number) => Promise<void>,
): Promise<LoadResult> {
  const load = new LineProcess('smtpload', argumentsOf(plan))
  try {
    const { held } = (await load.nextLine()) as { held: number }
    await whileHeld(held)
    load.writeLine('done')
    return (await load.nextLine()) as LoadResult
  } finally {
    load.kill()
  }
}

/** The next hop of the targets. One sink serves a whole run; every load has a count of its own. */
export class Sink {
  readonly port: number
  readonly #process: LineProcess

  private constructor(process: LineProcess, port: number) {
    this.#process = process
    this.port = port
  }

  static async start(): Promise<Sink> {
    const process = new LineProcess('smtpsink', [])
    const { port } = (await process.nextLine()) as { port: number }
    return new Sink(process, port)
  }

  /** Starts a new count: messages of any other run are strays from here on. */
  expect(run: number, messages: number): Promise<SinkCount> {
    return this.#ask(`expect ${run} ${messages}`)
  }

  count(): Promise<SinkCount> {
    return this.#ask('stats')
  }

  stop(): void {
    this.#process.kill()
  }

  async #ask(order: string): Promise<SinkCount> {
    this.#process.writeLine(order)
    return (await this.#process.nextLine()) as SinkCount
  }
}

/** A child that answers in lines of JSON. */
class LineProcess {
  readonly #name: string
  readonly #child: LineChild
  readonly #lines: AsyncIterator<string>

  constructor(name: string, args: readonly string[]) {
    this.#name = name
    this.#child = spawn(join(binaries, name), args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdin.on('error', () => {}) // It has ended; the next line tells.
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  writeLine(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  async nextLine(): Promise<unknown> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`${this.#name} ended early`)
    return JSON.parse(value)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

function argumentsOf(plan: LoadPlan): string[] {
  const { mode, port, sessions, messages = 1, perConnection = 1, sizeBytes = 4096, run = 0 } = plan
  const options = [
    ['-M', mode],
    ['-p', port],
    ['-s', sessions],
    ['-n', messages],
    ['-m', perConnection],
    ['-l', sizeBytes],
    ['-r', run],
    ['-w', plan.timeoutSeconds ?? 120],
    ...(plan.bodies === undefined ? [] : [['-b', plan.bodies]]),
  ]
  return options.flat().map(String)
}

async function modifiedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

/** Where compiled tools and peers are kept between runs (git-ignored). */
export const cacheFolder = binaries
