// The tool's effects in one file: clock, files, environment, proxy and the terminal.
import { appendFileSync } from 'node:fs'
import { chmod, type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { setGlobalProxyFromEnv } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Effects, Files } from '@gatepost/contacts/source.ts'

/** The real world. */
export const effects: Effects = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  pause: async (delayMs, signal) => {
    await wait(delayMs, undefined, { signal }).catch(() => undefined)
  },
}

export const files: Files = {
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTDIR' || error.code === 'ENOENT') return null
      throw error
    })
    if (entries === null) return null
    return entries
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  },
  size: async (path) => (await stat(path)).size,
  async slice(path, from, max) {
    const handle = await open(path, 'r')
    try {
      const buffer = Buffer.alloc(max)
      let length = 0
      while (length < max) {
        const { bytesRead } = await handle.read(buffer, length, max - length, from + length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return buffer.subarray(0, length)
    } finally {
      await handle.close()
    }
  },
  join,
}

/** Sends every request through the proxy that HTTPS_PROXY and NO_PROXY name, in either case of letters. */
export function honourProxy(): void {
  setGlobalProxyFromEnv()
}

export function environment(name: string): string | null {
  return process.env[name] ?? null
}

/** A file's text; rejects where there is none. */
export function readText(path: string): Promise<string> {
  return readFile(path, 'utf8')
}

export function readOctets(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch(() => null)
}

export async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    // The folder that was asked for, not the one above it that Windows may name.
    throw error instanceof Error ? Object.assign(error, { path: folder }) : error
  })
}

/** Replaces a file whole: written beside it, synced, renamed. Only its owner may read it. */
export async function replaceFile(path: string, text: string | Uint8Array): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await namingPath(path, async () => {
      await handle.writeFile(text)
      await handle.sync()
    })
  } finally {
    await handle.close()
  }
  await chmod(`${path}.new`, 0o600)
  await rename(`${path}.new`, path)
}

/** Faults of an open file do not say which it is; a full disk shows only here. */
async function namingPath(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error && !('path' in error)) Object.assign(error, { path })
    throw error
  }
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** A file that grows: what `append` resolved for survives a power cut. */
export type Appender = { append(text: string): Promise<number>; close(): Promise<void> }

/** Opens a file behind its first `whole` octets; what stood behind them is cut off. */
export async function openAppender(path: string, whole: number): Promise<Appender> {
  const handle: FileHandle = await open(path, 'r+')
  await handle.truncate(whole)
  let at = whole
  return {
    async append(text) {
      const octets = Buffer.from(text)
      await namingPath(path, async () => {
        await writeWhole(handle, octets, at)
        await handle.datasync()
      })
      at += octets.length
      return at
    },
    close: () => handle.close(),
  }
}

/** Writes all: a disk that is getting full takes a part first, and says so at the next attempt. */
async function writeWhole(handle: FileHandle, octets: Buffer, at: number): Promise<void> {
  for (let done = 0; done < octets.length; )
    done += (await handle.write(octets, done, octets.length - done, at + done)).bytesWritten
}

/** The terminal: lines, one line that changes, and questions. */
export type Terminal = {
  readonly isInteractive: boolean
  say(line: string): void
  warn(line: string): void
  /** A line that is replaced by the next; where nobody watches, one of them a minute. */
  show(line: string): void
  ask(question: string): Promise<string>
  /** Asks without showing what is typed. */
  askSecret(question: string): Promise<string>
}

export const terminal: Terminal = {
  isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  say: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
  show(line) {
    if (process.stderr.isTTY !== true) return showToNobody(line)
    const width = process.stderr.columns ?? 80
    process.stderr.write(`\r\u001b[2K${line.slice(0, width - 1)}`)
  },
  ask: (question) => typed(question, true),
  askSecret: (question) => typed(question, false),
}

/** Between lines in a file or a pipe, where each stays; a run that is over before needs none. */
const SHOW_MS = 60_000
let shownAt = 0

function showToNobody(line: string): void {
  const now = performance.now()
  if (line === '' || now < shownAt + SHOW_MS) return
  shownAt = now
  process.stderr.write(`${line}\n`)
}

/** Reads one line from the terminal. */
function typed(question: string, isShown: boolean): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  if (!isShown) stdin.setRawMode?.(true)
  stdin.resume()
  return new Promise((resolve) => {
    let text = ''
    const end = (): void => {
      stdin.removeListener('data', take)
      if (!isShown) stdin.setRawMode?.(false)
      stdin.pause()
      stderr.write('\n')
    }
    const take = (chunk: Buffer): void => {
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n') {
          end()
          resolve(text)
          return
        }
        if (character === '\u0003') {
          end()
          // Nothing has begun that would have to be kept.
          process.exit(130)
        }
        if (character === '\u007f' || character === '\b') text = text.slice(0, -1)
        else text += character
      }
    }
    stdin.on('data', take)
  })
}

/** Appends lines to a log; a log that cannot be written stops nothing. */
export function fileLog(path: string): (line: string) => void {
  return (line) => {
    try {
      appendFileSync(path, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 })
    } catch {
      // The run matters more than its log.
    }
  }
}

/** Calls `stop` at Ctrl+C and SIGTERM; the second time the program ends at once. */
export function onStop(stop: () => void): void {
  let isAsked = false
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      // A terminal that closes, or a session that ends, is no wish to stop a run of days.
      if (name === 'SIGHUP') return
      if (isAsked) process.exit(130)
      isAsked = true
      stop()
    })
}
