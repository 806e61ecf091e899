// Puts the application on a port or a socket, and takes it off again.
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { removeFile, restrictFile } from '#platform/files.ts'

/** Requests under way get this long at the end, in milliseconds. */
const CLOSE_MS = 2_000

export type Served = {
  /** The real one where 0 was asked for; null for a socket. */
  readonly port: number | null
  close(): Promise<void>
}

/**
 * Listens on a TCP port, or on a unix socket that only we may open (0600). Rejects when it cannot be bound.
 */
export async function serve(
  app: Hono,
  where: { readonly host: string; readonly port: number } | { readonly path: string },
): Promise<Served> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  if ('path' in where) removeFile(where.path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => resolve())
  })
  if ('path' in where) restrictFile(where.path)
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? null) : null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref()
      }),
  }
}
