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
import { rich } from '#i18n/rich.tsx'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { address, filled, focusFirstWrong } from '#shared/validation.ts'

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
  const t = useWords('connect')
  const slug = useSlug()
  const profile = settings.profiles.find(({ kind }) => kind === 'default')!
  const [way, setWay] = useState<Way>(wayOf(profile, settings))
  return (
    <>
      {settings.chosenAt !== null && <Chosen settings={settings} profile={profile} may={may} />}
      <Panel title={t('signIn.how')}>
        <ChoiceCards
          label={t('signIn.way')}
          labelHidden
          columns={1}
          disabled={!may}
          value={way}
          onChange={setWay}
          choices={[
            {
              value: 'provider',
              label: t('signIn.provider'),
              means: t('signIn.providerMeans'),
            },
            {
              value: 'directory',
              label: t('signIn.directory'),
              means: t('signIn.directoryMeans'),
            },
            {
              value: 'password',
              label: t('signIn.password'),
              means: t('signIn.passwordMeans'),
            },
          ]}
        />
      </Panel>
      {way === 'provider' && <ProvidersPanel settings={settings} may={may} />}
      {way === 'directory' && <DirectoryTest settings={settings} may={may} />}
      {may && <Enable way={way} settings={settings} profile={profile} />}
      <p className="small">
        <Link to="/t/$slug/sign-in" params={{ slug }} search={{ tab: 'profiles' }}>
          {t('signIn.more')}
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
  const t = useWords('connect')
  const signInWords = useWords('signin')
  const tenant = useSlug()
  const reopen = useAction(chooseSignIn, { readAgain })
  return (
    <Note
      tone="ok"
      title={t('signIn.chosen', { profile: waysWords(profile, settings, signInWords) })}
      role="status"
    >
      <p>{t('signIn.next')}</p>
      {may && (
        <p>
          <Button
            variant="default"
            size="compact-sm"
            loading={reopen.isPending}
            onClick={() => reopen.mutate({ params: { tenant }, body: { chosen: false } })}
          >
            {t('signIn.takeBack')}
          </Button>
        </p>
      )}
    </Note>
  )
}

function DirectoryTest({ settings, may }: { readonly settings: SignInSettings; readonly may: boolean }) {
  const t = useWords('connect')
  const tenant = useSlug()
  const test = useAction(testDirectorySignIn, { readAgain })
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: address, password: filled(t('signIn.passwordWanted')) },
  })
  if (!settings.hasDirectory) {
    return (
      <Note tone="info" title={t('signIn.noDirectory')}>
        <p>
          {rich(t, 'signIn.first', {
            link: (
              <Link to="/t/$slug/connect/$step" params={{ slug: tenant, step: 'synchronize-directory' }}>
                {t('signIn.synchronise')}
              </Link>
            ),
          })}
        </p>
      </Note>
    )
  }
  const last = test.data ?? settings.directoryTest
  return (
    <Panel title={t('signIn.test')}>
      <form
        noValidate
        className={account.narrow}
        onSubmit={form.onSubmit((body) => test.mutate({ params: { tenant }, body }), focusFirstWrong)}
      >
        {test.error && <ProblemNote error={test.error} focus />}
        {last && (
          <Note
            tone={last.state === 'passed' ? 'ok' : 'bad'}
            title={last.state === 'passed' ? t('signIn.testPassed') : t('signIn.testFailed')}
            role="status"
          >
            <p>{last.saw}</p>
            {last.remedy && <p>{last.remedy}</p>}
          </Note>
        )}
        <TextInput
          label={t('signIn.address')}
          type="email"
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('signIn.directoryPassword')}
          description={t('signIn.onlyTest')}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" variant="default" loading={test.isPending} disabled={!may}>
          {t('signIn.test')}
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
  const t = useWords('connect')
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
    <Panel title={t('signIn.enable')}>
      <div className={account.narrow}>
        {(save.error ?? choose.error) && <ProblemNote error={save.error ?? choose.error} focus />}
        {way !== 'password' && (
          <Checkbox
            label={t('signIn.keep')}
            checked={keepPassword}
            onChange={(event) => setKeepPassword(event.currentTarget.checked)}
          />
        )}
        {!isReady && (
          <p className="tx2">{way === 'provider' ? t('signIn.firstProvider') : t('signIn.firstTest')}</p>
        )}
        <Button onClick={enable} disabled={!isReady} loading={save.isPending || choose.isPending}>
          {way === 'password' ? t('signIn.onlyPasswords') : t('signIn.everyone')}
        </Button>
      </div>
    </Panel>
  )
}
