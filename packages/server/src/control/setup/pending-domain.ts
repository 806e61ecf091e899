// The primary domain of a new organisation: stored as pending with the token of its proof records.
import { domainToUnicode } from 'node:url'
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'

/** A proof token that was not used for so long is renewed by adding the domain again. */
export const PENDING_DOMAIN_MS = 14 * 24 * 3_600_000
/** 128 bit in hex: fits a DNS label in lower case, which a CNAME's name needs. */
const TOKEN_LENGTH = 32

/** Inserts a pending domain; `name` is in A-labels. Returns its id. */
export async function insertPendingDomain(
  trx: Trx,
  domain: {
    readonly tenantId: string
    readonly name: string
    readonly isPrimary: boolean
    readonly revision: number
    readonly now: number
  },
): Promise<string> {
  const { tenantId, name, now } = domain
  const id = newId('dom', now)
  await trx
    .insertInto('domain')
    .values({
      id,
      tenant_id: tenantId,
      name,
      unicode_name: domainToUnicode(name) || name,
      is_primary: domain.isPrimary ? 1 : 0,
      token: newDomainToken(),
      validated_at: null,
      validated_by: null,
      expires_at: now + PENDING_DOMAIN_MS,
      recipient_mode: 'accept-all',
      unknown_recipient: 'reject',
      route_id: null,
      observation: null,
      checked_at: null,
      next_check_at: now,
      failures: 0,
      mx_before: null,
      created_at: now,
      revision: domain.revision,
    })
    .execute()
  return id
}

export function newDomainToken(): string {
  return digestOf(newSecret()).slice(0, TOKEN_LENGTH)
}
