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
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { roleNamed, useRoleWords } from '#shared/role-words.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { filled, focusFirstWrong, newPassword, useFieldErrors } from '#shared/validation.ts'
import classes from './entry.module.css'

export function InvitationPage() {
  const words = useWords('entry')
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
    document.title = `${words('invitation.title')} · Gatepost`
  }, [words])
  return (
    <main id="main" className={`${classes.ground} ${classes.centre}`}>
      <div className={classes.brand}>
        <Mark size={30} />
        Gatepost
      </div>
      <div className={classes.card}>
        <h1>{words('invitation.title')}</h1>
        <div className={classes.form}>
          {token === '' || isProblem(error, 'invitation-wrong') ? (
            <Note tone="warn" title={words('invitation.over')}>
              <p>{words('invitation.overMeans')}</p>
            </Note>
          ) : (
            error && <ProblemNote error={error} />
          )}
          {token !== '' && !data && !error && <SkeletonRows label={words('invitation.reading')} />}
          {data && <Offer token={token} offer={data} />}
        </div>
      </div>
    </main>
  )
}

function Offer({ token, offer }: { readonly token: string; readonly offer: InvitationShown }) {
  const words = useWords('entry')
  const say = useRoleWords()
  return (
    <>
      <p>
        {rich(words, 'invitation.asks', {
          by: offer.invitedBy,
          email: <strong>{offer.email}</strong>,
          role: <strong>{say(roleNamed(offer.roleName), offer.roleName)}</strong>,
          organisation: offer.organisation,
          date: date(offer.expiresAt),
        })}
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
  const words = useWords('entry')
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
        <p>{words('invitation.known')}</p>
        <Link to="/sign-in">{words('signIn')}</Link>
      </>
    )
  }
  return (
    <>
      {accept.error && <ProblemNote error={accept.error} focus />}
      <Button size="md" loading={accept.isPending} onClick={() => accept.mutate({ body: { token } })}>
        {words('invitation.accept')}
      </Button>
    </>
  )
}

function NewPerson({ token, offer }: Props) {
  const words = useWords('entry')
  const accept = useAction(acceptInvitation)
  const form = useForm({
    initialValues: { name: offer.name, password: '' },
    validate: { name: filled(words('writeName')), password: newPassword },
  })
  useFieldErrors(form, accept.error)
  if (accept.data) {
    return (
      <Note tone="ok" role="status" title={words('invitation.done')}>
        <p>
          {words('invitation.signInAs', { email: accept.data.email })}{' '}
          <Link to="/sign-in">{words('signIn')}</Link>
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
      <TextInput size="md" label={words('yourName')} autoComplete="name" {...form.getInputProps('name')} />
      <PasswordInput
        size="md"
        label={words('password')}
        description={words('invitation.rule')}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': words('showTyped') }}
        {...form.getInputProps('password')}
      />
      <Button type="submit" size="md" fullWidth loading={accept.isPending}>
        {words('invitation.accept')}
      </Button>
    </form>
  )
}
