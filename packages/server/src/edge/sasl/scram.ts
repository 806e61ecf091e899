// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS as the server sees them: two messages each way. RFC 5802, RFC 7677.
import { saslprep } from '@gatepost/mail/saslprep.ts'
import type { ScramKeys } from '#platform/scram-keys.ts'
import type { BindingName } from './channel-binding.ts'

export type ClientFirst = {
  /** Prepared. */
  readonly username: string
  /** The name to act as: '' where it is left out (RFC 5802 §5.1). */
  readonly authzid: string
  readonly nonce: string
  /** What binds it to the connection; null without PLUS. */
  readonly binding: BindingName | null
  /** `n,,` as sent: the client repeats it in its second message. */
  readonly gs2Header: string
  /** The part that is signed. */
  readonly bare: string
}

/** Flag of channel binding, authzid, and the bare message with name and nonce (RFC 5802 §7). */
const CLIENT_FIRST =
  /^(n|p=tls-exporter|p=tls-server-end-point),(?:a=([^,]*))?,(n=([^,]*),r=([\x21-\x2B\x2D-\x7E]+)(?:,.*)?)$/s

/**
 * The client's first message, or null when it is none. With PLUS it names a binding. Without, `n` is taken
 * and
 * `y` is not: we announce PLUS, so a client that could bind and did not see it was lied to (RFC 5802 §6).
 */
export function parseClientFirst(text: string, isPlus = false): ClientFirst | null {
  const match = CLIENT_FIRST.exec(text)
  if (match === null) return null
  const [, flag = '', authzid, bare = '', name = '', nonce = ''] = match
  if ((flag !== 'n') !== isPlus) return null
  // RFC 5802 §5.1: `m=` is an extension that must be understood. The pattern takes none before `n=`.
  const username = decodeName(name)
  const acting = authzid === undefined ? '' : decodeName(authzid)
  if (username === null || username === '' || acting === null) return null
  const gs2Header = `${flag},${authzid === undefined ? '' : `a=${authzid}`},`
  const binding = flag === 'n' ? null : (flag.slice(2) as BindingName)
  return { username, authzid: acting, nonce, binding, gs2Header, bare }
}

/** The server's first message. */
export function serverFirst(first: ClientFirst, ours: string, keys: ScramKeys): string {
  return `r=${first.nonce}${ours},s=${keys.salt},i=${keys.iterations}`
}

/** The client's proof and what it signed, or null when the message does not go with the first two. */
export function parseClientFinal(
  text: string,
  exchange: {
    readonly first: ClientFirst
    readonly nonce: string
    readonly serverFirst: string
    /** Of the connection that it came over; null without PLUS. */
    readonly bound?: Uint8Array | null
  },
): { readonly proof: Uint8Array; readonly authMessage: string } | null {
  const match = /^(c=([A-Za-z0-9+/]+={0,2}),r=([^,]+)(?:,[^m].*)?),p=([A-Za-z0-9+/]+={0,2})$/s.exec(text)
  if (match === null) return null
  const [, withoutProof = '', binding = '', nonce = '', proof = ''] = match
  const { first, serverFirst: said, bound = null } = exchange
  const expected = Buffer.concat([Buffer.from(first.gs2Header), bound ?? Buffer.alloc(0)])
  if (!expected.equals(Buffer.from(binding, 'base64'))) return null
  if (nonce !== first.nonce + exchange.nonce) return null
  return { proof: Buffer.from(proof, 'base64'), authMessage: `${first.bare},${said},${withoutProof}` }
}

/** `=2C` and `=3D` stand for comma and equals sign; any other `=` is an error (RFC 5802 §5.1). */
function decodeName(text: string): string | null {
  if (/=(?!2C|3D)/.test(text)) return null
  const prepared = saslprep(text.replaceAll('=2C', ',').replaceAll('=3D', '='))
  return prepared.ok ? prepared.value : null
}
