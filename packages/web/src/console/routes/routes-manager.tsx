// Delivery routes: where mail goes, tested by name from an edge. Used by the page and by C5.

import { listRoutes } from '@gatepost/contract/route.ts'
import { IconRoute } from '@tabler/icons-react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { AddRoute } from './add-route.tsx'
import { RoutePanel } from './route-panel.tsx'

export function RoutesManager() {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('routes:write')
  const { data, error } = useEndpoint(
    listRoutes,
    { params: { tenant } },
    {
      refetchInterval: (last) =>
        last?.items.some(({ lastTest }) => lastTest?.state === 'running') ? 1_000 : 10_000,
    },
  )
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <>
      {data.items.map((route) => (
        <RoutePanel key={route.id} route={route} />
      ))}
      {data.items.length === 0 && !may && (
        <EmptyState title={t('routesManager.noDeliveryRouteYet')} icon={IconRoute}>
          <p>{t('routesManager.theMailHostsThatAccepted')}</p>
        </EmptyState>
      )}
      {may && <AddRoute first={data.items.length === 0} />}
    </>
  )
}
