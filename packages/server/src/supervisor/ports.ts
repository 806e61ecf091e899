// Finds out whether every port can be had, and which one port 0 became, before any child starts (decisions
// 25).
import { createServer } from 'node:net'
import type { BootConfig, Endpoint } from '#boot/config-types.ts'
import type { Listening } from './messages.ts'

/** A port that cannot be had; the message names it and says what to do. */
export class PortRefused extends Error {}

/** Binds each configured endpoint once and closes it again. */
export async function settlePorts(config: BootConfig): Promise<readonly Listening[]> {
  const wanted: (Endpoint & Pick<Listening, 'role'> & { key: string })[] = [
    { ...config.http.listen, role: 'http', key: 'http.listen (GATEPOST_HTTP)' },
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
  for (const { role, host, port, key } of wanted) {
    settled.push({ role, host, port: await bindOnce(host, port, key) })
  }
  return settled
}

function bindOnce(host: string, port: number, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new PortRefused(`${key}: ${host}:${port} ${explain(error.code)}`))
    })
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const bound = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(bound))
    })
  })
}

function explain(code: string | undefined): string {
  if (code === 'EADDRINUSE') return 'is in use by another program; stop it or choose another port'
  if (code === 'EACCES') return 'needs more rights (ports below 1024 need root or CAP_NET_BIND_SERVICE)'
  if (code === 'EADDRNOTAVAIL') return 'is not an address of this machine'
  return `cannot be bound (${code ?? 'unknown error'})`
}
