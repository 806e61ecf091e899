// Sends with swaks, as an administrator at a terminal would; PROXY protocol version 2 names the client's
// address.
import { spawn, spawnSync } from 'node:child_process'

export type Sent = {
  /** Exit code of swaks: 0 when the message was accepted. */
  readonly code: number | null
  /** The whole dialog as swaks prints it: ` -> ` we said, `<-  ` and `<** ` the server said. */
  readonly dialog: string
}

/** The reason to skip when swaks is not installed; false when it is. */
export function swaksMissing(): string | false {
  return spawnSync('swaks', ['--version']).status === 0 ? false : 'component missing: swaks'
}

/** One message from `clientIp` to the port. */
export function swaks(options: {
  readonly port: number
  readonly clientIp: string
  readonly helo: string
  readonly from: string
  readonly to: string
  readonly header?: string
  readonly subject?: string
  readonly body?: string
  /** A login, and how it is proven; inside TLS. */
  readonly auth?: { readonly mechanism: string; readonly username: string; readonly password: string }
  /** Further arguments. */
  readonly more?: readonly string[]
}): Promise<Sent> {
  const { port, clientIp, helo, from, to, subject = 'test', body = 'A short text.' } = options
  const args = [
    '--server',
    '127.0.0.1',
    '--port',
    String(port),
    '--helo',
    helo,
    '--from',
    from,
    '--to',
    to,
    '--proxy-version',
    '2',
    '--proxy-command',
    'PROXY',
    '--proxy-family',
    'AF_INET',
    '--proxy-protocol',
    'STREAM',
    '--proxy-source',
    clientIp,
    '--proxy-source-port',
    '40000',
    '--proxy-dest',
    '127.0.0.1',
    '--proxy-dest-port',
    String(port),
    '--header',
    `Subject: ${subject}`,
    '--body',
    body,
    '--timeout',
    '20',
    ...(options.header ? ['--add-header', options.header] : []),
    ...(options.auth ? ['--tls', '--auth', options.auth.mechanism] : []),
    ...(options.auth ? ['--auth-user', options.auth.username, '--auth-password', options.auth.password] : []),
    ...(options.more ?? []),
  ]
  return new Promise((resolve, reject) => {
    const child = spawn('swaks', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let dialog = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      dialog += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      dialog += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, dialog }))
  })
}
