// A form for a new password: the rules above it, the server's remedies beside the field.
import { changePassword, getSecurity, type Security } from '@gatepost/contract/account.ts'
import type { PasswordRules } from '@gatepost/contract/password.ts'
import { getMe } from '@gatepost/contract/session.ts'
import { Button, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { ProblemNote } from '#shared/note.tsx'
import { focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'
import classes from './account.module.css'

type Props = {
  /** Asked for, unless the sign-in has just seen it. */
  readonly withCurrent: boolean
  readonly rules: PasswordRules | undefined
  readonly act: string
  readonly onDone: (security: Security) => void
}

export function ChangePassword({ withCurrent, rules, act, onDone }: Props) {
  const change = useAction(changePassword, { readAgain: [getSecurity, getMe], onDone })
  const form = useForm({
    initialValues: { current: '', password: '' },
    validate: {
      current: (value) => (withCurrent ? required('your current password')(value) : null),
      password: required('a new password'),
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
          label="Current password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the current password' }}
          {...form.getInputProps('current')}
        />
      )}
      <PasswordInput
        label="New password"
        description={rulesWords(rules)}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
        {...form.getInputProps('password')}
      />
      <Button type="submit" loading={change.isPending}>
        {act}
      </Button>
    </form>
  )
}

/** The rules in one line, as people read them before they type. */
export function rulesWords(rules: PasswordRules | undefined): string {
  if (!rules) return ''
  const { minLength, classes: kinds, history } = rules
  const mixed =
    kinds > 1
      ? ` Mix ${kinds} of upper case, lower case, digits and symbols.`
      : ' Several words make a good one; any characters will do.'
  const former = history > 0 ? ` Not one of your last ${history}.` : ''
  return `At least ${minLength} characters.${mixed}${former}`
}
