// Finds out whether every port can be had, and which one port 0 became, before any child starts (decisions
// 25).
import { once } from 'node:events'
import { createServer, isIPv4, isIPv6, type Server } from 'node:net'
import type { BootConfig, Endpoint } from '#boot/config-types.ts'
import { isMail, type Listening } from './messages.ts'

/** A port that cannot be had; the message names it and says what to do. */
export class PortRefused extends Error {}

/** Binds each configured endpoint once and closes it again. */
export async function settlePorts(config: BootConfig): Promise<readonly Listening[]> {
  const wanted: (Endpoint & Pick<Listening, 'role'> & { key: string })[] = [
    { ...config.http.listen, role: 'http', key: 'http.listen (GATEPOST_HTTP)' },
    ...[config.http.tlsListen ?? []].flat().map((at) => ({
      ...at,
      role: 'https' as const,
      key: 'http.tls_listen (GATEPOST_HTTPS)',
    })),
    ...(config.tls.acme?.listen ?? []).map((at) => ({
      ...at,
      role: 'acme' as const,
      key: 'tls.acme.listen (GATEPOST_TLS_ACME_LISTEN)',
    })),
    ...config.smtp.mx.map((at) => ({ ...at, role: 'mx' as const, key: 'smtp.mx (GATEPOST_SMTP_MX)' })),
    ...config.smtp.submission.map((at) => ({
      ...at,
      role: 'submission' as const,
      key: 'smtp.submission (GATEPOST_SMTP_SUBMISSION)',
    })),
    ...config.smtp.submissions.map((at) => ({
      ...at,
      role: 'submissions' as const,
      key: 'smtp.submissions (GATEPOST_SMTP_SUBMISSIONS)',
    })),
  ]
  const settled: Listening[] = []
  const bound: Server[] = []
  try {
    for (const { role, host, port, key } of wanted) {
      const family = sharesPort({ host, port }, wanted) ? ({ ipv6Only: true } as const) : {}
      const other = wanted.slice(0, bound.length).find((one) => port !== 0 && one.port === port)
      const server = await bindOnce({ host, port, ...family }, { key, other: other?.key })
      bound.push(server)
      const address = server.address()
      const real = typeof address === 'object' && address ? address.port : port
      settled.push({ role, host, port: real, ...family })
    }
  } finally {
    // All at the end: a port let go at once could be given to the next listener that takes any.
    await Promise.all(bound.map((server) => new Promise((resolve) => server.close(resolve))))
  }
  return settled
}

/**
 * Holds the ports that the system chose until the workers listen: they share theirs (`reusePort`), so another
 * gateway that starts meanwhile and is given the same number would share it too. Returns the release.
 */
export async function holdPorts(
  listening: readonly Listening[],
  { smtp }: Pick<BootConfig, 'smtp'>,
): Promise<() => void> {
  const configured = new Set([...smtp.mx, ...smtp.submission, ...smtp.submissions].map(({ port }) => port))
  const chosen = listening.filter(({ role, port }) => isMail({ role }) && !configured.has(port))
  const held = chosen.map(({ host, port }) => {
    const server = createServer((socket) => socket.destroy())
    // Somebody else has it already: the workers will say so.
    server.on('error', () => {})
    server.listen({ host, port, reusePort: true })
    return server
  })
  await Promise.all(held.map((server) => Promise.race([once(server, 'listening'), once(server, 'error')])))
  return () => {
    for (const server of held) server.close()
  }
}

/** Whether IPv4 on the port of an IPv6 listener is another one's, as with `[::]:25` beside `0.0.0.0:25`. */
function sharesPort({ host, port }: Endpoint, all: readonly Endpoint[]): boolean {
  return isIPv6(host) && port !== 0 && all.some((other) => other.port === port && isIPv4(other.host))
}

function bindOnce(
  where: Endpoint & { readonly ipv6Only?: true },
  { key, other }: { readonly key: string; readonly other: string | undefined },
): Promise<Server> {
  const { host, port } = where
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const shown = host.includes(':') ? `[${host}]` : host
      reject(new PortRefused(`${key}: ${shown}:${port} ${explain(error.code, other)}`))
    })
    server.listen({ ...where, exclusive: true }, () => resolve(server))
  })
}

/** `other` is the key of a listener of ours with the same port. */
function explain(code: string | undefined, other: string | undefined): string {
  if (code === 'EADDRINUSE' && other !== undefined) return `is taken by ${other}; choose another port`
  if (code === 'EADDRINUSE') return 'is in use by another program; stop it or choose another port'
  if (code === 'EACCES') return 'needs more rights (ports below 1024 need root or CAP_NET_BIND_SERVICE)'
  if (code === 'EADDRNOTAVAIL') return 'is not an address of this machine'
  if (code === 'EAFNOSUPPORT') return 'cannot be bound: this machine has no IPv6; leave it out'
  return `cannot be bound (${code ?? 'unknown error'})`
}
