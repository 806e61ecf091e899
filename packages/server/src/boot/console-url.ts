// The console's outward address: what the start prints, links are built on, and `gatepost check` tells.
import type { BootConfig } from './config-types.ts'

type At = { readonly role: string; readonly port: number }

/**
 * `GATEPOST_URL`, or our name where the console has TLS of its own, or the loopback address that it listens
 * on. Ends with a slash. `listening` knows the real ports, where those differ from the configured ones.
 */
export function consoleUrl({ http, hostname }: BootConfig, listening: readonly At[] = []): string {
  if (http.url) return http.url.endsWith('/') ? http.url : `${http.url}/`
  const https = listening.find(({ role }) => role === 'https')?.port ?? http.tlsListen?.port
  if (https !== undefined) return new URL(`https://${hostname}:${https}/`).href
  const port = listening.find(({ role }) => role === 'http')?.port ?? http.listen.port
  return `http://localhost:${port}/`
}
