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
    const work = (config: BootConfig) => runCli([command, ...rest], config)
    process.exitCode = await withConfig(work, 'The command cannot run.')
  }
}

async function run(): Promise<number> {
  const { supervise } = await import('#supervisor/supervisor.ts')
  const { gatepostVersion } = await import('#platform/version.ts')
  return withConfig(
    (config) =>
      supervise({
        config,
        mainFile: fileURLToPath(import.meta.url),
        version: gatepostVersion(),
        terminal: process.stdout.isTTY === true,
        print: (text) => process.stdout.write(text),
      }),
    'Gatepost cannot start.',
  )
}

/**
 * Runs with the checked configuration; a fault of it, of a port or of the folder is one clear line and exit
 * code 1.
 */
async function withConfig(work: (config: BootConfig) => Promise<number>, otherwise: string): Promise<number> {
  const { findConfigFile, loadBootConfig } = await import('#boot/config.ts')
  try {
    const env = environment()
    return await work(loadBootConfig({ env, file: findConfigFile(env) }))
  } catch (error) {
    process.stderr.write(`${otherwise}\n${await wordsFor(error)}\n`)
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
