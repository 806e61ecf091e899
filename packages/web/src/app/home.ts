// Where a person lands: Connect until all that is required is done, then the dashboard.
import { getConnect } from '@gatepost/contract/connect.ts'
import type { Me } from '@gatepost/contract/session.ts'
import type { QueryClient } from '@tanstack/react-query'
import { call } from '#api/call.ts'
import { keyOf } from '#api/use-endpoint.ts'

export type Home =
  | { readonly to: '/t/$slug/connect' | '/t/$slug/dashboard'; readonly params: { readonly slug: string } }
  | { readonly to: '/system/organizations' }

export async function homeOf(me: Me, queryClient: QueryClient): Promise<Home> {
  const tenant = me.tenants.find(({ permissions }) => permissions.some((one) => one !== 'portal:use'))
  if (!tenant) return { to: '/system/organizations' }
  const input = { params: { tenant: tenant.slug } }
  const connect = await queryClient
    .ensureQueryData({ queryKey: keyOf(getConnect, input), queryFn: () => call(getConnect, input) })
    .catch(() => null)
  const settled = connect !== null && connect.requiredDone >= connect.required
  return { to: settled ? '/t/$slug/dashboard' : '/t/$slug/connect', params: { slug: tenant.slug } }
}

/** The first page of an organisation that the role shows. */
export function startOf(
  me: Me,
  slug: string,
): '/t/$slug/connect' | '/t/$slug/messages' | '/t/$slug/users' | '/t/$slug/audit' | '/t/$slug/senders' {
  const held = me.tenants.find((tenant) => tenant.slug === slug)?.permissions ?? []
  if (held.includes('connect:read')) return '/t/$slug/connect'
  if (held.includes('messages:read')) return '/t/$slug/messages'
  if (held.includes('users:read')) return '/t/$slug/users'
  return held.includes('audit:read') ? '/t/$slug/audit' : '/t/$slug/senders'
}

/** Whether there is anything in the console for somebody; else the portal is their home. */
export function mayAdminister({ operator, tenants }: Me): boolean {
  return operator || tenants.some(({ permissions }) => permissions.some((one) => one !== 'portal:use'))
}
