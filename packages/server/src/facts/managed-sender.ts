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
import { type Fact, type Facts, known, type ManagedSenderEntry, unknown } from '#policy/facts.ts'
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
  const envelopeFrom = reversePath === null ? null : addressKey(reversePath)
  const authors = header?.authors ?? NOBODY
  // The only author of a header that names one domain; of several, anybody may have named the second.
  const author = authors.length === 1 && header?.authorDomains.length === 1 ? authors[0]! : null
  const search: Search = {
    holder,
    tenantId: settings.tenantId,
    user: user.value,
    now,
    permit: null,
    block: null,
  }
  let fault = envelopeFrom === null ? null : look(search, envelopeFrom, true)
  for (const address of authors) {
    if (address !== envelopeFrom) fault ??= look(search, address, address === author)
  }
  if (fault !== null) return unknown(fault)
  const { permit, block } = search
  return permit === null && block === null ? NOTHING : known({ permit, block })
}

type Search = {
  readonly holder: Sources['holder']
  readonly tenantId: string
  readonly user: string
  readonly now: number
  permit: ManagedSenderEntry | null
  block: ManagedSenderEntry | null
}

const NOBODY: readonly string[] = []

/**
 * Looks for entries about an address and the domains it lies in; returns why when the list cannot be read.
 */
function look(search: Search, address: string, isPermitting: boolean): string | null {
  const { holder, tenantId, user, now } = search
  for (const sender of namesOf(address)) {
    const found = holder.entryOf(tenantId, 'managed-sender', managedSenderKey(user, sender))
    if (found.kind === 'unknown') return found.why
    if (found.value === null) continue
    const row = managedSenderRow(found.value as unknown as ManagedSenderValue)
    if (row.expiresAt !== null && row.expiresAt <= now) continue
    const entry = entryOf(user, sender, row)
    if (row.action === 'block') search.block = moreSpecific(search.block, entry)
    else if (isPermitting) search.permit = moreSpecific(search.permit, entry)
  }
  return null
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
