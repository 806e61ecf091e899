// Serves the sandbox's page on loopback: the document, its two files, its changing parts and the JSON
// endpoints.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Directories } from '../directories.ts'
import { createEvents } from '../events.ts'
import { readTextIfThere } from '../platform.ts'
import type { World } from '../world.ts'
import { type ApiAnswer, handleApi } from './api.ts'
import { drawDocument } from './document.ts'
import { drawPart, PART_NAMES, type PageContext } from './parts.ts'

export type PageServer = { readonly url: string; readonly port: number; readonly stop: () => Promise<void> }

export type PageOptions = {
  readonly port?: number
  readonly consoleUrl?: () => string
  readonly directories?: Directories
}

const BODY_BYTES_MAX = 1_000_000
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}
const FILES = new Map([
  ['/tokens.css', 'text/css'],
  ['/style.css', 'text/css'],
  ['/parts.css', 'text/css'],
  ['/client.js', 'text/javascript'],
])

/** A gate with a message passing, as the console's mark. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
<rect width="24" height="24" rx="5" fill="#4650cb"/>
<path d="M8 6v12M8 12h8v6" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>`

/** Starts the page on 127.0.0.1; `port` 0 takes a free one. */
export async function startPage(world: World, options: PageOptions = {}): Promise<PageServer> {
  const directories = options.directories ?? null
  const consoleUrl = options.consoleUrl ?? (() => 'http://localhost:8080/')
  const context: PageContext = {
    world,
    directories,
    events: createEvents({ world, directories }),
    consoleUrl,
  }
  const server = createServer((request, response) => {
    answer(context, request)
      .catch((error: unknown): ApiAnswer => {
        console.error(error)
        return { status: 500, json: { fault: 'the sandbox failed; its terminal says where' } }
      })
      .then((reply) => write(response, reply))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const port = portOf(server)
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

async function answer(context: PageContext, request: IncomingMessage): Promise<ApiAnswer> {
  const path = (request.url ?? '/').split('?', 1)[0]!
  const method = request.method ?? 'GET'
  if (!isFromHere(request))
    return { status: 403, json: { fault: 'only pages of the sandbox itself may ask' } }
  if (path.startsWith('/api/')) {
    const body = await readBody(request)
    if (body === undefined) return { status: 400, json: { fault: 'the body is not a JSON object' } }
    return handleApi(context, { method, path, body })
  }
  if (method !== 'GET') return { status: 405, json: { fault: 'only GET' } }
  if (path === '/') return { status: 200, text: drawDocument(context), type: 'text/html' }
  if (path === '/parts') {
    const parts = PART_NAMES.map((name) => [name, drawPart(name, context).markup] as const)
    return { status: 200, json: Object.fromEntries(parts) }
  }
  if (path === '/favicon.ico') return { status: 200, text: ICON, type: 'image/svg+xml' }
  const type = FILES.get(path)
  const file =
    type === undefined ? null : await readTextIfThere(new URL(`.${path}`, import.meta.url).pathname)
  return file === null
    ? { status: 404, json: { fault: 'no such page' } }
    : { status: 200, text: file, type: type! }
}

/**
 * A name that is rebound to loopback brings a foreign Host, and a foreign page brings a foreign Origin:
 * neither may steer the sandbox of a person who happens to visit them.
 */
function isFromHere(request: IncomingMessage): boolean {
  const host = request.headers.host ?? ''
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return false
  const { origin } = request.headers
  return origin === undefined || origin === `http://${host}`
}

/** An empty body is null; undefined if it is no JSON object or too long. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  if (size === 0) return null
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof body === 'object' && !Array.isArray(body) ? body : undefined
  } catch {
    return undefined
  }
}

function write(response: ServerResponse, reply: ApiAnswer): void {
  const [type, text] =
    'text' in reply ? [reply.type, reply.text] : ['application/json', JSON.stringify(reply.json)]
  response.writeHead(reply.status, { ...HEADERS, 'content-type': `${type}; charset=utf-8` })
  response.end(text)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
