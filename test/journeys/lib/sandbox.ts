// `npm run sandbox` as a process for stories: the small internet, its page and a gateway inside, on free
// ports.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment } from '@gatepost/sandbox/world-zones.ts'
import { familyOf } from './gateway.ts'

export type Sandbox = {
  readonly pageUrl: string
  readonly setupUrl: string
  /** From the start of the process to its page's first answer. */
  readonly pageMs: number
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../../packages/sandbox/src/main.ts', import.meta.url))
const START_MS = 180_000
const PORTS = ['page', 'dns', 'mx', 'ldap'].flatMap((name) => [`--${name}-port`, '0'])

/** Rejects with the output when it does not come up. */
export async function startSandbox(environment: Environment): Promise<Sandbox> {
  const data = mkdtempSync(join(tmpdir(), 'gatepost-sandbox-'))
  const startedAt = performance.now()
  const child = spawn(process.execPath, [MAIN, ...PORTS, '--data', data, '--environment', environment], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      GATEPOST_HTTP: '127.0.0.1:0',
      GATEPOST_SMTP_MX: '127.0.0.1:0',
      GATEPOST_SMTP_SUBMISSION: '127.0.0.1:0',
      GATEPOST_WORKERS: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  process.once('exit', () => killFamily(child))
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-1_000_000)
    })
  const pageUrl = await printed(
    child,
    () => /Page and guide\s+(\S+)\s/.exec(text)?.[1],
    () => text,
  )
  await fetch(pageUrl)
  const pageMs = Math.round(performance.now() - startedAt)
  const setupUrl = await printed(
    child,
    () => /Set-up link\s+(\S+)\s/.exec(text)?.[1],
    () => text,
  )
  return {
    pageUrl,
    setupUrl,
    pageMs,
    async stop() {
      const ended = new Promise((done) => child.once('exit', done))
      if (child.exitCode === null && child.kill('SIGTERM')) await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function printed(
  child: ChildProcess,
  find: () => string | undefined,
  output: () => string,
): Promise<string> {
  for (const end = Date.now() + START_MS; Date.now() < end; ) {
    const found = find()
    if (found !== undefined) return found
    if (child.exitCode !== null) break
    await new Promise((done) => setTimeout(done, 20))
  }
  killFamily(child)
  throw new Error(`the sandbox did not come up\n${output().slice(-4_000)}`)
}

function killFamily(child: ChildProcess): void {
  for (const pid of familyOf(child.pid ?? 0)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself in between.
    }
  }
}
