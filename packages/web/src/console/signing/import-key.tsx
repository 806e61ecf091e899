// Takes over a key that signs elsewhere, so that moving to Gatepost needs no change in DNS.

import { getSigning, importSigningKey, type SigningDomain } from '@gatepost/contract/signing.ts'
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useFocusBack } from '#shared/focus-back.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'

type Props = { readonly domain: SigningDomain; readonly onClose: () => void }

export function ImportKey({ domain, onClose }: Props) {
  const t = useWords('flow')
  useFocusBack()
  const tenant = useSlug()
  const [selector, setSelector] = useState('')
  const [privateKey, setPrivateKey] = useState('')
  const take = useAction(importSigningKey, { readAgain: [getSigning], onDone: onClose })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('importKey.importAKeyOf', { domain: domain.domain })}
      centered
      closeButtonProps={{ 'aria-label': t('importKey.close') }}
    >
      <form
        className={stack.stack}
        onSubmit={(event) => {
          event.preventDefault()
          take.mutate({ params: { tenant, domain: domain.id }, body: { selector, privateKey } })
        }}
      >
        <TextInput
          label={t('importKey.selector')}
          description={t('importKey.theFirstLabelOfTheRecord')}
          required
          maxLength={63}
          data-autofocus
          value={selector}
          onChange={(event) => setSelector(event.currentTarget.value)}
        />
        <Textarea
          label={t('importKey.privateKey')}
          description={t('importKey.pemWithoutAPasswordItIs')}
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
            {t('importKey.importKey')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
