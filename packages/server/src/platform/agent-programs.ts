// Programs for customers on disk: built by scripts/agent.mjs and scripts/contacts.mjs when somebody takes
// them, and again after an update.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from './files.ts'

export type ProgramFact<Name extends string> = {
  readonly name: Name
  readonly state: 'ready' | 'on-demand' | 'unavailable'
  readonly bytes: number | null
  readonly sha256: string | null
  readonly why: string | null
}

/**
 * What is built: names of the files, the builder's script, and the folder below .cache where it puts them.
 */
export type ProgramKind<Name extends string> = {
  readonly names: readonly Name[]
  readonly builder: string
  readonly folder: string
}

export const agentPrograms = {
  names: ['gatepost-agent.mjs', 'gatepost-agent-linux-x64', 'gatepost-agent-windows-x64.exe'],
  builder: 'agent.mjs',
  folder: 'agent',
} as const

export const contactPrograms = {
  names: ['gatepost-contacts-windows-x64.exe', 'gatepost-contacts-linux-x64', 'gatepost-contacts.mjs'],
  builder: 'contacts.mjs',
  folder: 'contacts',
} as const

/** Bundling takes a second, an executable some; fetching Windows' Node a minute on a slow line. */
const BUILD_MS_MAX = 180_000

/** Digests of files that an update replaced are worth nothing. */
const DIGESTS_MAX = 20

export type Programs<Name extends string> = {
  list(): Promise<ProgramFact<Name>[]>
  open(name: Name): Promise<AsyncIterable<Uint8Array>>
  readonly downloads: { count: number }
}

/**
 * Programs of the repository at `root`. The builder leaves each program with a stamp of its sources, and says
 * by its exit why one cannot be had.
 */
export function createPrograms<Name extends string>(root: string, kind: ProgramKind<Name>): Programs<Name> {
  const folder = join(root, '.cache', kind.folder)
  const building = new Map<Name, Promise<void>>()
  const failed = new Map<Name, string>()
  const digests = new Map<string, string>()

  const build = (name: Name): Promise<void> => {
    const underWay = building.get(name)
    if (underWay !== undefined) return underWay
    const work = runBuilder(join(root, 'scripts', kind.builder), { root, name })
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
  const factOf = async (name: Name): Promise<ProgramFact<Name>> => {
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
    list: () => Promise.all(kind.names.map(factOf)),
    async open(name) {
      // The builder looks at its stamp first, so that a program is never older than this release.
      await build(name)
      return createReadStream(join(folder, name))
    },
  }
}

/** Runs the builder; its last line of output is what it says when it fails. */
function runBuilder(
  script: string,
  { root, name }: { readonly root: string; readonly name: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, name], {
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
