// Seals mail that we pass on (RFC 8617): what our authentication found travels on, signed, to hosts that
// trust us.
import { toLatin1 } from '@gatepost/mail/bytes.ts'
import type { HeaderField } from '@gatepost/mail/header.ts'
import { relaxed, withoutEnding, withoutSignature } from './header-hash.ts'
import {
  folded,
  foldedBase64,
  type MessageToSign,
  type SigningKey,
  signatureOf,
  signedField,
} from './sign.ts'

/** Validation of the chain as it came; a failed one is not sealed again (RFC 8617 §5.1). */
export type SealedState = 'none' | 'pass'

export type Sealing = {
  readonly message: MessageToSign
  /** Fields of the chain as it came, in any order. */
  readonly chain: readonly HeaderField[]
  readonly state: SealedState
  /** Our authserv-id and what we found, as in Authentication-Results; folded lines are unfolded. */
  readonly results: string
  /** An RSA key: RFC 8617 §4.1.3 knows the algorithms of DKIM, and verifiers know RSA. */
  readonly key: SigningKey
  /** Epoch milliseconds. */
  readonly now: number
}

const NAMES = ['arc-authentication-results', 'arc-message-signature', 'arc-seal'] as const
/** RFC 8617 §4.2.1. */
const INSTANCES_MAX = 50
/** Fields of those who signed before; changes to them are what a chain is to show. */
const ALSO_SIGNED = ['dkim-signature'] as const

/**
 * The three fields of a further set, topmost first, with line endings; null when there is no room for one.
 */
export async function arcSeal(sealing: Sealing): Promise<string | null> {
  const { message, chain, state, results, key, now } = sealing
  const sets = setsOf(chain)
  if (sets === null) return null
  const instance = sets.length + 1
  // A chain that is there and was not validated would be vouched for blindly.
  if (instance > INSTANCES_MAX || sets.length > 0 !== (state === 'pass')) return null
  const at = Math.floor(now / 1_000)
  const { domain, selector, algorithm } = key
  const ours = [`a=${algorithm}`, `d=${domain}`, `s=${selector}`, `t=${at}`]
  const resultsField = `ARC-Authentication-Results: i=${instance}; ${results}\r\n`
  const signature = await signedField('ARC-Message-Signature', {
    tags: [`i=${instance}`, 'c=relaxed/relaxed', ...ours],
    fields: message.signedFields(ALSO_SIGNED),
    message,
    algorithm,
    key: key.key,
  })
  const head = `ARC-Seal: ${folded([`i=${instance}`, `cv=${state}`, ...ours])};\r\n\tb=`
  let text = ''
  for (const set of sets) for (const field of set) text += `${relaxed(field)}\r\n`
  text += `${relaxed(withoutEnding(resultsField))}\r\n${relaxed(withoutEnding(signature))}\r\n`
  text += withoutSignature(relaxed(head))
  const seal = foldedBase64(await signatureOf(Buffer.from(text, 'latin1'), algorithm, key.key))
  return `${head}${seal}\r\n${signature}${resultsField}`
}

/** The sets by instance, each in the order it is sealed in; null for a chain that is not whole. */
function setsOf(chain: readonly HeaderField[]): readonly (readonly string[])[] | null {
  const sets = new Map<number, Map<string, string>>()
  for (const { nameLower, value, raw } of chain) {
    const instance = Number(/(?:^|;)\s*i\s*=\s*([0-9]{1,2})\s*(?:;|$)/.exec(value)?.[1] ?? 0)
    const set = sets.get(instance) ?? new Map<string, string>()
    if (instance < 1 || set.has(nameLower)) return null
    sets.set(instance, set.set(nameLower, withoutEnding(toLatin1(raw))))
  }
  const whole: string[][] = []
  for (let instance = 1; instance <= sets.size; instance++) {
    const set = sets.get(instance)
    const fields = NAMES.flatMap((name) => set?.get(name) ?? [])
    if (fields.length !== NAMES.length) return null
    whole.push(fields)
  }
  return whole
}
