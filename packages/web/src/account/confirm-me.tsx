// Asks for password or code again before factors are changed, when they were last shown a while ago.
import { confirmMe, getSecurity, type Security } from '@gatepost/contract/account.ts'
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { ProblemNote } from '#shared/note.tsx'
import classes from './account.module.css'

type Props = {
  readonly security: Security
  readonly opened: boolean
  readonly onClose: () => void
  readonly onConfirmed: () => void
}

export function ConfirmMe({ security, opened, onClose, onConfirmed }: Props) {
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
      title="Is it you?"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className={classes.narrow}
        onSubmit={(event) => {
          event.preventDefault()
          confirm.mutate({ body: byCode ? { code: text } : { password: text } })
        }}
      >
        <p>What secures your account is changed only by who can show it again.</p>
        {confirm.error && <ProblemNote error={confirm.error} focus />}
        {byCode ? (
          <TextInput
            label="Code"
            autoComplete="one-time-code"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
        ) : (
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Button type="submit" loading={confirm.isPending} disabled={text === ''}>
          Go on
        </Button>
      </form>
    </Modal>
  )
}
