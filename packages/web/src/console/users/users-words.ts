// The filters of the list of users in the address bar; part of what every page loads first.
import type { UserFilter } from '@gatepost/contract/user.ts'

/** The list's address carries its filters. */
export type UsersSearch = Partial<UserFilter>

const FIELDS = ['search', 'source', 'connector', 'domain', 'group', 'kind', 'enabled', 'account'] as const

/** Filters of an address bar, without what is no filter. */
export function usersSearch(given: { readonly [name: string]: unknown }): UsersSearch {
  const known: { [name: string]: string } = {}
  for (const name of FIELDS) {
    const value = given[name]
    if (typeof value === 'string' && value !== '') known[name] = value
  }
  return known as UsersSearch
}
