// Adding a connector: the method that fits, then its form.

import type { Environment } from '@gatepost/contract/common.ts'
import type { Connector, ConnectorKind } from '@gatepost/contract/directory.ts'
import { getTenant } from '@gatepost/contract/tenant.ts'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ConnectorForm } from './connector-form.tsx'
import { formOf, kindForms } from './kinds.ts'
import { MethodChooser } from './method-chooser.tsx'

type Props = { readonly onDone: (connector: Connector) => void; readonly onCancel?: () => void }

export function AddConnector({ onDone, onCancel }: Props) {
  const t = useWords('directories')
  const slug = useSlug()
  const { data } = useEndpoint(getTenant, { params: { tenant: slug } })
  const environment: Environment | null = data?.environment ?? null
  const [chosen, setChosen] = useState<ConnectorKind | null>(null)
  const usual = kindForms.find(({ usualIn }) => environment !== null && usualIn.includes(environment))
  const value = chosen ?? usual?.kind ?? null
  const kind = value === null ? null : formOf(value)
  return (
    <div className={stack.stack}>
      <Panel title={t('how')}>
        <MethodChooser environment={environment} value={value} onChange={setChosen} />
      </Panel>
      {kind && (
        <Panel title={t(`kind.${kind.kind}.label`)} flush>
          <ConnectorForm
            key={kind.kind}
            kind={kind}
            connector={null}
            onDone={onDone}
            {...(onCancel ? { onCancel } : {})}
          />
        </Panel>
      )}
    </div>
  )
}
