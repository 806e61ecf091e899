// Passkeys (WebAuthn): what the browser is asked, and whether its answer is right. The name they are bound to
// is the host of GATEPOST_URL and cannot change later.
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'

/** Loaded when the first passkey is used: with all it brings along it is an eighth of control's code. */
const library = () => import('@simplewebauthn/server')

/** A credential as kept. */
export type StoredPasskey = {
  readonly credentialId: string
  /** Public key in base64url. */
  readonly publicKey: string
  readonly transports: readonly string[]
  readonly counter: number
}

export type Place = { readonly rpId: string; readonly origin: string }

/** Host and origin of the console's outward address. */
export function placeOf(url: string): Place {
  const { hostname, origin } = new URL(url)
  return { rpId: hostname, origin }
}

export async function registrationOptions(
  { rpId }: Place,
  person: {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly known: readonly string[]
  },
): Promise<{ readonly challenge: string; readonly options: object }> {
  const { generateRegistrationOptions } = await library()
  const options = await generateRegistrationOptions({
    rpName: 'Gatepost',
    rpID: rpId,
    userName: person.email,
    userDisplayName: person.name,
    userID: new Uint8Array(Buffer.from(person.id, 'utf8')),
    attestationType: 'none',
    excludeCredentials: person.known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { challenge: options.challenge, options }
}

/** Null when the answer is not right for the challenge and this place. */
export async function verifyRegistration(
  { rpId, origin }: Place,
  answer: { readonly response: unknown; readonly challenge: string },
): Promise<StoredPasskey | null> {
  try {
    const { verifyRegistrationResponse } = await library()
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer.response as RegistrationResponseJSON,
      expectedChallenge: answer.challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
    })
    if (!verified || !registrationInfo) return null
    const { credential } = registrationInfo
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      transports: [...(credential.transports ?? [])],
      counter: credential.counter,
    }
  } catch {
    // The library throws for every answer that it does not like; why is of no use to whoever sent it.
    return null
  }
}

/** Asks for any passkey of this place: who it is comes with the answer. */
export async function authenticationOptions({
  rpId,
}: Place): Promise<{ readonly challenge: string; readonly options: object }> {
  const { generateAuthenticationOptions } = await library()
  const options = await generateAuthenticationOptions({ rpID: rpId, userVerification: 'required' })
  return { challenge: options.challenge, options }
}

/** The id of the credential that an answer speaks of, or null. */
export function credentialIdOf(response: unknown): string | null {
  const id = (response as { readonly id?: unknown } | null)?.id
  return typeof id === 'string' && id.length <= 1_400 ? id : null
}

/** The new signature counter, or null when the answer is not right. */
export async function verifyAuthentication(
  { rpId, origin }: Place,
  answer: { readonly response: unknown; readonly challenge: string; readonly passkey: StoredPasskey },
): Promise<number | null> {
  const { response, challenge, passkey } = answer
  try {
    const { verifyAuthenticationResponse } = await library()
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
        transports: [...passkey.transports] as AuthenticatorTransport[],
      },
    })
    return verified ? authenticationInfo.newCounter : null
  } catch {
    return null
  }
}
