// The browser's passkey functions: asked for a new one, or for one that is there.

import type { FactorAdded } from '@gatepost/contract/account.ts'
import { addPasskey, startPasskey } from '@gatepost/contract/account.ts'
import type { Me } from '@gatepost/contract/session.ts'
import { signInWithPasskey, startPasskeySignIn } from '@gatepost/contract/sign-in.ts'
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { call } from '#api/call.ts'

/** Whether this browser and address can use passkeys at all: it needs https, or this very machine. */
export function passkeysWork(): boolean {
  return browserSupportsWebAuthn() && window.isSecureContext
}

/** The person turned the browser's question away, or it took too long. */
export class PasskeyDeclined extends Error {
  readonly why: 'known' | 'unused' | 'other'
  constructor(why: PasskeyDeclined['why'], message: string) {
    super(message)
    this.why = why
  }
}

export async function registerPasskey(name: string): Promise<FactorAdded> {
  const { options } = await call(startPasskey)
  const response = await asked(() => startRegistration({ optionsJSON: options as never }))
  return call(addPasskey, { body: { name, response: { ...response } } })
}

/** Signs in by passkey, alone or as the second step. */
export async function signInByPasskey(): Promise<Me> {
  const { ticket, options } = await call(startPasskeySignIn)
  const response = await asked(() => startAuthentication({ optionsJSON: options as never }))
  return call(signInWithPasskey, { body: { ticket, response: { ...response } } })
}

async function asked<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (error) {
    const { name, message } = error as Error
    if (name === 'InvalidStateError')
      throw new PasskeyDeclined('known', 'This authenticator holds a passkey of yours already.')
    if (name === 'NotAllowedError')
      throw new PasskeyDeclined('unused', 'No passkey was used. Try again, or take another way.')
    throw new PasskeyDeclined('other', message)
  }
}
