// The composition root: reads the boot configuration and starts the role that the first argument names.
import { fileURLToPath } from 'node:url'
import { useCompileCache } from '#boot/compile-cache.ts'
import type { BootConfig } from '#boot/config-types.ts'

const [command = 'run', ...rest] = process.argv.slice(2)

// Children are told where compiled code is when they are started; a restore wants the folder empty.
if (command !== 'restore' && !command.startsWith('child-'))
  useCompileCache(process.env.GATEPOST_DATA ?? 'data')

// Each role loads its own code alone: an edge holds no console, the command line no mail engine.
switch (command) {
  case 'run':
    process.exitCode = await run()
    break
  case 'child-control': {
    const { runChild } = await import('#supervisor/child.ts')
    const { startControl } = await import('#supervisor/control-role.ts')
    runChild('control', startControl)
    break
  }
  case 'child-edge': {
    const { runChild } = await import('#supervisor/child.ts')
    const { startEdge } = await import('#supervisor/edge-role.ts')
    runChild('edge', startEdge)
    break
  }
  default: {
    const { runCli } = await import('./cli/main.ts')
    process.exitCode = await withConfig((config) => runCli([command, ...rest], config))
  }
}

async function run(): Promise<number> {
  const { supervise } = await import('#supervisor/supervisor.ts')
  const { gatepostVersion } = await import('#platform/version.ts')
  return withConfig((config) =>
    supervise({
      config,
      mainFile: fileURLToPath(import.meta.url),
      version: gatepostVersion(),
      terminal: process.stdout.isTTY === true,
      print: (text) => process.stdout.write(text),
    }),
  )
}

/**
 * Runs with the checked configuration; a fault of it, of a port or of the folder is one clear line and exit
 * code 1.
 */
async function withConfig(work: (config: BootConfig) => Promise<number>): Promise<number> {
  const { loadBootConfig } = await import('#boot/config.ts')
  try {
    return await work(loadBootConfig({ env: environment(), file: await configFile() }))
  } catch (error) {
    process.stderr.write(`Gatepost cannot start.\n${await wordsFor(error)}\n`)
    return 1
  }
}

/** A refusal says what to do; of a bug the stack is wanted. */
async function wordsFor(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error)
  const { ConfigError } = await import('#boot/config.ts')
  const { ChildRefused } = await import('#supervisor/children.ts')
  const { FolderInUse } = await import('#supervisor/lock.ts')
  const { PortRefused } = await import('#supervisor/ports.ts')
  const { FolderRefused } = await import('#supervisor/preflight.ts')
  const refusals = [ConfigError, PortRefused, FolderInUse, FolderRefused, ChildRefused]
  return refusals.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message)
}

function environment(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** `GATEPOST_CONFIG` must exist when it is set; `./gatepost.toml` may. */
async function configFile(): Promise<{ readonly name: string; readonly text: string } | null> {
  const { readText } = await import('#platform/files.ts')
  const named = process.env.GATEPOST_CONFIG
  const name = named ?? 'gatepost.toml'
  const text = readText(name)
  if (text !== null) return { name, text }
  if (named === undefined) return null
  const { ConfigError } = await import('#boot/config.ts')
  throw new ConfigError(`${name}: there is no such file; GATEPOST_CONFIG names it`)
}
