// Words for what users are and where they come from, and the filters of the list.
import type { BulkAction, UserFilter, UserKind, UserSource } from '@gatepost/contract/user.ts'

export const sourceWords: { readonly [Source in UserSource]: string } = {
  manual: 'by hand',
  spreadsheet: 'spreadsheet',
  'seen-in-mail': 'seen in mail',
  directory: 'directory',
  agent: 'agent',
  entra: 'Entra ID',
  google: 'Google',
}

export const kindWords: { readonly [Kind in UserKind]: string } = {
  user: 'Person',
  'shared-mailbox': 'Shared mailbox',
  resource: 'Room or equipment',
  contact: 'Contact',
  'public-folder': 'Public folder',
  group: 'Group with an address',
}

export const actionWords: { readonly [Action in BulkAction]: string } = {
  enable: 'Allow sign-in',
  disable: 'Stop sign-in',
  'add-to-group': 'Add to group',
  'take-from-group': 'Take out of group',
  remove: 'Remove',
}

export const doneWords: { readonly [Action in BulkAction]: string } = {
  enable: 'may sign in',
  disable: 'cannot sign in any more',
  'add-to-group': 'put into the group',
  'take-from-group': 'taken out of the group',
  remove: 'removed',
}

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
