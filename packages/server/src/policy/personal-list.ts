// What a recipient's own list comes to: the more specific entry, and no automatic one against a block
// (behaviour §5.3, S3, S5).
import type { Fact, Facts, ManagedSenderEntry } from './facts.ts'
import { domainOfKey } from './rules/scope.ts'

type Lists = Facts['managedSender']

const NO_LISTS: Lists = { permit: null, block: null }

/** The entries found; a list that could not be read permits and blocks nobody. */
export function listsOf(fact: Fact<Lists> | undefined): Lists {
  return fact?.kind === 'known' ? fact.value : NO_LISTS
}

/**
 * The block that counts: an entry that somebody made for the very address beats one for its domain. What was
 * learned from outbound mail never beats a block.
 */
export function personalBlock({ permit, block }: Lists): ManagedSenderEntry | null {
  if (block === null || permit === null || permit.source === 'auto-allow') return block
  return isMoreSpecific(permit.sender, block.sender) ? null : block
}

/** The permit that counts: none where a block does. */
export function personalPermit(lists: Lists): ManagedSenderEntry | null {
  return personalBlock(lists) === null ? lists.permit : null
}

/** Whether an entry is about this address: by itself, or by its domain or one above (decisions 16). */
export function covers({ sender }: ManagedSenderEntry, address: string): boolean {
  if (sender.includes('@')) return sender === address
  const domain = domainOfKey(address)
  return domain === sender || domain.endsWith(`.${sender}`)
}

/** `managed entry eve@sender.example`, for explanations. */
export function entryText({ sender, source }: ManagedSenderEntry): string {
  return `${source === 'auto-allow' ? 'auto-allow entry' : `${source} entry`} ${sender}`
}

function isMoreSpecific(sender: string, other: string): boolean {
  const isAddress = sender.includes('@')
  return isAddress === other.includes('@') ? sender.length > other.length : isAddress
}
