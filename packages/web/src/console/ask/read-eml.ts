// What a dropped message tells about how it came: the envelope its last server wrote, and the client it saw.
import { fieldsNamed, parseHeaderFields } from '@gatepost/mail/header.ts'

export type Dropped = {
  readonly content: string
  readonly ip: string | null
  readonly helo: string | null
  readonly from: string | null
  readonly to: string | null
}

const HEADER_MAX = { maxFields: 1_000, maxBytes: 262_144 }

/** Reads the text of an .eml file. What cannot be found stays null and is asked for. */
export function readEml(text: string): Dropped {
  const content = text.replaceAll(/\r?\n/g, '\r\n')
  const end = content.indexOf('\r\n\r\n')
  const header = new TextEncoder().encode(end < 0 ? content : content.slice(0, end + 2))
  const parsed = parseHeaderFields(header, HEADER_MAX)
  const fields = parsed.ok ? parsed.value : []
  const first = (name: string): string | null => fieldsNamed(fields, name)[0]?.value.trim() ?? null
  const { ip, helo } = clientIn(fieldsNamed(fields, 'received').map(({ value }) => value))
  return {
    content,
    ip,
    helo,
    from: addressIn(first('return-path')),
    to: addressIn(first('delivered-to') ?? first('x-original-to') ?? first('to')),
  }
}

const FROM = /^\s*from\s+(\S+)/i
const LITERAL = /\[(?:ipv6:)?([0-9a-f.:]+)\]/i
const PRIVATE = /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|fe80:|fd|::1$)/i

/** The newest hop whose client is not one of a private network: that is who came in from outside. */
function clientIn(received: readonly string[]): { readonly ip: string | null; readonly helo: string | null } {
  for (const value of received) {
    const ip = LITERAL.exec(value)?.[1] ?? null
    if (ip === null || PRIVATE.test(ip)) continue
    return { ip, helo: FROM.exec(value)?.[1] ?? null }
  }
  return { ip: null, helo: null }
}

function addressIn(value: string | null): string | null {
  return (
    /<([^<>\s]+@[^<>\s]+)>/.exec(value ?? '')?.[1] ??
    /([^\s<>,;"]+@[^\s<>,;"]+)/.exec(value ?? '')?.[1] ??
    null
  )
}
