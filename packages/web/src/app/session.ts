// Who is signed in, which organisation the address names, and what the person may do there.
import type { Permission } from '@gatepost/contract/permission.ts'
import { getMe, type Me } from '@gatepost/contract/session.ts'
import { useParams } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'

export type MyTenant = Me['tenants'][number]

export function useMe(): Me | undefined {
  return useEndpoint(getMe, {}, { staleTime: 60_000 }).data
}

/** Slug in the address; empty outside an organisation. */
export function useSlug(): string {
  return useParams({ strict: false }).slug ?? ''
}

/** The organisation of the address, if the person belongs to it. */
export function useMyTenant(): MyTenant | undefined {
  const slug = useSlug()
  return useMe()?.tenants.find((tenant) => tenant.slug === slug)
}

/** Whether the person may do this, in the organisation of the address or in the installation. */
export function useMay(permission: Permission): boolean {
  const me = useMe()
  const tenant = useMyTenant()
  if (permission.startsWith('system:')) return me?.operator ?? false
  return tenant?.permissions.includes(permission) ?? me?.operator ?? false
}
