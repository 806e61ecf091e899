// An address that several tenants authorised (decisions 4): where the reverse-path does not tell whose mail
// it is, the content does, and what tells nothing is shown to none of them.

import type { HeaderFacts } from '#facts/header-facts.ts'
import { resentBy } from '#facts/relay-proof.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { authorizedFor } from './credential.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/** Whose mail it is. All but what the content has to tell stays what the envelope made it. Null: nobody's. */
export function ownerOf(
  session: Session,
  transaction: Transaction,
  header: HeaderFacts,
): TenantSettings | null {
  const { directory, reversePath, direction, settings, isForward } = transaction
  if (direction !== 'outbound' || (reversePath !== null && !isForward)) return settings
  const authorized = authorizedFor(session, directory)
  if (authorized.length < 2) return settings
  const found = ownerIn(header, { directory, reversePath, isForward, authorized })
  return found === null ? null : directory.settings(found)
}

/**
 * The tenant that the content names, of those that authorised the address. A report of a host is its
 * author's, and mail for others that of the tenant whose mailbox passed it on (decisions 3).
 */
export function ownerIn(
  { fields, authorDomains }: HeaderFacts,
  from: Pick<Transaction, 'directory' | 'reversePath' | 'isForward'> & {
    readonly authorized: readonly string[]
  },
): string | null {
  const { directory, reversePath, isForward, authorized } = from
  const tenants = new Set(authorDomains.map((domain) => directory.tenantOfDomain(domain)))
  const byAuthor = tenants.size === 1 ? authorized.find((tenantId) => tenants.has(tenantId)) : undefined
  const byMailbox = authorized.find(
    (tenantId) =>
      resentBy(fields, reversePath, (domain) => directory.tenantOfDomain(domain) === tenantId) !== null,
  )
  return (isForward ? (byMailbox ?? byAuthor) : (byAuthor ?? byMailbox)) ?? null
}
