// Trusted services: each with the policies it has made, and the form that makes one (S7).
import { listServices, proposeService } from '@gatepost/contract/service.ts'
import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { emptyDraft, ServiceForm } from './service-form.tsx'
import { ServicePanel } from './service-panel.tsx'

const leadOf = (t: Words) => t('services.aSenderThatIsTrustedAsOne')

export function ServicesPage() {
  const t = useWords('protection')
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
      actions={
        may && !isOpen ? (
          <Button onClick={() => setAdding(true)}>{t('services.trustAService')}</Button>
        ) : undefined
      }
    >
      {may && message !== undefined && <FromMessage key={message} message={message} onDone={close} />}
      {may && isAdding && message === undefined && (
        <ServiceForm draft={emptyDraft} catalogue={data.catalogue} notes={[]} onDone={close} />
      )}
      {data.items.length === 0 && !isOpen && (
        <Panel title={t('services.trustedServices')} flush>
          <EmptyState title={t('services.noServiceIsTrustedYet')}>
            <p>{t('services.aSurveyOrPayrollTool')}</p>
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
  const t = useWords('protection')
  return (
    <Page title={t('services.trustedServices')} lead={leadOf(t)} actions={actions}>
      <div className={stack.stack}>{children}</div>
    </Page>
  )
}

function FromMessage({ message, onDone }: { readonly message: string; readonly onDone: () => void }) {
  const t = useWords('protection')
  const tenant = useSlug()
  const { data, error } = useEndpoint(proposeService, { params: { tenant }, query: { message } })
  if (error) return <ProblemNote error={error} />
  if (!data) return <Note tone="info" title={t('services.readingTheMessage')} role="status" />
  return <ServiceForm draft={data.draft} catalogue={[]} notes={data.notes} onDone={onDone} />
}
