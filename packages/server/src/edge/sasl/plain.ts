// PLAIN (RFC 4616) and LOGIN: name and password as they are, which is why both need TLS.
import { decodeUtf8Strict } from '@gatepost/mail/bytes.ts'
import { saslprep } from '@gatepost/mail/saslprep.ts'

export type NameAndPassword = {
  readonly authzid: string
  readonly username: string
  readonly password: string
}

/** `authzid NUL authcid NUL passwd`; null when it is not that. */
export function parsePlain(octets: Uint8Array): NameAndPassword | null {
  const text = decodeUtf8Strict(octets)
  const parts = text?.split('\0') ?? []
  if (parts.length !== 3) return null
  return prepared(parts[0]!, parts[1]!, parts[2]!)
}

/** The two answers of LOGIN, which no RFC describes: name, then password. */
export function parseLogin(name: Uint8Array, secret: Uint8Array): NameAndPassword | null {
  const username = decodeUtf8Strict(name)
  const password = decodeUtf8Strict(secret)
  return username === null || password === null ? null : prepared('', username, password)
}

function prepared(authzid: string, name: string, secret: string): NameAndPassword | null {
  const username = saslprep(name)
  const password = saslprep(secret)
  const acting = saslprep(authzid)
  if (!username.ok || !password.ok || !acting.ok || username.value === '' || password.value === '')
    return null
  return { authzid: acting.value, username: username.value, password: password.value }
}
