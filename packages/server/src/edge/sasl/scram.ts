// SCRAM-SHA-256 as the server sees it: two messages each way, without channel binding. RFC 5802, RFC 7677.
import { saslprep } from '@gatepost/mail/saslprep.ts'
import type { ScramKeys } from '#platform/scram-keys.ts'

export type ClientFirst = {
  /** Prepared. */
  readonly username: string
  /** The name to act as: '' where it is left out (RFC 5802 §5.1). */
  readonly authzid: string
  readonly nonce: string
  /** `n,,` as sent: the client repeats it in its second message. */
  readonly gs2Header: string
  /** The part that is signed. */
  readonly bare: string
}

/**
 * The client's first message, or null when it is none. `n` and `y` are taken: we announce no mechanism with
 * channel binding, so a client that could (`y`) was told the truth. `p` asks for what we do not have.
 */
export function parseClientFirst(text: string): ClientFirst | null {
  const match = /^([ny]),(?:a=([^,]*))?,(n=([^,]*),r=([\x21-\x2B\x2D-\x7E]+)(?:,.*)?)$/s.exec(text)
  if (match === null) return null
  const [, flag = '', authzid, bare = '', name = '', nonce = ''] = match
  // RFC 5802 §5.1: `m=` is an extension that must be understood. The pattern takes none before `n=`.
  const username = decodeName(name)
  const acting = authzid === undefined ? '' : decodeName(authzid)
  if (username === null || username === '' || acting === null) return null
  const gs2Header = `${flag},${authzid === undefined ? '' : `a=${authzid}`},`
  return { username, authzid: acting, nonce, gs2Header, bare }
}

/** The server's first message. */
export function serverFirst(first: ClientFirst, ours: string, keys: ScramKeys): string {
  return `r=${first.nonce}${ours},s=${keys.salt},i=${keys.iterations}`
}

/** The client's proof and what it signed, or null when the message does not go with the first two. */
export function parseClientFinal(
  text: string,
  exchange: { readonly first: ClientFirst; readonly nonce: string; readonly serverFirst: string },
): { readonly proof: Uint8Array; readonly authMessage: string } | null {
  const match = /^(c=([A-Za-z0-9+/]+={0,2}),r=([^,]+)(?:,[^m].*)?),p=([A-Za-z0-9+/]+={0,2})$/s.exec(text)
  if (match === null) return null
  const [, withoutProof = '', binding = '', nonce = '', proof = ''] = match
  const { first, serverFirst: said } = exchange
  if (Buffer.from(binding, 'base64').toString('utf8') !== first.gs2Header) return null
  if (nonce !== first.nonce + exchange.nonce) return null
  return { proof: Buffer.from(proof, 'base64'), authMessage: `${first.bare},${said},${withoutProof}` }
}

/** `=2C` and `=3D` stand for comma and equals sign; any other `=` is an error (RFC 5802 §5.1). */
function decodeName(text: string): string | null {
  if (/=(?!2C|3D)/.test(text)) return null
  const prepared = saslprep(text.replaceAll('=2C', ',').replaceAll('=3D', '='))
  return prepared.ok ? prepared.value : null
}
