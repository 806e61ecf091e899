// What the machine and its network say of themselves: own addresses, free space, and what a port greets with.
import { statfsSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'

export type Greeting =
  | { readonly kind: 'greeting'; readonly text: string }
  | { readonly kind: 'failed'; readonly why: 'refused' | 'timed-out' | 'unreachable' | 'closed' }

export type Machine = {
  /** Connects to an SMTP port, reads the first reply and quits. Never rejects. */
  greeting(target: { readonly host: string; readonly port: number }): Promise<Greeting>
  /** Addresses of all interfaces, without zone ids. */
  addresses(): readonly string[]
  /** Bytes free to us and in all on the file system of a folder; null when it cannot be told. */
  space(folder: string): { readonly freeBytes: number; readonly totalBytes: number } | null
}

const GREETING_MS = 5_000 // Hosts that tarpit take longer, but then the port is open, which is what matters.
const GREETING_BYTES_MAX = 4_096

export const systemMachine: Machine = {
  greeting: readGreeting,
  addresses: () =>
    Object.values(networkInterfaces()).flatMap((entries) =>
      (entries ?? []).map(({ address }) => address.replace(/%.*$/, '')),
    ),
  space(folder) {
    try {
      const { bavail, blocks, bsize } = statfsSync(folder)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    } catch {
      return null
    }
  },
}

function readGreeting({ host, port }: { readonly host: string; readonly port: number }): Promise<Greeting> {
  return new Promise((resolve) => {
    let text = ''
    let connected = false
    const socket = connect({ host, port, timeout: GREETING_MS })
    const end = (result: Greeting): void => {
      clearTimeout(timer)
      resolve(result)
      socket.destroy()
    }
    const late = (): void =>
      end(connected ? { kind: 'greeting', text: '' } : { kind: 'failed', why: 'timed-out' })
    const timer = setTimeout(late, GREETING_MS)
    socket.setEncoding('latin1')
    socket.on('connect', () => {
      connected = true
    })
    socket.on('data', (chunk: string) => {
      text += chunk
      const isWhole = /^\d{3}(?: [^\n]*)?\r?\n/m.test(text) || text.length > GREETING_BYTES_MAX
      if (!isWhole) return
      socket.write('QUIT\r\n')
      end({ kind: 'greeting', text: text.split(/\r?\n/)[0] ?? '' })
    })
    socket.on('timeout', late)
    socket.on('error', (error: NodeJS.ErrnoException) => end({ kind: 'failed', why: whyOf(error.code) }))
    socket.on('close', () => end({ kind: 'failed', why: 'closed' }))
  })
}

function whyOf(code: string | undefined): 'refused' | 'timed-out' | 'unreachable' | 'closed' {
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ETIMEDOUT') return 'timed-out'
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'closed' : 'unreachable'
}
