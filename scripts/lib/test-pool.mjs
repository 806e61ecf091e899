// Runs test files as processes of their own, a few at a time, each in its own process group and under a time
// limit.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { environmentOf, findNode26 } from './node26.mjs'
import { inRoot, root } from './root.mjs'

/** The longest takes minutes on a quiet machine, several times that on a busy one; a file past this hangs. */
const FILE_LIMIT_MS = 25 * 60_000
/** Begun first, so that none of them runs alone at the end. */
const LONGEST = ['test/journeys/pages.test.ts', 'test/crash/crash.test.ts']
/** How much of a failing file's own output is worth reading. */
const OUTPUT_CHARACTERS_MAX = 20_000

/** Groups of running files, so that an interrupted run leaves nothing behind. */
const running = new Set()

/** Runs all files and calls `onFile` with each file's result as it ends. */
export async function runFiles(files, { concurrency, onFile }) {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-test-'))
  const stop = (signal) => {
    for (const pid of running) endGroup(pid)
    rmSync(folder, { recursive: true, force: true })
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const isLong = (file) => LONGEST.some((long) => file.endsWith(long))
  const ordered = [...files.filter(isLong), ...files.filter((file) => !isLong(file))]
  const waiting = ordered.map((file, index) => ({ file, events: join(folder, `${index}.jsonl`) }))
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) onFile(await runFile(next))
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, worker))
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runFile({ file, events }) {
  const node26 = findNode26()
  const reporter = pathToFileURL(inRoot('scripts/lib/test-events.mjs')).href
  const startedAt = Date.now()
  const child = spawn(
    node26,
    // What a failed test left open must not keep its file for minutes.
    ['--test-force-exit', `--test-reporter=${reporter}`, `--test-reporter-destination=${events}`, file],
    { cwd: root, env: environmentOf(node26), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  running.add(child.pid)
  const output = collect(child)
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    endGroup(child.pid)
  }, FILE_LIMIT_MS)
  const { code, signal } = await new Promise((done) => {
    child.once('error', (error) => done({ code: 1, signal: error.message }))
    child.once('exit', (code, signal) => done({ code, signal }))
  })
  clearTimeout(timer)
  endGroup(child.pid)
  running.delete(child.pid)
  const lines = readEvents(events)
  const name = relative(root, file)
  return {
    name,
    lines,
    output: output(),
    ...verdictOf({ code, signal, timedOut, lines }),
    ms: Date.now() - startedAt,
  }
}

/** A fault of the file as a whole, which no test of it reports. */
function verdictOf({ code, signal, timedOut, lines }) {
  const minutes = FILE_LIMIT_MS / 60_000
  if (timedOut) return { fault: `did not end within ${minutes} minutes` }
  const reported = lines.some(({ kind }) => kind === 'fail')
  if (code !== 0 && !reported)
    return { fault: `ended with ${signal ?? `exit code ${code}`} before its tests did` }
  if (lines.length === 0) return { fault: 'holds no tests' }
  if (!lines.some(({ kind }) => kind === 'end')) return { fault: 'ended before its tests did' }
  return { fault: null }
}

function readEvents(file) {
  if (!existsSync(file)) return []
  const complete = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return complete.map((line) => JSON.parse(line))
}

/** Keeps the end of what a file prints, which is where the reason of a failure stands. */
function collect(child) {
  let text = ''
  const add = (chunk) => {
    text = (text + chunk).slice(-OUTPUT_CHARACTERS_MAX)
  }
  child.stdout.setEncoding('utf8').on('data', add)
  child.stderr.setEncoding('utf8').on('data', add)
  return () => text
}

/** Ends a file's process and all that it started and forgot. */
function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of the group is left, which is what we want.
  }
}
