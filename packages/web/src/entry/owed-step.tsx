// What a sign-in still owes: the second factor, a new password, or a first second factor.
import { type FactorAdded, getSecurity } from '@gatepost/contract/account.ts'
import { getMe, type Me, signOut } from '@gatepost/contract/session.ts'
import { signInWithFactor } from '@gatepost/contract/sign-in.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import accountClasses from '#account/account.module.css'
import { ChangePassword } from '#account/change-password.tsx'
import { PasskeyForm } from '#account/factors-panel.tsx'
import { passkeysWork } from '#account/passkeys.ts'
import { RecoveryCodes } from '#account/recovery-codes.tsx'
import { TotpForm } from '#account/totp-form.tsx'
import { call } from '#api/call.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { ProblemNote } from '#shared/note.tsx'
import { focusFirstWrong, required } from '#shared/validation.ts'
import classes from './entry.module.css'
import { PasskeyButton } from './sign-in-page.tsx'

type Props = { readonly me: Me; readonly onDone: (me: Me) => void; readonly onBack: () => void }

export function OwedStep({ me, onDone, onBack }: Props) {
  const leave = async () => {
    await call(signOut).catch(() => {})
    onBack()
  }
  const goOn = () => void call(getMe).then(onDone)
  return (
    <>
      {me.mustDo === 'second-factor' && <CodeStep me={me} onDone={onDone} />}
      {me.mustDo === 'change-password' && <PasswordStep onDone={goOn} />}
      {me.mustDo === 'enrol-second-factor' && <EnrolStep onDone={goOn} />}
      <p className={classes.aside}>
        <button type="button" className={classes.link} onClick={leave}>
          Sign in as somebody else
        </button>
      </p>
    </>
  )
}

function CodeStep({ me, onDone }: Omit<Props, 'onBack'>) {
  const enter = useAction(signInWithFactor, { onDone })
  const form = useForm({ initialValues: { code: '' }, validate: { code: required('the code') } })
  const hasApp = me.factors.includes('totp')
  const hasPasskey = me.factors.includes('passkey')
  return (
    <>
      <h1>{hasApp ? 'Enter the code' : 'Second step'}</h1>
      <p className="tx2">
        {hasApp
          ? 'Six digits of your authenticator app, or a recovery code.'
          : 'Use your passkey, or enter a recovery code.'}
      </p>
      <form
        noValidate
        className={classes.form}
        onSubmit={form.onSubmit(
          (body) => enter.mutate({ body }, { onError: () => form.reset() }),
          focusFirstWrong,
        )}
      >
        {enter.error && <ProblemNote error={enter.error} focus />}
        <TextInput
          size="md"
          label={hasApp ? 'Code' : 'Recovery code'}
          autoComplete="one-time-code"
          maxLength={100}
          data-autofocus
          autoFocus
          {...form.getInputProps('code')}
        />
        <Button type="submit" size="md" fullWidth loading={enter.isPending}>
          Go on
        </Button>
        {hasPasskey && <PasskeyButton onDone={onDone} />}
      </form>
    </>
  )
}

function PasswordStep({ onDone }: { readonly onDone: () => void }) {
  const { data } = useEndpoint(getSecurity, {})
  return (
    <>
      <h1>Set your own password</h1>
      <p className="tx2">The one you signed in with was given to you, or is too old.</p>
      <div className={classes.form}>
        <ChangePassword
          withCurrent={false}
          rules={data?.password.rules}
          act="Set password and go on"
          onDone={onDone}
        />
      </div>
    </>
  )
}

function EnrolStep({ onDone }: { readonly onDone: () => void }) {
  const [kind, setKind] = useState<'passkey' | 'totp' | null>(null)
  const [codes, setCodes] = useState<readonly string[]>([])
  const added = ({ recoveryCodes }: FactorAdded | { readonly recoveryCodes: readonly string[] }) =>
    recoveryCodes.length === 0 ? onDone() : setCodes(recoveryCodes)
  return (
    <>
      <h1>Add a second factor</h1>
      {codes.length > 0 ? (
        <div className={classes.form}>
          <RecoveryCodes codes={codes} onKept={onDone} act="I have kept them, go on" />
        </div>
      ) : (
        <>
          <p className="tx2">Your account needs one from now on: with a password alone nobody signs in.</p>
          <div className={classes.form}>
            {kind === 'totp' && <TotpForm onDone={added} onCancel={() => setKind(null)} />}
            {kind === 'passkey' && <PasskeyForm onDone={added} onCancel={() => setKind(null)} />}
            {kind === null && (
              <div className={accountClasses.stack}>
                {passkeysWork() && (
                  <Button size="md" fullWidth onClick={() => setKind('passkey')}>
                    Add a passkey
                  </Button>
                )}
                <Button size="md" fullWidth variant="default" onClick={() => setKind('totp')}>
                  Add an authenticator app
                </Button>
              </div>
            )}
          </div>
        </>
      )}
    </>
  )
}
