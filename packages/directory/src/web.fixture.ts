// Effects for tests of web readers: real fetch on loopback, no waiting, a log of the waits that were asked
// for.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DirectoryEntry, DirectoryEvent, DirectoryReader } from './entry.ts'
import type { Web } from './web.ts'

export type TestWeb = Web & { readonly pauses: number[]; clockMs: number; readonly asked: string[] }

export function testWeb(): TestWeb {
  const web: TestWeb = {
    pauses: [],
    asked: [],
    clockMs: Date.parse('2026-11-22T03:00:00Z'),
    fetch: (url, init) => {
      web.asked.push(new URL(url).host)
      return fetch(url, init)
    },
    now: () => web.clockMs,
    pause: async (delayMs) => {
      web.pauses.push(delayMs)
      web.clockMs += delayMs
    },
    resolve: async (host) => (host.endsWith('.invalid') ? Promise.reject(new Error('none')) : ['127.0.0.1']),
  }
  return web
}

export type Listing = {
  readonly entries: ReadonlyMap<string, DirectoryEntry>
  readonly removed: readonly string[]
  readonly end: Extract<DirectoryEvent, { kind: 'end' }> | null
}

/** Reads a whole listing. */
export async function readAll(
  reader: DirectoryReader,
  cursor: string | null = null,
  signal: AbortSignal = new AbortController().signal,
): Promise<Listing> {
  const entries = new Map<string, DirectoryEntry>()
  const removed: string[] = []
  let end: Listing['end'] = null
  for await (const event of reader.read({ cursor, signal })) {
    if (event.kind === 'entry') entries.set(event.entry.externalId, event.entry)
    if (event.kind === 'removed') removed.push(event.externalId)
    if (event.kind === 'end') end = event
  }
  return { entries, removed, end }
}

/** A certificate with its RSA key, by openssl. */
export function makeCertificate(): { readonly certificatePem: string; readonly privateKeyPem: string } {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-cert-'))
  try {
    const out = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj', '/CN=gatepost']
    execFileSync('openssl', [...request, ...out], { stdio: 'ignore' })
    return {
      certificatePem: readFileSync(join(folder, 'cert'), 'utf8'),
      privateKeyPem: readFileSync(join(folder, 'key'), 'utf8'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
