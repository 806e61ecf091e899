// Sign-in: address and password, or the address first where some sign in elsewhere; then what is still owed.
import { getMe, type Me, signIn } from '@gatepost/contract/session.ts'
import { getSetup } from '@gatepost/contract/setup.ts'
import { findSignInWays, getSignIn, type SignInWays } from '@gatepost/contract/sign-in.ts'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconExternalLink, IconFingerprint } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { PasskeyFault } from '#account/factors-panel.tsx'
import { passkeysWork, signInByPasskey } from '#account/passkeys.ts'
import { keyOf, useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Mark } from '#app/shell/mark.tsx'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { address, filled, focusFirstWrong } from '#shared/validation.ts'
import classes from './entry.module.css'
import { LanguageChoice } from './language-choice.tsx'
import { OwedStep } from './owed-step.tsx'

export function SignInPage() {
  const { next, refused } = useSearch({ from: '/sign-in' })
  const words = useWords('entry')
  const client = useQueryClient()
  const enter = useEnter(next)
  const { data: setup } = useEndpoint(getSetup, {})
  // Whoever was sent here by a page is known already; nobody else is asked about.
  const [me, setMe] = useState(() => client.getQueryData<Me>(keyOf(getMe)))
  const done = (found: Me) => (found.mustDo === null ? enter(found) : setMe(found))
  useEffect(() => {
    document.title = `${words('signIn')} · Gatepost`
  }, [words])
  const owes = me !== undefined && me.mustDo !== null
  return (
    <EntryFrame foot={setup?.hostname}>
      {owes ? (
        <OwedStep me={me} onDone={done} onBack={() => setMe(undefined)} />
      ) : (
        <>
          <h1>{words('signIn')}</h1>
          {setup?.open && (
            <div className={classes.form}>
              <Note tone="info" title={words('notSetUp')}>
                <p>{words('openSetupLink')}</p>
              </Note>
            </div>
          )}
          {refused && (
            <div className={classes.form}>
              <Note tone="warn" title={words('refused')} role="status">
                <p>{words('refusedMeans')}</p>
              </Note>
            </div>
          )}
          <Ways next={next} onDone={done} />
        </>
      )}
    </EntryFrame>
  )
}

/** Fills the cache with who signed in, and goes where they wanted. */
function useEnter(next: string | undefined): (me: Me) => void {
  const client = useQueryClient()
  const navigate = useNavigate()
  const router = useRouter()
  return (me) => {
    client.clear()
    client.setQueryData(keyOf(getMe), me)
    void (isInside(next) ? router.history.push(next) : navigate({ to: '/' }))
  }
}

/** Frame of the small pages before the console. */
export function EntryFrame({ children, foot }: { readonly children: ReactNode; readonly foot?: ReactNode }) {
  return (
    <main id="main" className={`${classes.ground} ${classes.centre}`}>
      <div className={classes.brand}>
        <Mark size={30} />
        Gatepost
      </div>
      <div className={classes.card}>{children}</div>
      <LanguageChoice />
      {foot && <p className="small tx2">{foot}</p>}
    </main>
  )
}

type WaysProps = { readonly next: string | undefined; readonly onDone: (me: Me) => void }

function Ways({ next, onDone }: WaysProps) {
  const words = useWords('entry')
  const { data: page } = useEndpoint(getSignIn, {})
  const find = useAction(findSignInWays)
  const enter = useAction(signIn, { onDone })
  const [ways, setWays] = useState<SignInWays | null>(null)
  const asksFirst = page?.addressFirst === true && ways === null
  const withPassword = ways === null ? !asksFirst : ways.password
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: address,
      password: (value) => (withPassword ? filled(words('writePassword'))(value) : null),
    },
  })
  const submit = (values: { readonly email: string; readonly password: string }) => {
    if (!asksFirst) return enter.mutate({ body: values })
    find.mutate({ body: { email: values.email } }, { onSuccess: setWays })
  }
  return (
    <form noValidate className={classes.form} onSubmit={form.onSubmit(submit, focusFirstWrong)}>
      {(enter.error ?? find.error) && <ProblemNote error={enter.error ?? find.error} focus />}
      <TextInput
        size="md"
        label={words('workAddress')}
        type="email"
        autoComplete="username"
        {...form.getInputProps('email')}
        onChange={(event) => {
          form.setFieldValue('email', event.currentTarget.value)
          if (ways !== null) setWays(null)
        }}
      />
      {ways?.providers.map(({ id, name }, index) => (
        <Button
          key={id}
          component="a"
          href={`/sso/start/${id}?next=${encodeURIComponent(isInside(next) ? next : '/')}`}
          size="md"
          fullWidth
          variant={index === 0 && !ways.password ? 'filled' : 'default'}
          leftSection={<IconExternalLink size={17} aria-hidden />}
        >
          {words('continueWith', { name })}
        </Button>
      ))}
      {withPassword && (
        <PasswordInput
          size="md"
          label={words('password')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': words('showTyped') }}
          {...form.getInputProps('password')}
        />
      )}
      {asksFirst && (
        <Button type="submit" size="md" fullWidth loading={find.isPending}>
          {words('continue')}
        </Button>
      )}
      {withPassword && (
        <Button type="submit" size="md" fullWidth loading={enter.isPending}>
          {words('signIn')}
        </Button>
      )}
      <PasskeyButton onDone={onDone} />
      <p className={classes.aside}>
        <Link to="/reset">{words('cannot')}</Link>
      </p>
    </form>
  )
}

/** One touch instead of all above; shown where this browser can do it. */
export function PasskeyButton({ onDone }: { readonly onDone: (me: Me) => void }) {
  const words = useWords('entry')
  const enter = useMutation({ mutationFn: signInByPasskey, onSuccess: onDone })
  if (!passkeysWork()) return null
  return (
    <>
      <p className={classes.or} aria-hidden>
        {words('or')}
      </p>
      <PasskeyFault error={enter.error} />
      <Button
        variant="default"
        size="md"
        fullWidth
        loading={enter.isPending}
        leftSection={<IconFingerprint size={17} aria-hidden />}
        onClick={() => enter.mutate()}
      >
        {words('usePasskey')}
      </Button>
    </>
  )
}

/** Only addresses of this console are followed after sign-in. */
export function isInside(next: string | undefined): next is string {
  return next !== undefined && /^\/(?![/\\])/.test(next)
}
