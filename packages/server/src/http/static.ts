// The console's files from packages/web/dist: index.html with a fresh nonce, hashed assets for ever, nothing
// else.
import { randomBytes } from 'node:crypto'
import { extname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { readFolder } from '#platform/files.ts'

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.woff2', 'font/woff2'],
  ['.png', 'image/png'],
  ['.webp', 'image/webp'],
  ['.ico', 'image/x-icon'],
  ['.json', 'application/json'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.csv', 'text/csv; charset=utf-8'],
])

export type StaticFiles = {
  /** The response for a path that no endpoint took: a file, or the application itself. */
  respond(path: string, acceptEncoding?: string): Response
}

/** Fonts and pictures are compressed already. */
const COMPRESSED = /^(text\/|application\/json|image\/svg)/

type StaticFile = {
  readonly bytes: Buffer<ArrayBuffer>
  readonly type: string
  /** Made when first asked for; the files are few and do not change. */
  gzipped?: Buffer<ArrayBuffer>
}

/** Reads the built console once; a path is looked up in that list, so none can leave the folder. */
export function openStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>()
  for (const [path, bytes] of readFolder(folder)) {
    files.set(`/${path}`, { bytes, type: TYPES.get(extname(path)) ?? 'application/octet-stream' })
  }
  const index = files.get('/index.html')?.bytes.toString('utf8') ?? null
  return {
    respond(path, acceptEncoding = '') {
      const file = path === '/index.html' ? undefined : files.get(path)
      if (file) {
        const life = path.startsWith('/assets/')
          ? 'public, max-age=31536000, immutable'
          : 'public, max-age=3600'
        const headers = { 'content-type': file.type, 'cache-control': life, vary: 'accept-encoding' }
        if (!COMPRESSED.test(file.type) || !/\bgzip\b/.test(acceptEncoding)) {
          return new Response(file.bytes, { headers })
        }
        file.gzipped ??= gzipSync(file.bytes)
        return new Response(file.gzipped, { headers: { ...headers, 'content-encoding': 'gzip' } })
      }
      if (index === null) {
        return new Response('The console is not built. Start with: npm start\n', { status: 503 })
      }
      if (extname(path) !== '' && !path.startsWith('/t/')) return new Response('Not found\n', { status: 404 })
      const nonce = newNonce()
      return new Response(index.replaceAll('__NONCE__', nonce), {
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy': contentSecurityPolicy(nonce),
        },
      })
    },
  }
}

export function newNonce(): string {
  return randomBytes(16).toString('base64')
}

/** Scripts and styles are ours or carry the nonce; nothing is loaded from elsewhere (interface §2). */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'", // Mantine sets custom properties in style attributes; no rule text comes from data.
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
