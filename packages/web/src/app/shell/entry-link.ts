// Where an entry of the navigation leads, and whether it is the page one is on.
import { useLocation } from '@tanstack/react-router'
import type { Entry, TenantAddress } from './navigation-types.ts'

export type Where = { readonly pathname: string; readonly state: unknown }

export function useWhere(): Where {
  const { pathname, search } = useLocation()
  return { pathname, state: (search as { readonly state?: unknown }).state }
}

/**
 * Props of the entry's link. Held mail and Queue are one page: which of them one is on stands in its filter,
 * and without a filter it is the queue, which the router would not know.
 */
export function entryLink({ to, search }: Entry<TenantAddress>, slug: string, where: Where) {
  const link = { to, params: { slug }, ...(search ? { search } : {}) }
  const isQueue =
    search?.state === 'queued' && where.pathname === `/t/${slug}/queue` && where.state !== 'held'
  // Groups have an entry of their own below the address of policies.
  const isAbove = to === '/t/$slug/policies' && where.pathname.startsWith(`/t/${slug}/policies/groups`)
  return {
    ...link,
    activeOptions: { includeSearch: search !== undefined, exact: isAbove },
    ...(isQueue ? ({ 'data-status': 'active', 'aria-current': 'page' } as const) : {}),
  }
}
