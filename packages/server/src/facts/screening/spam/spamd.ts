// Asks a spamd of SpamAssassin beside us for its score (SPAMC protocol 1.5, SYMBOLS): no answer is null.
import { connect } from 'node:net'
import type { SpamFact } from '#policy/facts.ts'

export type SpamdOptions = {
  readonly host?: string | undefined
  readonly port: number
  readonly timeoutMs?: number | undefined
}

const TIMEOUT_MS = 15_000
const ANSWER_MAX = 65_536

/** Its score and the names of its rules, or null with nobody there. Never rejects. */
export function spamdScore(options: SpamdOptions, content: Uint8Array): Promise<SpamFact | null> {
  const { host = '127.0.0.1', port, timeoutMs = TIMEOUT_MS } = options
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ host, port })
    const finish = (fact: SpamFact | null): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(fact)
    }
    const timer = setTimeout(() => finish(null), timeoutMs)
    socket.on('error', () => finish(null))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (answer.length > ANSWER_MAX) finish(null)
    })
    socket.on('end', () => finish(readAnswer(answer)))
    socket.on('connect', () => {
      socket.write(`SYMBOLS SPAMC/1.5\r\nContent-length: ${content.length}\r\n\r\n`)
      socket.end(content)
    })
  })
}

/** Reads `Spam: True ; 15.2 / 5.0` and the line of rule names behind the head. */
export function readAnswer(answer: string): SpamFact | null {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  if (!/^SPAMD\/[\d.]+ 0 /.test(head)) return null
  const found = /^Spam: *(?:True|False|Yes|No) *; *(-?[\d.]+) *\//im.exec(head)
  if (found === null) return null
  const names = body
    .trim()
    .split(/[,\s]+/)
    .filter((name) => name !== '')
  // This command gives names without points: they are reasons all the same.
  const contributions = names.slice(0, 60).map((name) => ({ name, points: 0, saw: '' }))
  return { score: Number(found[1]), contributions, engine: 'spamd' }
}
