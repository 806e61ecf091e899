// The composition root: reads the boot configuration and starts the role that the first argument names.
import { fileURLToPath } from 'node:url'
import { ConfigError, loadBootConfig } from '#boot/config.ts'
import type { BootConfig } from '#boot/config-types.ts'
import { readText } from '#platform/files.ts'
import { gatepostVersion } from '#platform/version.ts'
import { ChildRefused } from '#supervisor/children.ts'
import { FolderInUse } from '#supervisor/lock.ts'
import { PortRefused } from '#supervisor/ports.ts'
import { FolderRefused } from '#supervisor/preflight.ts'

const [command = 'run', ...rest] = process.argv.slice(2)

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
  try {
    return await work(loadBootConfig({ env: environment(), file: configFile() }))
  } catch (error) {
    const known = [ConfigError, PortRefused, FolderInUse, FolderRefused, ChildRefused].some(
      (kind) => error instanceof kind,
    )
    const text =
      error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error)
    process.stderr.write(`Gatepost cannot start.\n${text}\n`)
    return 1
  }
}

function environment(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** `GATEPOST_CONFIG` must exist when it is set; `./gatepost.toml` may. */
function configFile(): { readonly name: string; readonly text: string } | null {
  const named = process.env.GATEPOST_CONFIG
  const name = named ?? 'gatepost.toml'
  const text = readText(name)
  if (text !== null) return { name, text }
  if (named === undefined) return null
  throw new ConfigError(`${name}: there is no such file; GATEPOST_CONFIG names it`)
}
