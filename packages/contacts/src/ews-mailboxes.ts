// All mailboxes of an Exchange organisation by its own web service: names are resolved by their beginnings,
// and a beginning with more answers than one message holds is asked for letter by letter.
import { answerTo, type Reading } from './ews-ask.ts'
import { resolveNames } from './ews-soap.ts'
import { SourceFault } from './source.ts'
import { attributeOf, childOf, childrenOf, nodeOf, textAt } from './xml.ts'

/** What addresses begin and go on with. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const GOES_ON = `${LETTERS}.-_`
/** Questions of one listing: beginnings of up to some ten thousand mailboxes. */
const QUESTIONS_MAX = 5_000
/** Beginnings longer than this that are still ambiguous are one name many times. */
const BEGINNING_MAX = 12

/** Addresses of all mailboxes, in their order. Throws `SourceFault`. */
export async function listMailboxes(reading: Reading): Promise<readonly string[]> {
  const found = new Set<string>()
  const waiting = [...LETTERS]
  for (let asked = 0; waiting.length > 0; asked += 1) {
    if (asked >= QUESTIONS_MAX)
      throw new SourceFault({
        reach: 'fatal',
        saw: `After ${QUESTIONS_MAX} questions Exchange still names new mailboxes.`,
        remedy: 'Write the list with Get-Mailbox, and give it with --mailboxes.',
      })
    const beginning = waiting.shift()!
    const { addresses, isWhole } = await resolved(reading, beginning)
    for (const address of addresses) found.add(address)
    if (!isWhole && beginning.length < BEGINNING_MAX)
      waiting.push(...[...GOES_ON].map((letter) => beginning + letter))
    reading.signal.throwIfAborted()
  }
  if (found.size === 0)
    throw new SourceFault({
      reach: 'fatal',
      saw: 'Exchange names no mailbox.',
      remedy:
        'The account may not see the address list. Write the list with Get-Mailbox, and give it with --mailboxes.',
    })
  return [...found].sort()
}

/** What one beginning names; not whole where Exchange says that there are more. */
async function resolved(
  reading: Reading,
  beginning: string,
): Promise<{ readonly addresses: readonly string[]; readonly isWhole: boolean }> {
  try {
    const message = await answerTo(reading, resolveNames(beginning), 'ResolveNames')
    const set = childOf(message, 'ResolutionSet')
    const mailboxes = childrenOf(set, 'Resolution').map((one) => childOf(nodeOf(one), 'Mailbox'))
    const addresses = mailboxes.flatMap((mailbox) => {
      const isMailbox = (textAt(mailbox, 'MailboxType') ?? 'Mailbox') === 'Mailbox'
      const isInternet = (textAt(mailbox, 'RoutingType') ?? 'SMTP').toUpperCase() === 'SMTP'
      const address = textAt(mailbox, 'EmailAddress')
      return isMailbox && isInternet && address?.includes('@') ? [address.toLowerCase()] : []
    })
    return { addresses, isWhole: attributeOf(set, 'IncludesLastItemInRange') !== 'false' }
  } catch (error) {
    if (error instanceof SourceFault && /ErrorNameResolutionNo(?:Results|Mailbox)/.test(error.saw))
      return { addresses: [], isWhole: true }
    throw error
  }
}
