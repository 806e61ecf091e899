// The sandbox's effects in one file: clock, files, processes and certificates, so that the rest stays easy
// to test.
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Milliseconds since 1970, as `Date.now` counts them. */
export type Clock = { readonly now: () => number }

export const systemClock: Clock = { now: () => Date.now() }

/** Key and certificate in PEM form. */
export type Certificate = { readonly key: string; readonly cert: string }

const run = promisify(execFile)

/** openssl makes a key in well under a second; a machine that takes longer gets no STARTTLS. */
const OPENSSL_LIMIT_MS = 10_000

/**
 * Makes a self-signed certificate for the names by running `openssl` without a shell. Null where openssl is
 * absent or too old for `-addext`: the hosts then offer no STARTTLS.
 */
export async function makeCertificate(names: readonly string[]): Promise<Certificate | null> {
  const subjectNames = names.map((name) => `DNS:${name}`).join(',')
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', `/CN=${names[0] ?? 'localhost'}`, '-addext', `subjectAltName=${subjectNames}`]
  try {
    const { stdout } = await run(
      'openssl',
      [...request, '-days', '30', ...subject, '-keyout', '-', '-out', '-'],
      {
        timeout: OPENSSL_LIMIT_MS,
      },
    )
    const key = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----\n/.exec(stdout)?.[0]
    const cert = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/.exec(stdout)?.[0]
    return key !== undefined && cert !== undefined ? { key, cert } : null
  } catch {
    return null
  }
}

/**
 * Writes one message into a Maildir: whole in `tmp`, then moved to `new`, so that no reader sees half of it.
 */
export async function writeToMaildir(folder: string, id: string, content: Uint8Array): Promise<void> {
  await mkdir(join(folder, 'tmp'), { recursive: true })
  await mkdir(join(folder, 'new'), { recursive: true })
  await mkdir(join(folder, 'cur'), { recursive: true })
  const fileName = `${id}.sandbox`
  await writeFile(join(folder, 'tmp', fileName), content)
  await rename(join(folder, 'tmp', fileName), join(folder, 'new', fileName))
}

/** The text of a file, or null if there is none. */
export async function readTextIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}

/** Replaces a file whole; only its owner reads it. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/**
 * Empties a folder that an earlier sandbox made, or makes it. A folder with other content is left alone:
 * the marker file is what tells ours from somebody's data.
 */
export async function freshFolder(folder: string, options: { marker: string; keep: boolean }): Promise<void> {
  const entries = await readdir(folder).catch(() => [] as string[])
  const ours = entries.includes(options.marker)
  if (entries.length > 0 && !ours) {
    throw new Error(`${folder} holds files that no sandbox wrote. Name an empty folder with --data`)
  }
  if (entries.length > 0 && !options.keep) await rm(folder, { recursive: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (!options.keep || !ours) await writeFile(join(folder, options.marker), '')
}

export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}

/** Waits; ends early without a fault when the signal comes. */
export async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  if (delayMs <= 0 || signal?.aborted) return
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, delayMs)
    signal?.addEventListener('abort', done)
  })
}
