// Takes over a key that signs elsewhere, so that moving to Gatepost needs no change in DNS.
import { getSigning, importSigningKey, type SigningDomain } from '@gatepost/contract/signing.ts'
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useFocusBack } from '#shared/focus-back.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'

type Props = { readonly domain: SigningDomain; readonly onClose: () => void }

export function ImportKey({ domain, onClose }: Props) {
  useFocusBack()
  const tenant = useSlug()
  const [selector, setSelector] = useState('')
  const [privateKey, setPrivateKey] = useState('')
  const take = useAction(importSigningKey, { readAgain: [getSigning], onDone: onClose })
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Import a key of ${domain.domain}`}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className={stack.stack}
        onSubmit={(event) => {
          event.preventDefault()
          take.mutate({ params: { tenant, domain: domain.id }, body: { selector, privateKey } })
        }}
      >
        <TextInput
          label="Selector"
          description="The first label of the record that DNS has, such as selector1"
          required
          maxLength={63}
          data-autofocus
          value={selector}
          onChange={(event) => setSelector(event.currentTarget.value)}
        />
        <Textarea
          label="Private key"
          description="PEM, without a password. It is sealed at once and never shown again"
          required
          autosize
          minRows={4}
          maxRows={12}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={privateKey}
          onChange={(event) => setPrivateKey(event.currentTarget.value)}
        />
        <ProblemNote error={take.error} />
        <div>
          <Button type="submit" loading={take.isPending}>
            Import key
          </Button>
        </div>
      </form>
    </Modal>
  )
}
