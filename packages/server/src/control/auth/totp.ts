// Codes of a generator app (RFC 6238): six digits, 30 seconds, one step of tolerance, no step twice.
import { Secret, TOTP } from 'otpauth'

const PERIOD_SECONDS = 30
const KEY_BYTES = 20
/** Clocks of telephones go wrong by less than that. */
const WINDOW = 1

/** A new key in base32, and the address that a QR code carries. */
export function newTotpKey(email: string): { readonly key: string; readonly uri: string } {
  const secret = new Secret({ size: KEY_BYTES })
  return { key: secret.base32, uri: generatorOf(secret.base32, email).toString() }
}

/**
 * The time step that a code is right for, when it is newer than the last one used; else null. The caller
 * stores it, so that a code that was seen cannot be used again.
 */
export function totpStep(
  code: string,
  { key, lastStep, now }: { readonly key: string; readonly lastStep: number; readonly now: number },
): number | null {
  const digits = code.replace(/[\s-]/g, '')
  if (!/^\d{6}$/.test(digits)) return null
  const delta = generatorOf(key, '').validate({ token: digits, timestamp: now, window: WINDOW })
  if (delta === null) return null
  const step = Math.floor(now / 1000 / PERIOD_SECONDS) + delta
  return step > lastStep ? step : null
}

/** The code of a moment; for tests and the sandbox of people's telephones. */
export function totpCode(key: string, now: number): string {
  return generatorOf(key, '').generate({ timestamp: now })
}

function generatorOf(key: string, label: string): TOTP {
  return new TOTP({
    issuer: 'Gatepost',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
    secret: key,
  })
}
