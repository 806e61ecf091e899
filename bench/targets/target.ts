// The seam every measured server fits: start it privately on loopback, know its processes, stop it.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** How long a server may take until it greets: compiling caches and migrations included. */
const GREETING_WITHIN_MS = 30_000
const GREETING_RETRY_MS = 50
/** After SIGTERM; what is still there then gets SIGKILL. */
const STOP_WITHIN_MS = 8_000

export type TargetOptions = {
  /** A free port is taken where none is given. */
  readonly smtpPort?: number
  /** Mail for example.org goes to this port of 127.0.0.1. */
  readonly sinkPort: number
  /** An empty folder of its own, on the file system all targets share. */
  readonly workDir: string
  /** How many sessions at once must be possible. */
  readonly sessions: number
}

export type RunningTarget = {
  readonly port: number
  /** The roots of the process family; all below them is counted too. */
  pids(): readonly number[]
  /** What was set beyond the defaults: printed in the results. */
  readonly settings: readonly string[]
  stop(): Promise<void>
}

export type Target = {
  readonly name: string
  /** Installs or finds the server and names its version; rejects with what is missing and how to get it. */
  prepare(): Promise<string>
  start(options: TargetOptions): Promise<RunningTarget>
}

/** `u0@example.org` to `u9999@example.org` exist at every target; all other recipients are unknown. */
export const RECIPIENTS = 10_000
export const DOMAIN = 'example.org'

/** A port of loopback that was free a moment ago, for servers that can't be given port 0. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Resolves once the port greets with 220. `isAlive` false ends the waiting early. */
export async function waitForGreeting(port: number, isAlive: () => boolean = () => true): Promise<void> {
  for (const until = performance.now() + GREETING_WITHIN_MS; performance.now() < until; ) {
    if (!isAlive()) throw new Error('the server ended before it greeted')
    if (await greets(port)) return
    await pause(GREETING_RETRY_MS)
  }
  throw new Error(`no greeting on port ${port}`)
}

/** SIGTERM, then SIGKILL. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await ended
  clearTimeout(timer)
}

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    const [bytes] = (await once(socket, 'data', { signal: AbortSignal.timeout(2_000) })) as [Buffer]
    socket.end('QUIT\r\n')
    return bytes.toString('latin1').startsWith('220')
  } catch {
    return false
  } finally {
    socket.resume().on('error', () => {})
    globalThis.setTimeout(() => socket.destroy(), 500).unref()
  }
}
