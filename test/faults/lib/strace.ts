// strace as a test uses it: to make chosen system calls of a living process fail, and to see their order.
import { spawn, spawnSync } from 'node:child_process'

/** The reason to skip where strace is missing or may not attach; false when it works. */
export function straceMissing(): string | false {
  const run = spawnSync('strace', ['-e', 'trace=none', '-o', '/dev/null', 'true'])
  return run.status === 0 ? false : 'component missing: strace'
}

export type Strace = {
  /** Lets the process go; resolves when it runs free again. */
  readonly detach: () => Promise<void>
}

const ATTACH_MS = 60_000

/** Attaches to every thread of a process with these arguments; resolves when it is in effect. */
export async function strace(pid: number, args: readonly string[]): Promise<Strace> {
  const child = spawn('strace', ['-f', '-p', String(pid), ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`strace did not attach: ${said}`)), ATTACH_MS)
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-10_000)
      if (!/attached/.test(said)) return
      clearTimeout(timer)
      resolve()
    })
    child.once('exit', (code) => reject(new Error(`strace ended with ${code}: ${said}`)))
  })
  return {
    async detach() {
      child.kill('SIGINT')
      await ended
    },
  }
}
