// The agent's programs on disk: built by scripts/agent.mjs when somebody takes them, and again after an
// update.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from './files.ts'

export type ProgramName = 'gatepost-agent.mjs' | 'gatepost-agent-linux-x64' | 'gatepost-agent-windows-x64.exe'

export type ProgramFact = {
  readonly name: ProgramName
  readonly state: 'ready' | 'on-demand' | 'unavailable'
  readonly bytes: number | null
  readonly sha256: string | null
  readonly why: string | null
}

const NAMES: readonly ProgramName[] = [
  'gatepost-agent.mjs',
  'gatepost-agent-linux-x64',
  'gatepost-agent-windows-x64.exe',
]
/** Bundling takes a second, an executable some; fetching Windows' Node a minute on a slow line. */
const BUILD_MS_MAX = 180_000

/** Digests of files that an update replaced are worth nothing. */
const DIGESTS_MAX = 20

export type Programs = {
  list(): Promise<ProgramFact[]>
  open(name: ProgramName): Promise<AsyncIterable<Uint8Array>>
  readonly downloads: { count: number }
}

/**
 * Programs of the repository at `root`. The builder leaves each program with a stamp of its sources, and says
 * by its exit why one cannot be had.
 */
export function createPrograms(root: string): Programs {
  const folder = join(root, '.cache', 'agent')
  const building = new Map<ProgramName, Promise<void>>()
  const failed = new Map<ProgramName, string>()
  const digests = new Map<string, string>()

  const build = (name: ProgramName): Promise<void> => {
    const underWay = building.get(name)
    if (underWay !== undefined) return underWay
    const work = runBuilder(root, name)
      .then(
        () => void failed.delete(name),
        (error: unknown) => {
          failed.set(name, error instanceof Error ? error.message : 'The build failed.')
          throw error
        },
      )
      .finally(() => building.delete(name))
    building.set(name, work)
    return work
  }
  const factOf = async (name: ProgramName): Promise<ProgramFact> => {
    const why = failed.get(name) ?? null
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found === null || readText(`${path}.stamp`) === null)
      return { name, state: why === null ? 'on-demand' : 'unavailable', bytes: null, sha256: null, why }
    const key = `${path} ${found.mtimeMs} ${found.size}`
    const sha256 = digests.get(key) ?? (await digestOfFile(path))
    digests.set(key, sha256)
    if (digests.size > DIGESTS_MAX) digests.clear()
    return { name, state: 'ready', bytes: found.size, sha256, why: null }
  }
  return {
    downloads: { count: 0 },
    list: () => Promise.all(NAMES.map(factOf)),
    async open(name) {
      // The builder looks at its stamp first, so that a program is never older than this release.
      await build(name)
      return createReadStream(join(folder, name))
    },
  }
}

/** Runs the builder; its last line of output is what it says when it fails. */
function runBuilder(root: string, name: ProgramName): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'scripts', 'agent.mjs'), name], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: BUILD_MS_MAX,
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-2_000)
    })
    child.once('error', () => reject(new Error('The builder could not be started.')))
    child.once('close', (code) => {
      if (code === 0) return resolve()
      const last = said.trim().split('\n').at(-1) ?? ''
      reject(new Error(last === '' ? 'The program could not be built here.' : last.slice(0, 300)))
    })
  })
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}
