// C2: the method that fits, its form, the tests as they run, and a preview before anything changes.

import { listConnectors } from '@gatepost/contract/directory.ts'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { AddConnector } from '#console/directories/add-connector.tsx'
import { ConnectorView } from '#console/directories/connector-view.tsx'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

export function SynchronizeDirectory() {
  const slug = useSlug()
  const words = useWords('connect')
  const may = useMay('directories:write')
  const [adding, setAdding] = useState(false)
  const { data, error } = useEndpoint(listConnectors, { params: { tenant: slug } })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const isEmpty = data.items.length === 0
  return (
    <div className={stack.stack}>
      {data.items.map(({ id }) => (
        <ConnectorView key={id} id={id} brief />
      ))}
      {may && (isEmpty || adding) && (
        <AddConnector
          onDone={() => setAdding(false)}
          {...(isEmpty ? {} : { onCancel: () => setAdding(false) })}
        />
      )}
      {!isEmpty && !adding && (
        <div className={stack.row}>
          <Link to="/t/$slug/directories" params={{ slug }}>
            {words('directory.more')}
          </Link>
          {may && (
            <Button variant="subtle" onClick={() => setAdding(true)}>
              {words('directory.another')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
