// Puts the application on a port or a socket, with or without TLS, and takes it off again.
import type { Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { SecureContext } from 'node:tls'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { removeFile, restrictFile } from '#platform/files.ts'

/** Requests under way get this long at the end, in milliseconds. */
const CLOSE_MS = 2_000

export type Served = {
  /** The real one where 0 was asked for; null for a socket. */
  readonly port: number | null
  /** Other certificates: they count for connections from now on, and open ones go on. */
  renewTls(): void
  close(): Promise<void>
}

/** Certificates of a listener with TLS; asked at each handshake. */
export type ServedTls = {
  usual(): { readonly cert: string; readonly key: string } | null
  context(): SecureContext | null
  byName(): ((servername: string) => SecureContext | null) | null
}

const TLS_BASE = { minVersion: 'TLSv1.2', honorCipherOrder: true } as const

/**
 * Listens on a TCP port, or on a unix socket that only we may open (0600). Rejects when it cannot be bound.
 */
export async function serve(
  app: Hono,
  where:
    | { readonly host: string; readonly port: number; readonly ipv6Only?: true }
    | { readonly path: string },
  tls: ServedTls | null = null,
): Promise<Served> {
  const server = createAdaptorServer({ fetch: app.fetch, ...tlsOptions(tls) }) as Server
  if ('path' in where) removeFile(where.path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => resolve())
  })
  if ('path' in where) restrictFile(where.path)
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? null) : null,
    renewTls: () => {
      const pair = tls?.usual() ?? null
      if (pair !== null) (server as TlsServer).setSecureContext({ ...TLS_BASE, ...pair })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref()
      }),
  }
}

function tlsOptions(tls: ServedTls | null) {
  if (tls === null) return {}
  return {
    createServer: createTlsServer,
    serverOptions: {
      ...TLS_BASE,
      ...tls.usual(),
      SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) =>
        done(null, tls.byName()?.(name) ?? tls.context() ?? undefined),
    },
  }
}
