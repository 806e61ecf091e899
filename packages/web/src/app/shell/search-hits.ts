// What the server finds for the search, with the page that each kind has.
import {
  SEARCH_LENGTH_MIN,
  type SearchHit,
  type SearchKind,
  searchTenant,
} from '@gatepost/contract/search.ts'
import {
  IconInbox,
  IconPlugConnected,
  IconRoute,
  IconShield,
  IconUser,
  IconUsersGroup,
  IconWorld,
} from '@tabler/icons-react'
import { useEndpoint } from '#api/use-endpoint.ts'

type KindWords = { readonly group: string; readonly icon: typeof IconUser }

/** In the order in which groups are shown. */
export const kindWords: { readonly [Kind in SearchKind]: KindWords } = {
  user: { group: 'People', icon: IconUser },
  domain: { group: 'Domains', icon: IconWorld },
  policy: { group: 'Policies', icon: IconShield },
  group: { group: 'Policies', icon: IconUsersGroup },
  service: { group: 'Policies', icon: IconPlugConnected },
  route: { group: 'Domains', icon: IconRoute },
  message: { group: 'Messages', icon: IconInbox },
}

/** Where a hit leads: path and query of its page. */
export function placeOf({ kind, id }: SearchHit, slug: string): string {
  const base = `/t/${slug}`
  switch (kind) {
    case 'user':
      return `${base}/users/${encodeURIComponent(id)}`
    case 'domain':
      return `${base}/domains`
    case 'policy':
      return `${base}/policies/${encodeURIComponent(id)}`
    case 'group':
      return `${base}/policies/groups?group=${encodeURIComponent(id)}`
    case 'service':
      return `${base}/services`
    case 'route':
      return `${base}/routes`
    case 'message':
      return `${base}/messages/${encodeURIComponent(id)}`
  }
}

/** Hits for what is asked now; the last ones stay until new ones come. */
export function useSearchHits(slug: string | undefined, query: string) {
  const enabled = slug !== undefined && query.length >= SEARCH_LENGTH_MIN
  const { data, isFetching } = useEndpoint(
    searchTenant,
    { params: { tenant: slug ?? '' }, query: { q: query } },
    { enabled, keepPrevious: true, staleTime: 10_000 },
  )
  return { hits: enabled ? (data?.items ?? []) : [], isSearching: enabled && isFetching }
}
