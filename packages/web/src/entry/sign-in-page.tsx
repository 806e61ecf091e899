// Sign-in by address and password; says so while there is no administrator to sign in.
import { getMe, signIn } from '@gatepost/contract/session.ts'
import { getSetup } from '@gatepost/contract/setup.ts'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { keyOf, useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Mark } from '#app/shell/mark.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { address, focusFirstWrong, required } from '#shared/validation.ts'
import classes from './entry.module.css'

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  const router = useRouter()
  const { data: setup } = useEndpoint(getSetup, {})
  const enter = useAction(signIn, {
    onDone: (me, client) => {
      client.clear()
      client.setQueryData(keyOf(getMe), me)
      void (isInside(next) ? router.history.push(next) : navigate({ to: '/' }))
    },
  })
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: address, password: required('your password') },
  })
  useEffect(() => {
    document.title = 'Sign in · Gatepost'
  }, [])
  return (
    <main id="main" className={`${classes.ground} ${classes.centre}`}>
      <div className={classes.brand}>
        <Mark size={30} />
        Gatepost
      </div>
      <div className={classes.card}>
        <h1>Sign in</h1>
        {setup?.open && (
          <div className={classes.form}>
            <Note tone="info" title="This gateway is not set up yet">
              <p>Open the set-up link that its start printed in the terminal.</p>
            </Note>
          </div>
        )}
        <form
          noValidate
          className={classes.form}
          onSubmit={form.onSubmit((body) => enter.mutate({ body }), focusFirstWrong)}
        >
          {enter.error && <ProblemNote error={enter.error} focus />}
          <TextInput
            size="md"
            label="Work address"
            type="email"
            autoComplete="username"
            {...form.getInputProps('email')}
          />
          <PasswordInput
            size="md"
            label="Password"
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="md" fullWidth loading={enter.isPending}>
            Sign in
          </Button>
        </form>
      </div>
      {setup && <p className="small tx2">{setup.hostname}</p>}
    </main>
  )
}

/** Only addresses of this console are followed after sign-in. */
export function isInside(next: string | undefined): next is string {
  return next !== undefined && /^\/(?![/\\])/.test(next)
}
