// Domains: add one, publish one of its records, watch it being looked for. Used by the page and C1.

import { getConnect } from '@gatepost/contract/connect.ts'
import { addDomain, listDomains } from '@gatepost/contract/domain.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconWorld } from '@tabler/icons-react'
import { isProblem } from '#api/problem-error.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { domainName, useFieldErrors } from '#shared/validation.ts'
import { DomainPanel } from './domain-panel.tsx'

export function DomainsManager() {
  const t = useWords('domains')
  const tenant = useSlug()
  const may = useMay('domains:write')
  const { data, error } = useEndpoint(
    listDomains,
    { params: { tenant } },
    {
      refetchInterval: (last) =>
        last?.items.some(({ state }) => state !== 'validated' && state !== 'lost') ? 2_000 : 15_000,
    },
  )
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <>
      {data.items.map((domain) => (
        <DomainPanel key={domain.id} domain={domain} />
      ))}
      {data.items.length === 0 && (
        <EmptyState title={t('none')} icon={IconWorld}>
          <p>{t('noneMeans')}</p>
        </EmptyState>
      )}
      {may && <AddDomain />}
    </>
  )
}

function AddDomain() {
  const t = useWords('domains')
  const tenant = useSlug()
  const add = useAction(addDomain, { readAgain: [listDomains, getConnect], onDone: () => form.reset() })
  const form = useForm({ initialValues: { name: '' }, validate: { name: domainName } })
  useFieldErrors(form, add.error)
  const isTaken = isProblem(add.error, 'domain-taken')
  return (
    <Panel title={t('addTitle')}>
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }))}
      >
        <div className={stack.end}>
          <TextInput
            label={t('domain')}
            description={t('subDomains')}
            placeholder="acme.example"
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('name')}
          />
          <Button type="submit" variant="default" loading={add.isPending}>
            {t('add')}
          </Button>
        </div>
        {add.error && <ProblemNote error={add.error} />}
        {isTaken && (
          <div className={stack.end}>
            <p className="tx2">{t('claim.offer')}</p>
            <Button
              variant="default"
              loading={add.isPending}
              onClick={() => add.mutate({ params: { tenant }, body: { ...form.values, claim: true } })}
            >
              {t('claim.act')}
            </Button>
          </div>
        )}
      </form>
    </Panel>
  )
}
