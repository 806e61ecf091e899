// An invitation opened by its link: who asks, for which role, and a password or a sign-in to accept.
import { acceptInvitation, checkInvitation, type InvitationShown } from '@gatepost/contract/role.ts'
import { getMe } from '@gatepost/contract/session.ts'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { call } from '#api/call.ts'
import { isProblem } from '#api/problem-error.ts'
import { keyOf, useAction } from '#api/use-endpoint.ts'
import { Mark } from '#app/shell/mark.tsx'
import { date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { focusFirstWrong, newPassword, required, useFieldErrors } from '#shared/validation.ts'
import classes from './entry.module.css'

export function InvitationPage() {
  // It stands behind the #, which browsers never send: no log of a proxy learns it.
  const hash = useLocation({ select: (location) => location.hash })
  const token = new URLSearchParams(hash).get('token') ?? ''
  const { data, error } = useQuery({
    queryKey: ['checkInvitation', token],
    queryFn: () => call(checkInvitation, { body: { token } }),
    enabled: token !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  useEffect(() => {
    document.title = 'Invitation · Gatepost'
  }, [])
  return (
    <main id="main" className={`${classes.ground} ${classes.centre}`}>
      <div className={classes.brand}>
        <Mark size={30} />
        Gatepost
      </div>
      <div className={classes.card}>
        <h1>Invitation</h1>
        <div className={classes.form}>
          {token === '' || isProblem(error, 'invitation-wrong') ? (
            <Note tone="warn" title="This invitation is not valid any more">
              <p>It was used, taken back, or its seven days are over. Ask for a new one.</p>
            </Note>
          ) : (
            error && <ProblemNote error={error} />
          )}
          {token !== '' && !data && !error && <SkeletonRows label="Reading the invitation" />}
          {data && <Offer token={token} offer={data} />}
        </div>
      </div>
    </main>
  )
}

function Offer({ token, offer }: { readonly token: string; readonly offer: InvitationShown }) {
  return (
    <>
      <p>
        {offer.invitedBy} asks <strong>{offer.email}</strong> to be <strong>{offer.roleName}</strong> of{' '}
        {offer.organisation}. Valid until {date(offer.expiresAt)}.
      </p>
      {offer.hasAccount ? (
        <KnownPerson token={token} offer={offer} />
      ) : (
        <NewPerson token={token} offer={offer} />
      )}
    </>
  )
}

type Props = { readonly token: string; readonly offer: InvitationShown }

function KnownPerson({ token, offer }: Props) {
  const navigate = useNavigate()
  const accept = useAction(acceptInvitation, {
    onDone: ({ slug }, client) => {
      void client.invalidateQueries({ queryKey: keyOf(getMe).slice(0, 1) })
      void navigate({ href: slug === null ? '/' : `/t/${slug}` })
    },
  })
  if (!offer.signedIn) {
    return (
      <>
        <p>This address has an account here. Sign in with it, then open the link again.</p>
        <Link to="/sign-in">Sign in</Link>
      </>
    )
  }
  return (
    <>
      {accept.error && <ProblemNote error={accept.error} focus />}
      <Button size="md" loading={accept.isPending} onClick={() => accept.mutate({ body: { token } })}>
        Accept
      </Button>
    </>
  )
}

function NewPerson({ token, offer }: Props) {
  const accept = useAction(acceptInvitation)
  const form = useForm({
    initialValues: { name: offer.name, password: '' },
    validate: { name: required('your name'), password: newPassword },
  })
  useFieldErrors(form, accept.error)
  if (accept.data) {
    return (
      <Note tone="ok" role="status" title="You can sign in now">
        <p>
          Sign in as {accept.data.email}: <Link to="/sign-in">Sign in</Link>
        </p>
      </Note>
    )
  }
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={form.onSubmit((body) => accept.mutate({ body: { ...body, token } }), focusFirstWrong)}
    >
      {accept.error && <ProblemNote error={accept.error} focus />}
      <TextInput size="md" label="Your name" autoComplete="name" {...form.getInputProps('name')} />
      <PasswordInput
        size="md"
        label="Password"
        description="At least 12 characters; a sentence is fine."
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
        {...form.getInputProps('password')}
      />
      <Button type="submit" size="md" fullWidth loading={accept.isPending}>
        Accept
      </Button>
    </form>
  )
}
