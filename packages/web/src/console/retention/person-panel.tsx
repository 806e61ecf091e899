// What is stored of a person: exported as JSON, or erased with a receipt.

import { erasePerson, exportPerson, getRetention } from '@gatepost/contract/retention.ts'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { address as checkAddress } from '#shared/validation.ts'

export function PersonPanel() {
  const t = useWords('retention')
  const tenant = useSlug()
  const mayErase = useMay('people:erase')
  const confirm = useConfirm()
  const [address, setAddress] = useState('')
  const erase = useAction(erasePerson, { readAgain: [getRetention] })
  const isWhole = checkAddress(address) === null
  const path = exportPerson.path.replace('{tenant}', encodeURIComponent(tenant))
  const act = async () => {
    const agreed = await confirm({
      title: t('person.goes', { address }),
      body: t('person.goesMeans'),
      act: t('person.eraseData'),
    })
    if (agreed) erase.mutate({ params: { tenant }, body: { address, again: address } })
  }
  return (
    <Panel title={t('person.title')}>
      <div className={stack.stack}>
        <TextInput
          label={t('person.address')}
          description={t('person.aliases')}
          autoComplete="off"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value.trim())}
        />
        {erase.error && <ProblemNote error={erase.error} focus />}
        {erase.data && <Receipt data={erase.data} />}
        <div className={stack.row}>
          {isWhole ? (
            <Button
              component="a"
              variant="default"
              download
              href={`${path}?address=${encodeURIComponent(address)}`}
            >
              {t('person.export')}
            </Button>
          ) : (
            <Button variant="default" disabled title={t('person.whole')}>
              {t('person.export')}
            </Button>
          )}
          {mayErase && (
            <Button
              variant="default"
              disabled={!isWhole}
              title={isWhole ? undefined : t('person.whole')}
              loading={erase.isPending}
              onClick={act}
            >
              {t('person.erase')}
            </Button>
          )}
        </div>
      </div>
    </Panel>
  )
}

type Receipt = {
  readonly address: string
  readonly auditId: string
  readonly removed: { readonly user: boolean; readonly senders: number; readonly messages: number }
  readonly stays: readonly string[]
}

function Receipt({ data: { address, auditId, removed, stays } }: { readonly data: Receipt }) {
  const t = useWords('retention')
  return (
    <Note tone="ok" role="status" title={t('person.erased', { address })} code={auditId}>
      <p>
        {t(removed.user ? 'person.receiptUser' : 'person.receipt', {
          senders: count(removed.senders),
          messages: count(removed.messages),
        })}
      </p>
      <ul>
        {stays.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Note>
  )
}
