// C6, the DNS part: the SPF record of each domain, evaluated for what leaves through us.
import { listDomains } from '@gatepost/contract/domain.ts'
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { SpfView } from '#console/domains/spf-panel.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

export function SpfRecord() {
  const { data } = useEndpoint(listDomains, { params: { tenant: useSlug() } })
  const domains = (data?.items ?? []).filter(({ validatedAt }) => validatedAt !== null)
  const [chosen, setChosen] = useState<string | null>(null)
  const [first] = domains
  if (first === undefined) return null
  const domain = domains.find(({ id }) => id === chosen) ?? first
  return (
    <Panel title="SPF record of your domains">
      <div className={stack.stack}>
        {domains.length > 1 && (
          <NativeSelect
            label="Domain"
            data={domains.map(({ id, unicodeName }) => ({ value: id, label: unicodeName }))}
            value={domain.id}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        <SpfView key={domain.id} domain={domain.id} />
        <p className="tx2">
          There may be one SPF record only: keep the includes of your other senders in it. Signing with DKIM,
          under Mail flow › Signing, keeps forwarded mail recognisable too.
        </p>
      </div>
    </Panel>
  )
}
