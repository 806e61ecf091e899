// SMTP replies (RFC 5321 §4.2) with enhanced status codes (RFC 2034, RFC 3463): written for clients, read
// from next hops.
import { ownText, toLatin1 } from './bytes.ts'
import { replies } from './replies.ts'

export { permanent, replies, transient, withLink } from './replies.ts'

/** One reply. `status` stands at the start of every line; null for greetings, EHLO and 3yz. */
export type Reply = {
  readonly code: number
  readonly status: string | null
  readonly lines: readonly string[]
}
/** 4yz: the client keeps the message and comes again. */
export type TransientReply = Reply & { readonly status: `4.${string}` }
/** 5yz: the client gives up. */
export type PermanentReply = Reply & { readonly status: `5.${string}` }

/** RFC 5321 §4.5.3.1.5: 512 octets with code and CRLF; what is longer goes on in another line. */
const REPLY_LINE_MAX = 512
/** The code, a hyphen, a status such as 5.7.509 and a space. */
const TEXT_MAX = REPLY_LINE_MAX - 4 - 9 - 2

/** Writes a reply with its line endings. Control and 8-bit characters in texts become `?` (RFC 5321 §4.2). */
export function formatReply(reply: Reply): string {
  return written.get(reply) ?? write(reply)
}

/** Replies that are said again and again, as they are written. */
const written = new WeakMap<Reply, string>()

/** Has a reply written once for all the times it will be said; returns it. It must not change any more. */
export function prewritten<R extends Reply>(reply: R): R {
  written.set(reply, write(reply))
  return reply
}

function write(reply: Reply): string {
  const { code, lines } = reply
  const status = reply.status === null ? '' : `${reply.status} `
  const only = lines[0] ?? ''
  if (lines.length < 2 && isPlain(only)) return `${code} ${status}${only}\r\n`
  const written = lines.flatMap((line) => (isPlain(line) ? [line] : wrap(line)))
  const last = written.length - 1
  let text = ''
  for (let i = 0; i < last; i++) text += `${code}-${status}${written[i]}\r\n`
  return `${text}${code} ${status}${written[last] ?? ''}\r\n`
}

/** The text of a reply on one line, as logs and delivery reports show it. */
export function replyText(reply: Reply): string {
  return `${reply.code} ${reply.status === null ? '' : `${reply.status} `}${reply.lines.join(' ')}`
}

for (const reply of Object.values(replies)) if (typeof reply !== 'function') prewritten(reply)

function isPlain(line: string): boolean {
  if (line.length > TEXT_MAX) return false
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i)
    if (code < 32 || code > 126) return false
  }
  return true
}

