// Effects for tests of sources: real fetch on loopback, a clock that pauses move, a server that answers by a
// script; and files out of a map.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Letter } from './letter.ts'
import { type Effects, type Files, type Page, type Source, SourceFault } from './source.ts'

export type TestEffects = Effects & { readonly pauses: number[] }

export function testEffects(): TestEffects {
  let clock = Date.UTC(2026, 10, 22)
  const pauses: number[] = []
  return {
    pauses,
    fetch: (url, init) => fetch(url, init),
    now: () => clock,
    pause: async (delayMs) => {
      pauses.push(delayMs)
      clock += delayMs
    },
  }
}

export type Asked = {
  readonly method: string
  readonly url: URL
  readonly body: string
  readonly request: IncomingMessage
}
export type Told = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

/** Starts a server on loopback that answers each question by a function. */
export async function startScripted(
  answer: (asked: Asked) => Told | Promise<Told>,
): Promise<{ readonly url: string; readonly server: Server; readonly stop: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) parts.push(chunk)
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = Buffer.concat(parts).toString('utf8')
    const told = await answer({ method: request.method ?? '', url, body, request })
    const text = typeof told.body === 'object' ? JSON.stringify(told.body) : (told.body ?? '')
    response.writeHead(told.status ?? 200, told.headers)
    response.end(text)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export type ReadAll = {
  readonly parts: readonly string[]
  readonly letters: readonly Letter[]
  readonly skipped: readonly string[]
  readonly pages: number
}

/** Reads all of a source; with `stopEvery`, a page at a time and each time from its mark anew. */
export async function readAll(source: Source, { anew = false } = {}): Promise<ReadAll> {
  const { signal } = new AbortController()
  const parts = await source.parts(signal)
  const letters: Letter[] = []
  const skipped: string[] = []
  let pages = 0
  for (const part of parts) {
    let mark: string | null = null
    try {
      for (let isDone = false; !isDone; ) {
        for await (const page of source.read(part, mark, signal) as AsyncGenerator<Page>) {
          letters.push(...page.letters)
          pages += 1
          mark = page.next
          isDone = page.next === null
          if (anew) break
        }
      }
    } catch (error) {
      if (!(error instanceof SourceFault) || error.reach !== 'part') throw error
      skipped.push(`${part.title}: ${error.saw}`)
    }
  }
  await source.close()
  return { parts: parts.map(({ title }) => title), letters, skipped, pages }
}

/** Files out of a map of paths. */
export function filesOf(contents: ReadonlyMap<string, string | Uint8Array>): Files {
  const octetsOf = (path: string): Uint8Array => {
    const found = contents.get(path)
    if (found === undefined) throw new Error(`no file ${path}`)
    return typeof found === 'string' ? Buffer.from(found) : found
  }
  return {
    async list(folder) {
      if (contents.has(folder)) return null
      const below = [...contents.keys()].filter((path) => path.startsWith(`${folder}/`))
      if (below.length === 0) return null
      const names = new Map<string, boolean>()
      for (const path of below) {
        const [name = '', ...rest] = path.slice(folder.length + 1).split('/')
        names.set(name, rest.length > 0)
      }
      return [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, isFolder]) => ({ name, isFolder }))
    },
    size: async (path) => octetsOf(path).length,
    slice: async (path, from, max) => octetsOf(path).subarray(from, from + max),
    join: (...parts) => parts.join('/'),
  }
}
