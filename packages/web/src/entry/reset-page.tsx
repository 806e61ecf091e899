// Reset by mail: asks for the address and says the same for all; with a link, sets the new password.

import { getSetup } from '@gatepost/contract/setup.ts'
import { checkReset, completeReset, requestReset } from '@gatepost/contract/sign-in.ts'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { rulesWords } from '#account/change-password.tsx'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { address, filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import classes from './entry.module.css'
import { EntryFrame } from './sign-in-page.tsx'

export function ResetPage() {
  const words = useWords('entry')
  const { data: setup } = useEndpoint(getSetup, {})
  const navigate = useNavigate()
  // The token stands behind the hash, so that no server's log and no referrer ever holds it.
  const { hash } = useLocation()
  const token = new URLSearchParams(hash).get('token')
  useEffect(() => {
    document.title = `${words('reset.title')} · Gatepost`
  }, [words])
  return (
    <EntryFrame foot={setup?.hostname}>
      {token === null ? (
        <AskForLink />
      ) : (
        <NewPassword key={token} token={token} onAskAgain={() => void navigate({ to: '/reset', hash: '' })} />
      )}
      <p className={classes.aside}>
        <Link to="/sign-in" search={{}}>
          {words('reset.back')}
        </Link>
      </p>
    </EntryFrame>
  )
}

function AskForLink() {
  const words = useWords('entry')
  const ask = useAction(requestReset)
  const form = useForm({ initialValues: { email: '' }, validate: { email: address } })
  if (ask.data) {
    return (
      <>
        <h1>{words('reset.look')}</h1>
        <div className={classes.form}>
          <p role="status">
            {words('reset.onItsWay', { email: form.values.email, minutes: ask.data.minutes })}
          </p>
          <p className="tx2">{words('reset.nothingCame')}</p>
        </div>
      </>
    )
  }
  return (
    <>
      <h1>{words('reset.title')}</h1>
      <p className="tx2">{words('reset.weSend')}</p>
      <form
        noValidate
        className={classes.form}
        onSubmit={form.onSubmit((body) => ask.mutate({ body }), focusFirstWrong)}
      >
        {ask.error && <ProblemNote error={ask.error} focus />}
        <TextInput
          size="md"
          label={words('workAddress')}
          type="email"
          autoComplete="username"
          {...form.getInputProps('email')}
        />
        <Button type="submit" size="md" fullWidth loading={ask.isPending}>
          {words('reset.send')}
        </Button>
      </form>
    </>
  )
}

function NewPassword({ token, onAskAgain }: { readonly token: string; readonly onAskAgain: () => void }) {
  const words = useWords('entry')
  const accountWords = useWords('account')
  const check = useAction(checkReset)
  const complete = useAction(completeReset)
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: filled(accountWords('write.new')) },
  })
  useFieldErrors(form, complete.error)
  useEffect(() => check.mutate({ body: { token } }), [])
  if (complete.isSuccess) {
    return (
      <>
        <h1>{words('reset.done')}</h1>
        <div className={classes.form}>
          <Note tone="ok" title={words('reset.signInNow')} role="status">
            <p>{words('reset.ended')}</p>
          </Note>
        </div>
      </>
    )
  }
  if (check.error) {
    return (
      <>
        <h1>{words('reset.title')}</h1>
        <div className={classes.form}>
          <ProblemNote error={check.error} focus />
          <Button size="md" onClick={onAskAgain}>
            {words('reset.again')}
          </Button>
        </div>
      </>
    )
  }
  return (
    <>
      <h1>{words('reset.title')}</h1>
      <p className="tx2">
        {check.data ? words('reset.for', { email: check.data.email }) : words('reset.looking')}
      </p>
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
          label={accountWords('new')}
          description={rulesWords(check.data?.rules, accountWords)}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': words('showTyped') }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" fullWidth loading={complete.isPending} disabled={!check.data}>
          {accountWords('setPassword')}
        </Button>
      </form>
    </>
  )
}
