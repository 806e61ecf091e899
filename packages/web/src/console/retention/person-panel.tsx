// What is stored of a person: exported as JSON, or erased with a receipt.
import { erasePerson, exportPerson, getRetention } from '@gatepost/contract/retention.ts'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { address as checkAddress } from '#shared/validation.ts'

const WHOLE = 'Enter a whole address first'

export function PersonPanel() {
  const tenant = useSlug()
  const mayErase = useMay('people:erase')
  const confirm = useConfirm()
  const [address, setAddress] = useState('')
  const erase = useAction(erasePerson, { readAgain: [getRetention] })
  const isWhole = checkAddress(address) === null
  const path = exportPerson.path.replace('{tenant}', encodeURIComponent(tenant))
  const act = async () => {
    const agreed = await confirm({
      title: `Everything stored of ${address} goes`,
      body: 'The user with every alias, managed senders, the account, and messages in tracking. The audit log stays. There is no way back.',
      act: 'Erase data',
    })
    if (agreed) erase.mutate({ params: { tenant }, body: { address, again: address } })
  }
  return (
    <Panel title="Data of a person">
      <div className={stack.stack}>
        <TextInput
          label="Address of the person"
          description="Aliases of the same user count too."
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
              Export as JSON
            </Button>
          ) : (
            <Button variant="default" disabled title={WHOLE}>
              Export as JSON
            </Button>
          )}
          {mayErase && (
            <Button
              variant="default"
              disabled={!isWhole}
              title={isWhole ? undefined : WHOLE}
              loading={erase.isPending}
              onClick={act}
            >
              Erase
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
  return (
    <Note tone="ok" role="status" title={`The data of ${address} is erased`} code={auditId}>
      <p>
        {removed.user ? 'The user, ' : ''}
        {count(removed.senders)} managed senders and {count(removed.messages)} messages in tracking.
      </p>
      <ul>
        {stays.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Note>
  )
}
