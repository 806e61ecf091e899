// Trusted services: each with the policies it has made, and the form that makes one (S7).
import { listServices, proposeService } from '@gatepost/contract/service.ts'
import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { emptyDraft, ServiceForm } from './service-form.tsx'
import { ServicePanel } from './service-panel.tsx'

const LEAD =
  'A sender that is trusted as one thing. It makes its policies together, shows them, and takes them away ' +
  'together. None of them ever skips virus checks, DMARC refusals or blocked senders.'

export function ServicesPage() {
  const tenant = useSlug()
  const may = useMay('policies:write')
  const { message } = useSearch({ from: '/console/t/$slug/services' })
  const navigate = useNavigate()
  const [isAdding, setAdding] = useState(false)
  const { data, error } = useEndpoint(listServices, { params: { tenant } })
  const close = () => {
    setAdding(false)
    void navigate({ to: '/t/$slug/services', params: { slug: tenant }, search: {}, replace: true })
  }
  if (!data) {
    return <Frame>{error ? <ProblemNote error={error} /> : <SkeletonRows rows={3} />}</Frame>
  }
  const isOpen = isAdding || message !== undefined
  return (
    <Frame
      actions={may && !isOpen ? <Button onClick={() => setAdding(true)}>Trust a service</Button> : undefined}
    >
      {may && message !== undefined && <FromMessage key={message} message={message} onDone={close} />}
      {may && isAdding && message === undefined && (
        <ServiceForm draft={emptyDraft} catalogue={data.catalogue} notes={[]} onDone={close} />
      )}
      {data.items.length === 0 && !isOpen && (
        <Panel title="Trusted services" flush>
          <EmptyState title="No service is trusted yet">
            <p>
              A survey or payroll tool becomes one in two clicks: open one of its messages, or Who sends as
              you, and choose “Trust as a service”.
            </p>
          </EmptyState>
        </Panel>
      )}
      {data.items.map((service) => (
        <ServicePanel key={service.id} service={service} may={may} />
      ))}
    </Frame>
  )
}

function Frame({
  children,
  actions,
}: {
  readonly children: React.ReactNode
  readonly actions?: React.ReactNode
}) {
  return (
    <Page title="Trusted services" lead={LEAD} actions={actions}>
      <div className={stack.stack}>{children}</div>
    </Page>
  )
}

function FromMessage({ message, onDone }: { readonly message: string; readonly onDone: () => void }) {
  const tenant = useSlug()
  const { data, error } = useEndpoint(proposeService, { params: { tenant }, query: { message } })
  if (error) return <ProblemNote error={error} />
  if (!data) return <Note tone="info" title="Reading the message" role="status" />
  return <ServiceForm draft={data.draft} catalogue={[]} notes={data.notes} onDone={onDone} />
}
