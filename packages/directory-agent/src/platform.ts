// The agent's effects in one file: clock, files, names, environment, proxy and the terminal.
import { lookup } from 'node:dns/promises'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { setGlobalProxyFromEnv } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { AgentProbeResult } from '@gatepost/contract/agent.ts'
import { DirectoryFault } from '@gatepost/directory/entry.ts'
import type { LdapEffects } from '@gatepost/directory/ldap/options.ts'
import { type ProbeQuestion, probeMailHost } from '@gatepost/directory/mail-host-probe.ts'

export type Effects = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly now: () => number
  /** Waits; ends early without a fault when the signal comes. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
  readonly say: (line: string) => void
  readonly ldap: LdapEffects
  /** Knocks at a mail host. Never rejects. */
  readonly probe: (
    question: Omit<ProbeQuestion, 'address'> & { readonly host: string },
    signal: AbortSignal,
  ) => Promise<AgentProbeResult>
}

/** The real world. */
export function systemEffects(): Effects {
  return {
    fetch: (url, init) => fetch(url, init),
    now: () => Date.now(),
    pause: async (delayMs, signal) => {
      await wait(delayMs, undefined, { signal }).catch(() => undefined)
    },
    say: (line) => console.log(`${new Date().toISOString()} ${line}`),
    ldap: { targets: targetsOf, now: () => Date.now() },
    probe: probeHost,
  }
}

export const about = {
  platform: `${process.platform} ${process.arch}`,
  hostName: hostname().slice(0, 253),
}

/** Sends every request through the proxy that HTTPS_PROXY and NO_PROXY name, in either case of letters. */
export function honourProxy(): void {
  setGlobalProxyFromEnv()
}

export function environment(name: string): string | null {
  return process.env[name] ?? null
}

/** A directory inside the network may stand anywhere; whoever set the agent up said where. */
async function targetsOf(host: string, port: number) {
  const found = await lookup(host.replace(/^\[(.*)\]$/, '$1'), { all: true }).catch(() => [])
  if (found.length > 0) return found.map(({ address }) => ({ address, port }))
  throw new DirectoryFault({
    step: 'resolve',
    code: 'no-such-host',
    saw: `No address is known for ${host}.`,
    remedy: 'Check the name, and that this machine asks the network’s own name server.',
  })
}

async function probeHost(
  { host, ...question }: Omit<ProbeQuestion, 'address'> & { readonly host: string },
  signal: AbortSignal,
): Promise<AgentProbeResult> {
  const [found] = await lookup(host.replace(/^\[(.*)\]$/, '$1'), { all: true }).catch(() => [])
  if (found === undefined)
    return { kind: 'unknown', stage: 'connect', reply: `No address is known for ${host}.`, address: null }
  const { address } = found
  return { ...(await probeMailHost({ ...question, address }, signal)), address }
}

/** The text of a file of the agent, or null. */
export async function readOwn(folder: string, name: string): Promise<string | null> {
  return readFile(join(folder, name), 'utf8').catch(() => null)
}

/** Any file by its path: a certificate of an authority, a password. Rejects when it is not there. */
export function readAny(path: string): Promise<string> {
  return readFile(path, 'utf8')
}

/** Replaces a file of the agent whole; only its owner may read it. */
export async function writeOwn(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await chmod(`${path}.new`, 0o600)
  await rename(`${path}.new`, path)
}

export async function standardInput(): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) parts.push(chunk)
  return Buffer.concat(parts).toString('utf8')
}
