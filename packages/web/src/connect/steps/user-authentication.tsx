// C4: choose how people sign in, sign in once as a test, then say that it is so.
import { getConnect } from '@gatepost/contract/connect.ts'
import {
  chooseSignIn,
  getSignInSettings,
  type SignInProfile,
  type SignInSettings,
  testDirectorySignIn,
  updateProfile,
} from '@gatepost/contract/sign-in-settings.ts'
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import account from '#account/account.module.css'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { ProvidersPanel } from '#console/sign-in/providers-panel.tsx'
import { waysWords } from '#console/sign-in/words.ts'
import { useWords } from '#i18n/i18n.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { address, focusFirstWrong, required } from '#shared/validation.ts'

type Way = 'password' | 'directory' | 'provider'

const readAgain = [getSignInSettings, getConnect]

export function UserAuthentication() {
  const tenant = useSlug()
  const may = useMay('sign-in:write')
  const { data, error } = useEndpoint(getSignInSettings, { params: { tenant } })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return <Steps settings={data} may={may} />
}

function Steps({ settings, may }: { readonly settings: SignInSettings; readonly may: boolean }) {
  const slug = useSlug()
  const profile = settings.profiles.find(({ kind }) => kind === 'default')!
  const [way, setWay] = useState<Way>(wayOf(profile, settings))
  return (
    <>
      {settings.chosenAt !== null && <Chosen settings={settings} profile={profile} may={may} />}
      <Panel title="How people sign in">
        <ChoiceCards
          label="Way to sign in"
          labelHidden
          columns={1}
          disabled={!may}
          value={way}
          onChange={setWay}
          choices={[
            {
              value: 'provider',
              label: 'By your organisation’s sign-in page',
              means:
                'SAML 2.0 or OpenID Connect: Entra ID, AD FS, Google, Okta. Microsoft 365 needs this one.',
            },
            {
              value: 'directory',
              label: 'With the password of your directory',
              means: 'Active Directory or LDAP is asked in real time; no password is kept here.',
            },
            {
              value: 'password',
              label: 'With a password kept here',
              means: 'People set it by a link in their mail, or get a temporary one from you.',
            },
          ]}
        />
      </Panel>
      {way === 'provider' && <ProvidersPanel settings={settings} may={may} />}
      {way === 'directory' && <DirectoryTest settings={settings} may={may} />}
      {may && <Enable way={way} settings={settings} profile={profile} />}
      <p className="small">
        <Link to="/t/$slug/sign-in" params={{ slug }} search={{ tab: 'profiles' }}>
          Second factors, permitted ranges and profiles for groups are under Sign-in
        </Link>
      </p>
    </>
  )
}

function wayOf(profile: SignInProfile, { providers }: SignInSettings): Way {
  if (profile.providers.length > 0 || providers.length > 0) return 'provider'
  return profile.directory ? 'directory' : 'password'
}

type ChosenProps = {
  readonly settings: SignInSettings
  readonly profile: SignInProfile
  readonly may: boolean
}

function Chosen({ settings, profile, may }: ChosenProps) {
  const signInWords = useWords('signin')
  const tenant = useSlug()
  const reopen = useAction(chooseSignIn, { readAgain })
  return (
    <Note tone="ok" title={`People sign in by: ${waysWords(profile, settings, signInWords)}`} role="status">
      <p>Next: tell them the address of this console. Whoever has an account lands in their own pages.</p>
      {may && (
        <p>
          <Button
            variant="default"
            size="compact-sm"
            loading={reopen.isPending}
            onClick={() => reopen.mutate({ params: { tenant }, body: { chosen: false } })}
          >
            Take the choice back
          </Button>
        </p>
      )}
    </Note>
  )
}

function DirectoryTest({ settings, may }: { readonly settings: SignInSettings; readonly may: boolean }) {
  const tenant = useSlug()
  const test = useAction(testDirectorySignIn, { readAgain })
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: address, password: required('the password in the directory') },
  })
  if (!settings.hasDirectory) {
    return (
      <Note tone="info" title="No directory is connected yet">
        <p>
          <Link to="/t/$slug/connect/$step" params={{ slug: tenant, step: 'synchronize-directory' }}>
            Synchronise your directory
          </Link>{' '}
          first; the same connection then checks passwords.
        </p>
      </Note>
    )
  }
  const last = test.data ?? settings.directoryTest
  return (
    <Panel title="Test sign-in">
      <form
        noValidate
        className={account.narrow}
        onSubmit={form.onSubmit((body) => test.mutate({ params: { tenant }, body }), focusFirstWrong)}
      >
        {test.error && <ProblemNote error={test.error} focus />}
        {last && (
          <Note
            tone={last.state === 'passed' ? 'ok' : 'bad'}
            title={last.state === 'passed' ? 'The test sign-in passed' : 'The test sign-in failed'}
            role="status"
          >
            <p>{last.saw}</p>
            {last.remedy && <p>{last.remedy}</p>}
          </Note>
        )}
        <TextInput label="Address" type="email" autoComplete="off" {...form.getInputProps('email')} />
        <PasswordInput
          label="Password in the directory"
          description="Used for this test alone; nothing of it is kept."
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" variant="default" loading={test.isPending} disabled={!may}>
          Test sign-in
        </Button>
      </form>
    </Panel>
  )
}

type EnableProps = {
  readonly way: Way
  readonly settings: SignInSettings
  readonly profile: SignInProfile
}

/** Saves the default profile with the chosen way, and the choice with it. */
function Enable({ way, settings, profile }: EnableProps) {
  const tenant = useSlug()
  const [keepPassword, setKeepPassword] = useState(profile.password)
  const choose = useAction(chooseSignIn, { readAgain })
  const save = useAction(updateProfile, {
    onDone: () => choose.mutate({ params: { tenant }, body: { chosen: true } }),
  })
  const ready = settings.providers.filter(({ enabled }) => enabled).map(({ id }) => id)
  const isReady =
    way === 'password' ||
    (way === 'directory' ? settings.directoryTest?.state === 'passed' : ready.length > 0)
  const enable = () => {
    const { id: _id, kind: _kind, revision, groups: _groups, ...draft } = profile
    const body = {
      ...draft,
      groups: [],
      password: way === 'password' || keepPassword,
      directory: way === 'directory',
      providers: way === 'provider' ? ready : [],
    }
    save.mutate({ params: { tenant, profile: profile.id }, body, revision })
  }
  return (
    <Panel title="Enable">
      <div className={account.narrow}>
        {(save.error ?? choose.error) && <ProblemNote error={save.error ?? choose.error} focus />}
        {way !== 'password' && (
          <Checkbox
            label="Passwords kept here go on working beside it"
            checked={keepPassword}
            onChange={(event) => setKeepPassword(event.currentTarget.checked)}
          />
        )}
        {!isReady && (
          <p className="tx2">
            {way === 'provider'
              ? 'First a test sign-in has to pass and the identity provider to be switched on.'
              : 'First a test sign-in has to pass.'}
          </p>
        )}
        <Button onClick={enable} disabled={!isReady} loading={save.isPending || choose.isPending}>
          {way === 'password' ? 'Use passwords kept here only' : 'Enable for everyone'}
        </Button>
      </div>
    </Panel>
  )
}