function wrap(line: string): string[] {
  let rest = line.replace(/[^ -~]/gu, '?')
  const lines: string[] = []
  while (rest.length > TEXT_MAX) {
    const space = rest.lastIndexOf(' ', TEXT_MAX)
    const end = space > TEXT_MAX / 2 ? space : TEXT_MAX
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  lines.push(rest)
  return lines
}

export type ReplyFault = 'line-too-long' | 'too-many-lines' | 'reply-syntax' | 'code-changed'

/** A next hop may write longer lines than 512 octets; none writes these without meaning harm. */
const CLIENT_LINE_MAX = 2048
const CLIENT_LINES_MAX = 100
/** A challenge of AUTH is one line of base64 and may be longer (RFC 4954 §4). */
const CHALLENGE_LINE_MAX = 12_288
/** Replies of one line that a host said before; few say more than five others than the ones to content. */
const KNOWN_MAX = 16
const KNOWN_LENGTH_MAX = 200

/**
 * Reads the replies of a next hop. After a fault nothing is read any more: what a server that breaks the
 * protocol means cannot be known, so the connection is to be closed.
 */
export class ReplyParser {
  /** What broke the protocol, or null. */
  fault: ReplyFault | null = null
  #line = ''
  #code = 0
  #status: string | null = null
  #lines: string[] = []
  /** A host answers MAIL, RCPT and DATA with the same words each time: those are read once. */
  readonly #known = new Map<string, Reply>()

  /** Takes bytes and returns the replies that are complete with them. */
  push(chunk: Uint8Array): Reply[] {
    const replies: Reply[] = []
    let at = 0
    while (this.fault === null && at < chunk.length) {
      const lf = chunk.indexOf(10, at)
      const end = lf === -1 ? chunk.length : lf
      const length = this.#line.length + end - at
      if (length > CLIENT_LINE_MAX && !this.#isChallenge(chunk.subarray(at, end), length)) {
        this.fault = 'line-too-long'
        break
      }
      this.#line += toLatin1(chunk, at, end)
      if (lf === -1) break
      const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line
      this.#line = ''
      at = lf + 1
      const reply = (this.#lines.length === 0 ? this.#known.get(line) : undefined) ?? this.#take(line)
      if (reply === null) continue
      replies.push(reply)
      if (reply.lines.length === 1) this.#know(line, reply)
    }
    return replies
  }

  #know(line: string, reply: Reply): void {
    if (line.length > KNOWN_LENGTH_MAX || this.#known.has(line)) return
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    this.#known.set(line, reply)
  }

  /** Whether part of a reply was read: after STARTTLS that would be text injected in clear (RFC 3207 §6). */
  get hasPending(): boolean {
    return this.#line !== '' || this.#lines.length > 0
  }

  /** Forgets everything read, for the new session inside TLS. */
  reset(): void {
    this.fault = null
    this.#line = ''
    this.#lines = []
  }

  #isChallenge(more: Uint8Array, length: number): boolean {
    if (length > CHALLENGE_LINE_MAX || this.#lines.length > 0) return false
    return (this.#line + toLatin1(more, 0, Math.min(4, more.length))).startsWith('334 ')
  }

  #take(line: string): Reply | null {
    const code = codeOf(line)
    const separator = line.charCodeAt(3)
    if (code === -1 || (line.length > 3 && separator !== 32 && separator !== 45)) {
      this.fault = 'reply-syntax'
      return null
    }
    if (this.#lines.length > 0 && code !== this.#code) {
      this.fault = 'code-changed'
      return null
    }
    if (this.#lines.length >= CLIENT_LINES_MAX) {
      this.fault = 'too-many-lines'
      return null
    }
    const text = line.slice(4)
    const statusLength = statusLengthOf(text, code)
    if (this.#lines.length === 0) {
      this.#code = code
      this.#status = statusLength === 0 ? null : text.slice(0, statusLength)
    }
    this.#lines.push(printable(statusLength === 0 ? text : text.slice(statusLength).trimStart()))
    if (separator === 45) return null
    const lines = this.#lines
    this.#lines = []
    return { code, status: this.#status, lines }
  }
}

/** 200 to 599, or -1. */
function codeOf(line: string): number {
  if (line.length < 3) return -1
  const a = line.charCodeAt(0) - 48
  const b = line.charCodeAt(1) - 48
  const c = line.charCodeAt(2) - 48
  return a < 2 || a > 5 || b < 0 || b > 9 || c < 0 || c > 9 ? -1 : a * 100 + b * 10 + c
}

const STATUS = /^[245]\.[0-9]{1,3}\.[0-9]{1,3}(?= |$)/

/** The length of an enhanced status of the same class as the code, or 0 (RFC 2034 §4). */
function statusLengthOf(text: string, code: number): number {
  const first = text.charCodeAt(0) - 48
  if (first !== Math.floor(code / 100) || text.charCodeAt(1) !== 46) return 0
  return STATUS.exec(text)?.[0].length ?? 0
}

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/g

function printable(text: string): string {
  return text.search(UNPRINTABLE) === -1 ? ownText(text) : text.replace(UNPRINTABLE, '?')
}
