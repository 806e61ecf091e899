// Makes node_modules agree with package-lock.json before anything runs, so that a fresh clone needs no step
// by hand.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { capture } from './program.mjs'
import { giveUp, inRoot, root, say } from './root.mjs'

const lockFile = inRoot('package-lock.json')
const stampFile = inRoot('node_modules/.gatepost-lock')
const installedFile = inRoot('node_modules/.package-lock.json')

/** Installs with `npm ci` unless the packages that stand in node_modules are those of the lock file. */
export async function ensureInstalled() {
  const digest = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === digest) return
  if (!installedMatchesLock()) await install()
  writeFileSync(stampFile, `${digest}\n`)
}

/**
 * Whether somebody else's `npm ci` or `npm install` has left exactly the packages that the lock file names.
 */
export function installedMatchesLock() {
  if (!existsSync(installedFile)) return false
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true
    const found = installed[path]
    // Packages for other systems are in the lock file and rightly absent here.
    if (found === undefined)
      return entry.optional === true || entry.devOptional === true || entry.peer === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

async function install() {
  say('Installing packages (npm ci); this happens once and after updates.')
  const startedAt = Date.now()
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const [file, ...first] = npmCommand()
  const { code, output } = await capture(file, [...first, ...args, '--loglevel=error'], {
    cwd: root,
    env: cleanEnvironment(),
  })
  if (code === 0) return say(`Packages installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`)
  say(output.trim())
  if (code === 127) giveUp('npm is not in PATH. Node 20 or newer with npm is needed.')
  giveUp('npm ci failed with the output above. Is the npm registry reachable, and the disk not full?')
}

/** The npm that started us, else the one in PATH. */
function npmCommand() {
  const path = process.env.npm_execpath
  return path?.endsWith('.js') && existsSync(path) ? [process.execPath, path] : ['npm']
}

/** Without what an outer `npm run` says about itself: its folder need not be ours. */
function cleanEnvironment() {
  const about = /^npm_(lifecycle_|package_|config_local_prefix$|config_prefix$|command$)/
  const kept = Object.entries(process.env).filter(([name]) => !about.test(name))
  // In production mode npm would leave out the tools that build the console.
  return Object.fromEntries(kept.filter(([name]) => name !== 'NODE_ENV'))
}
