// Builds the console's pages when their sources changed, and swaps the result in only once it is complete.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { filesBelow, hashOf } from './files.mjs'
import { captureTool } from './node26.mjs'
import { giveUp, inRoot, say } from './root.mjs'

const dist = inRoot('packages/web/dist')
const stampFile = inRoot('packages/web/dist/.sources')

/** Builds if needed; gives up with the builder's output when that fails. */
export async function ensureWeb() {
  const { code, output } = await buildWeb()
  if (code === 0) return
  say(output.trim())
  giveUp('the console did not build; the output above says why.')
}

/** Builds if needed and returns `{ code, output, built }`: the form that the test command counts. */
export async function buildWeb() {
  const digest = hashOf(webSources())
  const fresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === digest
  if (fresh && existsSync(`${dist}/index.html`)) return { code: 0, output: '', built: false }
  say('Building the console; this happens once and after changes to it.')
  // Beside the old pages, so that a failed or interrupted build leaves them whole.
  const next = inRoot('.cache', `web-${process.pid}`)
  mkdirSync(inRoot('.cache'), { recursive: true })
  try {
    const args = ['build', '--outDir', next, '--emptyOutDir', '--logLevel', 'warn']
    const result = await captureTool('vite', 'vite', args, {
      cwd: inRoot('packages/web'),
      env: { NODE_ENV: 'production' },
    })
    if (result.code !== 0) return { ...result, built: false }
    writeFileSync(`${next}/.sources`, `${digest}\n`)
    rmSync(dist, { recursive: true, force: true })
    renameSync(next, dist)
    return { ...result, built: true }
  } finally {
    rmSync(next, { recursive: true, force: true })
  }
}

/** Everything that can change the pages; tests cannot. */
function webSources() {
  const roots = [
    'packages/web/src',
    'packages/web/public',
    'packages/web/index.html',
    'packages/web/vite.config.ts',
    'packages/web/package.json',
    'packages/web/tsconfig.json',
    'packages/contract/src',
    'packages/mail/src',
    // The guides are pages of the console.
    'docs',
    'tsconfig.base.json',
    'package-lock.json',
  ]
  return roots.flatMap((path) => filesBelow(inRoot(path))).filter((file) => !/\.test\.tsx?$/.test(file))
}
