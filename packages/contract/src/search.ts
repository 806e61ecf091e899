// The search of Ctrl+K: people, domains, policies, groups, services and messages of one organisation.
import * as z from 'zod'
import { Nothing, TenantPath } from './common.ts'
import { endpoint } from './endpoint.ts'

/** Shorter words find half of everything. */
export const SEARCH_LENGTH_MIN = 2
/** Hits of a kind: more is a matter for that kind's own page. */
export const SEARCH_HITS_MAX = 5

export const SearchKind = z.enum(['user', 'domain', 'policy', 'group', 'service', 'route', 'message'])
export type SearchKind = z.infer<typeof SearchKind>

export const SearchHit = z.object({
  kind: SearchKind,
  /** The thing's id, as its own page takes it. */
  id: z.string(),
  label: z.string(),
  /** Second line: an address, a state, who wrote to whom. */
  detail: z.string(),
})
export type SearchHit = z.infer<typeof SearchHit>

export const searchTenant = endpoint({
  name: 'searchTenant',
  method: 'GET',
  path: '/v1/tenants/{tenant}/search',
  tag: 'Organisations',
  allow: 'signed-in',
  summary:
    'People, domains, policies and messages that begin with or hold the words; only kinds one may read.',
  params: TenantPath,
  query: z.object({ q: z.string().trim().max(320).default('') }),
  body: Nothing,
  output: z.object({ items: z.array(SearchHit) }),
  status: 200,
  problems: ['not-found'],
})
