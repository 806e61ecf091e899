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
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { filled, focusFirstWrong } from '#shared/validation.ts'
import classes from './entry.module.css'
import { PasskeyButton } from './sign-in-page.tsx'

type Props = { readonly me: Me; readonly onDone: (me: Me) => void; readonly onBack: () => void }

export function OwedStep({ me, onDone, onBack }: Props) {
  const words = useWords('entry')
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
          {words('somebodyElse')}
        </button>
      </p>
    </>
  )
}

function CodeStep({ me, onDone }: Omit<Props, 'onBack'>) {
  const words = useWords('entry')
  const enter = useAction(signInWithFactor, { onDone })
  const form = useForm({ initialValues: { code: '' }, validate: { code: filled(words('writeCode')) } })
  const hasApp = me.factors.includes('totp')
  const hasPasskey = me.factors.includes('passkey')
  return (
    <>
      <h1>{words(hasApp ? 'enterCode' : 'secondStep')}</h1>
      <p className="tx2">{words(hasApp ? 'sixDigits' : 'passkeyOrCode')}</p>
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
          label={words(hasApp ? 'code' : 'recoveryCode')}
          autoComplete="one-time-code"
          maxLength={100}
          data-autofocus
          autoFocus
          {...form.getInputProps('code')}
        />
        <Button type="submit" size="md" fullWidth loading={enter.isPending}>
          {words('goOn')}
        </Button>
        {hasPasskey && <PasskeyButton onDone={onDone} />}
      </form>
    </>
  )
}

function PasswordStep({ onDone }: { readonly onDone: () => void }) {
  const words = useWords('entry')
  const { data } = useEndpoint(getSecurity, {})
  return (
    <>
      <h1>{words('ownPassword')}</h1>
      <p className="tx2">{words('ownPasswordWhy')}</p>
      <div className={classes.form}>
        <ChangePassword
          withCurrent={false}
          rules={data?.password.rules}
          act={words('setPassword')}
          onDone={onDone}
        />
      </div>
    </>
  )
}

function EnrolStep({ onDone }: { readonly onDone: () => void }) {
  const words = useWords('entry')
  const [kind, setKind] = useState<'passkey' | 'totp' | null>(null)
  const [codes, setCodes] = useState<readonly string[]>([])
  const added = ({ recoveryCodes }: FactorAdded | { readonly recoveryCodes: readonly string[] }) =>
    recoveryCodes.length === 0 ? onDone() : setCodes(recoveryCodes)
  return (
    <>
      <h1>{words('addFactor')}</h1>
      {codes.length > 0 ? (
        <div className={classes.form}>
          <RecoveryCodes codes={codes} onKept={onDone} act={words('keptCodes')} />
        </div>
      ) : (
        <>
          <p className="tx2">{words('addFactorWhy')}</p>
          <div className={classes.form}>
            {kind === 'totp' && <TotpForm onDone={added} onCancel={() => setKind(null)} />}
            {kind === 'passkey' && <PasskeyForm onDone={added} onCancel={() => setKind(null)} />}
            {kind === null && (
              <div className={accountClasses.stack}>
                {passkeysWork() && (
                  <Button size="md" fullWidth onClick={() => setKind('passkey')}>
                    {words('addPasskey')}
                  </Button>
                )}
                <Button size="md" fullWidth variant="default" onClick={() => setKind('totp')}>
                  {words('addApp')}
                </Button>
              </div>
            )}
          </div>
        </>
      )}
    </>
  )
}
