// C6, the DNS part: the SPF record of each domain, evaluated for what leaves through us.

import { listDomains } from '@gatepost/contract/domain.ts'
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { SpfView } from '#console/domains/spf-panel.tsx'
import { useWords } from '#i18n/i18n.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

export function SpfRecord() {
  const words = useWords('connect')
  const { data } = useEndpoint(listDomains, { params: { tenant: useSlug() } })
  const domains = (data?.items ?? []).filter(({ validatedAt }) => validatedAt !== null)
  const [chosen, setChosen] = useState<string | null>(null)
  const [first] = domains
  if (first === undefined) return null
  const domain = domains.find(({ id }) => id === chosen) ?? first
  return (
    <Panel title={words('spf.title')}>
      <div className={stack.stack}>
        {domains.length > 1 && (
          <NativeSelect
            label={words('spf.domain')}
            data={domains.map(({ id, unicodeName }) => ({ value: id, label: unicodeName }))}
            value={domain.id}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        <SpfView key={domain.id} domain={domain.id} />
        <p className="tx2">{words('spf.one')}</p>
      </div>
    </Panel>
  )
}
