// Reset by mail: asks for the address and says the same for all; with a link, sets the new password.
import { getSetup } from '@gatepost/contract/setup.ts'
import { checkReset, completeReset, requestReset } from '@gatepost/contract/sign-in.ts'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { rulesWords } from '#account/change-password.tsx'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { address, focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'
import classes from './entry.module.css'
import { EntryFrame } from './sign-in-page.tsx'

export function ResetPage() {
  const { data: setup } = useEndpoint(getSetup, {})
  const navigate = useNavigate()
  // The token stands behind the hash, so that no server's log and no referrer ever holds it.
  const { hash } = useLocation()
  const token = new URLSearchParams(hash).get('token')
  useEffect(() => {
    document.title = 'Set a new password · Gatepost'
  }, [])
  return (
    <EntryFrame foot={setup?.hostname}>
      {token === null ? (
        <AskForLink />
      ) : (
        <NewPassword key={token} token={token} onAskAgain={() => void navigate({ to: '/reset', hash: '' })} />
      )}
      <p className={classes.aside}>
        <Link to="/sign-in" search={{}}>
          Back to sign-in
        </Link>
      </p>
    </EntryFrame>
  )
}

function AskForLink() {
  const ask = useAction(requestReset)
  const form = useForm({ initialValues: { email: '' }, validate: { email: address } })
  if (ask.data) {
    return (
      <>
        <h1>Look into your mail</h1>
        <div className={classes.form}>
          <p role="status">
            If {form.values.email} signs in here by password, a link is on its way. It works once, within{' '}
            {ask.data.minutes} minutes.
          </p>
          <p className="tx2">
            Nothing came? Ask your administrator for a temporary password. Whoever signs in by the
            organisation’s own page changes the password there.
          </p>
        </div>
      </>
    )
  }
  return (
    <>
      <h1>Set a new password</h1>
      <p className="tx2">We send a link to your address.</p>
      <form
        noValidate
        className={classes.form}
        onSubmit={form.onSubmit((body) => ask.mutate({ body }), focusFirstWrong)}
      >
        {ask.error && <ProblemNote error={ask.error} focus />}
        <TextInput
          size="md"
          label="Work address"
          type="email"
          autoComplete="username"
          {...form.getInputProps('email')}
        />
        <Button type="submit" size="md" fullWidth loading={ask.isPending}>
          Send the link
        </Button>
      </form>
    </>
  )
}

function NewPassword({ token, onAskAgain }: { readonly token: string; readonly onAskAgain: () => void }) {
  const check = useAction(checkReset)
  const complete = useAction(completeReset)
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: required('a new password') },
  })
  useFieldErrors(form, complete.error)
  useEffect(() => check.mutate({ body: { token } }), [])
  if (complete.isSuccess) {
    return (
      <>
        <h1>Your password is set</h1>
        <div className={classes.form}>
          <Note tone="ok" title="Sign in with it now" role="status">
            <p>All sessions of your account have ended.</p>
          </Note>
        </div>
      </>
    )
  }
  if (check.error) {
    return (
      <>
        <h1>Set a new password</h1>
        <div className={classes.form}>
          <ProblemNote error={check.error} focus />
          <Button size="md" onClick={onAskAgain}>
            Ask for a new link
          </Button>
        </div>
      </>
    )
  }
  return (
    <>
      <h1>Set a new password</h1>
      <p className="tx2">{check.data ? `For ${check.data.email}` : 'Looking at the link'}</p>
      <form
        noValidate
        className={classes.form}
        onSubmit={form.onSubmit(
          ({ password }) => complete.mutate({ body: { token, password } }),
          focusFirstWrong,
        )}
      >
        {complete.error && <ProblemNote error={complete.error} focus />}
        <PasswordInput
          size="md"
          label="New password"
          description={rulesWords(check.data?.rules)}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" fullWidth loading={complete.isPending} disabled={!check.data}>
          Set password
        </Button>
      </form>
    </>
  )
}
