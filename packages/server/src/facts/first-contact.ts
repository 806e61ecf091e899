// Whether the author of a message wrote here before (F4). An author nobody vouches for is remembered apart:
// whoever forges a known address is a stranger all the same.
import { addressKey } from '@gatepost/mail/address.ts'
import {
  isKnownAuthorStale,
  type KnownAuthorValue,
  knownAuthorKey,
  proofOfAuthor,
  UNPROVEN,
} from '#link/known-author.ts'
import { type Fact, type FirstContactFact, known, unknown } from '#policy/facts.ts'
import type { FactContext } from './gather.ts'

type Answer = Fact<FirstContactFact>

/** Asks the replica; a list that cannot be read, or results that could not be had, make it unknown. */
export async function firstContactFact(context: FactContext): Promise<Answer> {
  const { settings, forwardPath, header } = context
  if (settings === null || forwardPath === null || header === null) return unknown('no header yet')
  const [author] = header.authors
  if (author === undefined || header.people.length !== 1) return unknown('the author cannot be told')
  const found = await context.lookUps.authentication()
  if (found.kind === 'unknown') return found
  const proof = proofOfAuthor(found.value)
  if (proof === 'unknown') return unknown('whether the author is who it says could not be found out')
  const recipient = recipientKeyOf(context, settings.tenantId, addressKey(forwardPath))
  if (recipient.kind === 'unknown') return recipient
  // Somebody known without proof who proves it now is no stranger; the other way round it is one.
  const names = proof === 'proven' ? [author, UNPROVEN + author] : [UNPROVEN + author]
  return lookUp(context, { tenantId: settings.tenantId, recipient: recipient.value, names })
}

function lookUp(
  { holder, now }: FactContext,
  asked: { readonly tenantId: string; readonly recipient: string; readonly names: readonly string[] },
): Answer {
  const { tenantId, recipient, names } = asked
  const author = names[0]!
  let wroteTo: FirstContactFact['wroteTo'] = 'nobody'
  for (const name of names) {
    const own = holder.entryOf(tenantId, 'known-author', knownAuthorKey(recipient, name))
    if (own.kind === 'unknown') return own
    if (own.value !== null) {
      const value = own.value as unknown as KnownAuthorValue
      return known({ author, wroteTo: 'recipient', isStale: isKnownAuthorStale(value, now) })
    }
    const any = holder.entryOf(tenantId, 'known-author', knownAuthorKey('', name))
    if (any.kind === 'unknown') return any
    if (any.value !== null) wroteTo = 'organisation'
  }
  return known({ author, wroteTo, isStale: false })
}

/** What is known of an alias is known of its user. */
function recipientKeyOf({ holder }: FactContext, tenantId: string, key: string): Fact<string> {
  const found = holder.entryOf(tenantId, 'recipient', key)
  if (found.kind === 'unknown') return found
  return known((found.value as { readonly user?: string } | null)?.user ?? key)
}
