// Asks for password or code again before factors are changed, when they were last shown a while ago.

import { confirmMe, getSecurity, type Security } from '@gatepost/contract/account.ts'
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import classes from './account.module.css'

type Props = {
  readonly security: Security
  readonly opened: boolean
  readonly onClose: () => void
  readonly onConfirmed: () => void
}

export function ConfirmMe({ security, opened, onClose, onConfirmed }: Props) {
  const words = useWords('account')
  const [text, setText] = useState('')
  const confirm = useAction(confirmMe, {
    readAgain: [getSecurity],
    onDone: () => {
      setText('')
      onConfirmed()
    },
  })
  const byCode = !security.password.isSet
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words('isItYou')}
      centered
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      <form
        className={classes.narrow}
        onSubmit={(event) => {
          event.preventDefault()
          confirm.mutate({ body: byCode ? { code: text } : { password: text } })
        }}
      >
        <p>{words('showAgain')}</p>
        {confirm.error && <ProblemNote error={confirm.error} focus />}
        {byCode ? (
          <TextInput
            label={words('code')}
            autoComplete="one-time-code"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
        ) : (
          <PasswordInput
            label={words('password')}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': words('showTyped') }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Button type="submit" loading={confirm.isPending} disabled={text === ''}>
          {words('goOn')}
        </Button>
      </form>
    </Modal>
  )
}
