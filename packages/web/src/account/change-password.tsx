// A form for a new password: the rules above it, the server's remedies beside the field.

import { changePassword, getSecurity, type Security } from '@gatepost/contract/account.ts'
import type { PasswordRules } from '@gatepost/contract/password.ts'
import { getMe } from '@gatepost/contract/session.ts'
import { Button, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import classes from './account.module.css'

type Props = {
  /** Asked for, unless the sign-in has just seen it. */
  readonly withCurrent: boolean
  readonly rules: PasswordRules | undefined
  readonly act: string
  readonly onDone: (security: Security) => void
}

export function ChangePassword({ withCurrent, rules, act, onDone }: Props) {
  const words = useWords('account')
  const change = useAction(changePassword, { readAgain: [getSecurity, getMe], onDone })
  const form = useForm({
    initialValues: { current: '', password: '' },
    validate: {
      current: (value) => (withCurrent ? filled(words('write.current'))(value) : null),
      password: filled(words('write.new')),
    },
  })
  useFieldErrors(form, change.error)
  return (
    <form
      noValidate
      className={classes.narrow}
      onSubmit={form.onSubmit(
        (body) => change.mutate({ body }, { onSuccess: () => form.reset() }),
        focusFirstWrong,
      )}
    >
      {change.error && <ProblemNote error={change.error} focus />}
      {withCurrent && (
        <PasswordInput
          label={words('current')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': words('showCurrent') }}
          {...form.getInputProps('current')}
        />
      )}
      <PasswordInput
        label={words('new')}
        description={rulesWords(rules, words)}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': words('showNew') }}
        {...form.getInputProps('password')}
      />
      <Button type="submit" loading={change.isPending}>
        {act}
      </Button>
    </form>
  )
}

/** The rules in one line, as people read them before they type. */
export function rulesWords(rules: PasswordRules | undefined, words: Words): string {
  if (!rules) return ''
  const { minLength, classes: kinds, history } = rules
  const mixed = kinds > 1 ? words('rules.mix', { kinds }) : words('rules.any')
  const former = history > 0 ? ` ${words('rules.former', { history })}` : ''
  return `${words('rules.length', { length: minLength })} ${mixed}${former}`
}
