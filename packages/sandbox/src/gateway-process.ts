// Runs Gatepost itself inside the small internet, as a child that ends with the sandbox.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { readTextIfThere } from './platform.ts'

export type GatewayProcess = {
  /** The child's exit code, or null if a signal ended it. */
  readonly ended: Promise<number | null>
  /** Asks it to drain and end, and kills it when it takes longer than it should. */
  readonly stop: () => Promise<void>
}

export type GatewayOptions = {
  readonly main: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** One line of `data/run/listeners.json`, where Gatepost writes the ports that it got. */
type Listening = { readonly role: string; readonly host: string; readonly port: number }

/** Gatepost promises to end within 10 s of SIGTERM. */
const STOP_LIMIT_MS = 15_000

/** Starts `main.ts run` with the same Node that runs the sandbox; its output is the sandbox's. */
export function startGateway({ main, folder, environment }: GatewayOptions): GatewayProcess {
  const child: ChildProcess = spawn(process.execPath, [main, 'run'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.once('error', () => resolve(1))
  })
  return {
    ended,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

/** The real ports of a running gateway, by role; null until they are written. */
export async function listeningPorts(dataFolder: string): Promise<ReadonlyMap<string, number> | null> {
  const text = await readTextIfThere(join(dataFolder, 'run', 'listeners.json'))
  if (text === null) return null
  try {
    const list = JSON.parse(text) as readonly Listening[]
    return new Map(list.map(({ role, port }) => [role, port]))
  } catch {
    return null
  }
}
