// What the recipient's own list says of the sender: its address, then its domain and the domains above (S3).
import { addressKey, type Mailbox } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import {
  type ManagedSenderRow,
  type ManagedSenderValue,
  managedSenderId,
  managedSenderKey,
  managedSenderRow,
} from '#link/managed-sender.ts'
import { type Fact, type Facts, known, type ManagedSenderEntry } from '#policy/facts.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { HeaderFacts } from './header-facts.ts'
import type { Holder } from './sources.ts'

type Sources = {
  readonly holder: Pick<Holder, 'entryOf'>
  readonly settings: TenantSettings | null
  readonly forwardPath: Mailbox | null
  readonly reversePath: ReversePath
  readonly header: Pick<HeaderFacts, 'authors' | 'authorDomains'> | null
  /** Unix milliseconds: entries may have an end. */
  readonly now: number
}

const NOTHING: Fact<Facts['managedSender']> = known({ permit: null, block: null })
/** Labels of a domain that are looked up; deeper names are nobody's entry. */
const LABELS_MAX = 8

/**
 * The most specific permit and block for the sender of this stage: the envelope's, and once there is a header
 * the author of the From field too. With several authors none of them can permit, since anybody may name a
 * second one. A list that cannot be read makes the fact unknown.
 */
export function managedSenderFact(sources: Sources): Fact<Facts['managedSender']> {
  const { holder, settings, forwardPath, reversePath, header, now } = sources
  if (!settings || !forwardPath) return NOTHING
  // The lists are those of internal users: mail to the outside has none.
  if (!settings.domains.some(({ name }) => name === forwardPath.domain)) return NOTHING
  const user = primaryKeyOf(holder, settings.tenantId, addressKey(forwardPath))
  if (user.kind === 'unknown') return user
  const permits = new Set(reversePath === null ? [] : [addressKey(reversePath)])
  const candidates = new Set(permits)
  for (const author of header?.authors ?? []) candidates.add(author)
  if (header?.authors.length === 1 && header.authorDomains.length === 1) permits.add(header.authors[0]!)
  let permit: ManagedSenderEntry | null = null
  let block: ManagedSenderEntry | null = null
  const asked = new Set<string>()
  for (const address of candidates) {
    for (const sender of namesOf(address)) {
      const isPermitting = permits.has(address)
      if (asked.has(sender) && !isPermitting) continue
      asked.add(sender)
      const found = holder.entryOf(settings.tenantId, 'managed-sender', managedSenderKey(user.value, sender))
      if (found.kind === 'unknown') return found
      if (found.value === null) continue
      const row = managedSenderRow(found.value as unknown as ManagedSenderValue)
      if (row.expiresAt !== null && row.expiresAt <= now) continue
      const entry = entryOf(user.value, sender, row)
      if (row.action === 'block') block = moreSpecific(block, entry)
      else if (isPermitting) permit = moreSpecific(permit, entry)
    }
  }
  return permit === null && block === null ? NOTHING : known({ permit, block })
}

/** The list of an alias is that of its user. An address that nobody has may have entries that wait. */
function primaryKeyOf(holder: Sources['holder'], tenantId: string, key: string): Fact<string> {
  const found = holder.entryOf(tenantId, 'recipient', key)
  if (found.kind === 'unknown') return found
  return known((found.value as { readonly user?: string } | null)?.user ?? key)
}

/** The address, its domain, and the domains above it but for the last label alone. */
function namesOf(address: string): readonly string[] {
  const names = [address]
  let from = address.lastIndexOf('@') + 1
  for (let dot = address.indexOf('.', from); dot !== -1; dot = address.indexOf('.', from)) {
    names.push(address.slice(from))
    from = dot + 1
  }
  // Of deep names the last labels count.
  if (names.length > LABELS_MAX) names.splice(1, names.length - LABELS_MAX)
  return names
}

function entryOf(userKey: string, sender: string, row: ManagedSenderRow): ManagedSenderEntry {
  return {
    id: managedSenderId(userKey, sender),
    sender,
    source: row.source === 'manual' ? 'managed' : row.source,
    onlyIfAuthenticated: row.onlyIfAuthenticated,
  }
}

/** An address before domains; of domains the longer one. */
function moreSpecific(one: ManagedSenderEntry | null, other: ManagedSenderEntry): ManagedSenderEntry {
  if (one === null) return other
  const isAddress = one.sender.includes('@')
  if (isAddress !== other.sender.includes('@')) return isAddress ? one : other
  return other.sender.length > one.sender.length ? other : one
}
