// A real gateway for stories: the whole process family on a temporary folder, with an API client that signs
// in.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const MAIN = fileURLToPath(new URL('../../../packages/server/src/main.ts', import.meta.url))
const START_MS = 180_000

export type Gateway = {
  readonly data: string
  readonly url: string
  /** The one-time set-up link; null once an administrator exists. */
  readonly setupUrl: string | null
  readonly mxPort: number
  readonly submissionPort: number
  /** Everything printed so far, block and log. */
  output(): string
  /** Supervisor and children. */
  pids(): readonly number[]
  /** SIGTERM; resolves with exit code and milliseconds it took. */
  stop(): Promise<{ readonly code: number | null; readonly ms: number }>
  /** kill -9 of the whole family. */
  killAll(): Promise<void>
}

type Options = {
  readonly env?: Readonly<Record<string, string>>
  /** Given: an existing folder is used again and kept. */
  readonly data?: string
}

/**
 * Starts `gatepost run` with every port free and waits for its block. Rejects with the output when it ends
 * early.
 */
export async function startGateway({ env = {}, data }: Options = {}): Promise<Gateway> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'gatepost-'))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'run'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      GATEPOST_DATA: folder,
      GATEPOST_HTTP: '127.0.0.1:0',
      GATEPOST_SMTP_MX: '127.0.0.1:0',
      GATEPOST_SMTP_SUBMISSION: '127.0.0.1:0',
      GATEPOST_HOSTNAME: 'mx.gatepost.example',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  remember(child)
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2_000_000)
  })
  await untilPrinted(child, () => text)
  unref(child)
  const listening: readonly { role: string; port: number }[] = readJson(join(folder, 'run', 'listeners.json'))
  const portOf = (role: string): number => listening.find((at) => at.role === role)?.port ?? 0
  const setup = /Set-up link\s+(\S+)/.exec(text)?.[1] ?? null
  return {
    data: folder,
    url: `http://localhost:${portOf('http')}/`,
    setupUrl: setup,
    mxPort: portOf('mx'),
    submissionPort: portOf('submission'),
    output: () => text,
    pids: () => [child.pid ?? 0, ...readJson<readonly number[]>(join(folder, 'run', 'pids.json')).slice(1)],
    async stop() {
      const startedAt = Date.now()
      child.ref()
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      const code = await exited
      if (data === undefined) rmSync(folder, { recursive: true, force: true })
      return { code, ms: Date.now() - startedAt }
    },
    async killAll() {
      child.ref()
      for (const pid of familyOf(child.pid ?? 0)) killQuietly(pid)
      await exited
    },
  }
}

/** Gateways that run: none may outlive the test's process, nor keep it alive when a test of it failed. */
const living = new Set<ChildProcess>()
let isWatching = false

/** Its pipes count too; whoever waits for its end takes it up again. */
function unref(child: ChildProcess): void {
  child.unref()
  for (const pipe of [child.stdout, child.stderr]) if (pipe instanceof Socket) pipe.unref()
}

function remember(child: ChildProcess): void {
  if (!isWatching) {
    isWatching = true
    process.once('exit', endLiving)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  }
  living.add(child)
  child.once('exit', () => living.delete(child))
}

function endLiving(): void {
  for (const child of living) for (const pid of familyOf(child.pid ?? 0)) killQuietly(pid)
}

/** A process and all its descendants, children first. */
export function familyOf(pid: number): readonly number[] {
  let children: readonly number[] = []
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    // The process is gone already.
  }
  return [...children.flatMap((child) => familyOf(child)), pid]
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}

function untilPrinted(child: ChildProcess, text: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearInterval(poll)
      clearTimeout(timer)
      reject(new Error(`${why}\n${text().slice(-4_000)}`))
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`the gateway printed no block within ${START_MS} ms`)
    }, START_MS)
    const poll = setInterval(() => {
      if (!/Data folder/.test(text())) return
      clearInterval(poll)
      clearTimeout(timer)
      resolve()
    }, 20)
    child.once('exit', (code) => fail(`the gateway ended with ${code}`))
  })
}

function readJson<Value>(path: string): Value {
  return JSON.parse(readFileSync(path, 'utf8')) as Value
}
