// An address that several tenants authorised (decisions 4): where the reverse-path does not tell whose mail it
// is, the content does, and what tells nothing is shown to none of them.

import type { HeaderFacts } from '#facts/header-facts.ts'
import { resentBy } from '#facts/relay-proof.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { authorizedFor } from './credential.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/**
 * Whose mail it is. A report of a host is its author's, and mail for others is that of the tenant whose mailbox
 * passed it on (decisions 3). All other mail stays what the envelope made it. Null: nobody's.
 */
export function ownerOf(
  session: Session,
  transaction: Transaction,
  header: HeaderFacts,
): TenantSettings | null {
  const { directory, reversePath, direction, settings, isForward } = transaction
  if (direction !== 'outbound' || (reversePath !== null && !isForward)) return settings
  const authorized = authorizedFor(session, directory)
  if (authorized.length < 2) return settings
  const byAuthor = authorOf(transaction, header, authorized)
  const byMailbox = authorized.find((tenantId) => isPassedOnBy(tenantId, transaction, header))
  const found = isForward ? (byMailbox ?? byAuthor) : (byAuthor ?? byMailbox)
  return found === undefined ? null : directory.settings(found)
}

function authorOf(
  { directory }: Transaction,
  { authorDomains }: HeaderFacts,
  authorized: readonly string[],
): string | undefined {
  const tenants = new Set(authorDomains.map((domain) => directory.tenantOfDomain(domain)))
  return tenants.size === 1 ? authorized.find((tenantId) => tenants.has(tenantId)) : undefined
}

function isPassedOnBy(
  tenantId: string,
  { directory, reversePath }: Transaction,
  { fields }: HeaderFacts,
): boolean {
  const isTheirs = (domain: string): boolean => directory.tenantOfDomain(domain) === tenantId
  return resentBy(fields, reversePath, isTheirs) !== null
}
