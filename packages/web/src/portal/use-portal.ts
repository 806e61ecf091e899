// The organisation whose portal is open: the first in which the person may use it.
import { useMe } from '#app/session.ts'

export function usePortalTenant(): string {
  const me = useMe()
  const found = me?.tenants.find(({ permissions }) => permissions.includes('portal:use'))
  return found?.slug ?? ''
}
