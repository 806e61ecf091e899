// Words for what users are and where they come from, and the filters of the list.
import type { UserFilter, UserKind, UserSource } from '@gatepost/contract/user.ts'

export const SOURCES: readonly UserSource[] = [
  'manual',
  'spreadsheet',
  'seen-in-mail',
  'directory',
  'agent',
  'entra',
  'google',
]

export const KINDS: readonly UserKind[] = [
  'user',
  'shared-mailbox',
  'resource',
  'contact',
  'public-folder',
  'group',
]

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
