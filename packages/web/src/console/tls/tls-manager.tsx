// The list of partners with a field to add one. Used by the page and by C15.

import { getConnect } from '@gatepost/contract/connect.ts'
import { addTlsPartner, listTlsPartners } from '@gatepost/contract/tls.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconLock } from '@tabler/icons-react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { useFieldErrors } from '#shared/validation.ts'
import { PartnerPanel } from './partner-panel.tsx'

const RUNNING_MS = 1_000
const READ_MS = 15_000

export function TlsManager() {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const { data, error } = useEndpoint(
    listTlsPartners,
    { params: { tenant } },
    {
      refetchInterval: (last) =>
        last?.items.some(({ test }) => test?.state === 'running') ? RUNNING_MS : READ_MS,
    },
  )
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <div className={stack.stack}>
      {may && <AddPartner first={data.items.length === 0} />}
      {data.items.length === 0 && (
        <EmptyState title={t('tlsManager.noPartnerYet')} icon={IconLock}>
          <p>{t('tlsManager.addTheDomainOfABankAn')}</p>
        </EmptyState>
      )}
      {data.items.map((partner) => (
        <PartnerPanel key={partner.domain} partner={partner} may={may} />
      ))}
    </div>
  )
}

/** `first`: nothing else is to be done yet, so that this is the page's main button. */
function AddPartner({ first }: { readonly first: boolean }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const form = useForm({ initialValues: { domain: '' } })
  const add = useAction(addTlsPartner, {
    readAgain: [listTlsPartners, getConnect],
    onDone: () => form.reset(),
  })
  useFieldErrors(form, add.error)
  return (
    <Panel title={t('tlsManager.addAPartner')}>
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }))}
      >
        <div className={stack.end}>
          <TextInput
            label={t('tlsManager.domain')}
            description={t('tlsManager.whatStandsBehindTheOfIts')}
            placeholder="partner.example"
            autoCapitalize="off"
            spellCheck={false}
            {...form.getInputProps('domain')}
          />
          <Button type="submit" variant={first ? 'filled' : 'default'} loading={add.isPending}>
            {t('tlsManager.addAndTest')}
          </Button>
        </div>
        {add.error && <ProblemNote error={add.error} />}
      </form>
    </Panel>
  )
}
