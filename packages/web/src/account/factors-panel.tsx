// Second factors of the own account: passkeys, code generators, recovery codes.
import {
  type Factor,
  getSecurity,
  removeFactor,
  renewRecoveryCodes,
  type Security,
} from '@gatepost/contract/account.ts'
import { getMe } from '@gatepost/contract/session.ts'
import { Button, TextInput } from '@mantine/core'
import { IconDeviceMobile, IconFingerprint, IconKey } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './account.module.css'
import { ConfirmMe } from './confirm-me.tsx'
import { PasskeyDeclined, passkeysWork, registerPasskey } from './passkeys.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { TotpForm } from './totp-form.tsx'

type Doing = 'nothing' | 'totp' | 'passkey'

export function FactorsPanel({ security }: { readonly security: Security }) {
  const client = useQueryClient()
  const now = useNow()
  const [doing, setDoing] = useState<Doing>('nothing')
  const [codes, setCodes] = useState<readonly string[]>([])
  /** What waits for the confirmation. */
  const [waiting, setWaiting] = useState<(() => void) | null>(null)
  const readAgain = () => {
    for (const { name } of [getSecurity, getMe]) void client.invalidateQueries({ queryKey: [name] })
  }
  const done = (added: { readonly recoveryCodes: readonly string[] }) => {
    setDoing('nothing')
    setCodes(added.recoveryCodes)
    readAgain()
  }
  const guarded = (act: () => void) => {
    if (security.verifiedUntil > now) act()
    else setWaiting(() => act)
  }
  const remove = useRemove(guarded)
  const renew = useAction(renewRecoveryCodes, { onDone: done })
  if (codes.length > 0) {
    return (
      <Panel title="Second factor">
        <RecoveryCodes codes={codes} onKept={() => setCodes([])} />
      </Panel>
    )
  }
  return (
    <Panel title="Second factor" flush>
      <PanelBody>
        <Due security={security} />
        {(remove.error || renew.error) && <ProblemNote error={remove.error ?? renew.error} focus />}
      </PanelBody>
      {security.factors.map((factor) => (
        <FactorLine key={factor.id} factor={factor} onRemove={() => remove.ask(factor)} />
      ))}
      {security.factors.length > 0 && (
        <div className={classes.line}>
          <div className={classes.words}>
            <p className="strong">Recovery codes</p>
            <p className="small tx2">
              {security.recoveryCodesLeft} of {security.recoveryCodesTotal} left
            </p>
          </div>
          <Button variant="default" size="compact-md" onClick={() => guarded(() => renew.mutate({}))}>
            Make new codes
          </Button>
        </div>
      )}
      <PanelBody>
        {doing === 'totp' && <TotpForm onDone={done} onCancel={() => setDoing('nothing')} />}
        {doing === 'passkey' && <PasskeyForm onDone={done} onCancel={() => setDoing('nothing')} />}
        {doing === 'nothing' && (
          <div className={classes.actions}>
            {passkeysWork() && (
              <Button
                variant="default"
                leftSection={<IconFingerprint size={16} aria-hidden />}
                onClick={() => guarded(() => setDoing('passkey'))}
              >
                Add a passkey
              </Button>
            )}
            <Button
              variant="default"
              leftSection={<IconDeviceMobile size={16} aria-hidden />}
              onClick={() => guarded(() => setDoing('totp'))}
            >
              Add an authenticator app
            </Button>
          </div>
        )}
      </PanelBody>
      <ConfirmMe
        security={security}
        opened={waiting !== null}
        onClose={() => setWaiting(null)}
        onConfirmed={() => {
          waiting?.()
          setWaiting(null)
        }}
      />
    </Panel>
  )
}

function Due({ security }: { readonly security: Security }) {
  const { factors, factorNeeded, factorDueAt, profile } = security
  if (factors.length > 0)
    return <p>After your password you show one of these. A passkey signs you in alone.</p>
  if (!factorNeeded) return <p>A second factor keeps others out who learn your password.</p>
  return (
    <Note tone="warn" title="Your account needs a second factor">
      <p>
        The sign-in profile “{profile}” asks for one.{' '}
        {factorDueAt === null ? (
          'Add a passkey or an authenticator app.'
        ) : (
          <>
            From <FullTime at={factorDueAt} /> on nobody signs in without it.
          </>
        )}
      </p>
    </Note>
  )
}

function FactorLine({ factor, onRemove }: { readonly factor: Factor; readonly onRemove: () => void }) {
  const Icon = factor.kind === 'passkey' ? IconFingerprint : IconDeviceMobile
  return (
    <div className={classes.line}>
      <div className={classes.words}>
        <p className="strong">
          <Icon size={16} aria-hidden /> {factor.name}
        </p>
        <p className="small tx2">
          {factor.kind === 'passkey' ? 'Passkey' : 'Authenticator app'}, added{' '}
          <RelativeTime at={factor.createdAt} />
          {factor.lastUsedAt !== null && (
            <>
              , used <RelativeTime at={factor.lastUsedAt} />
            </>
          )}
        </p>
      </div>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={onRemove}>
        Remove<span className="hidden-visually"> {factor.name}</span>
      </Button>
    </div>
  )
}

function useRemove(guarded: (act: () => void) => void) {
  const confirm = useConfirm()
  const remove = useAction(removeFactor, { readAgain: [getSecurity, getMe] })
  const ask = async (factor: Factor) => {
    const agreed = await confirm({
      title: `“${factor.name}” no longer signs you in`,
      body: 'Another factor of yours goes on working.',
      act: 'Remove it',
      keep: 'Keep it',
    })
    if (agreed) guarded(() => remove.mutate({ params: { factor: factor.id } }))
  }
  return { ask, error: remove.error }
}

type PasskeyProps = {
  readonly onDone: (added: { readonly recoveryCodes: readonly string[] }) => void
  readonly onCancel?: () => void
}

/** Asks for a name, then the browser asks the authenticator. */
export function PasskeyForm({ onDone, onCancel }: PasskeyProps) {
  const [name, setName] = useState('')
  const register = useMutation({ mutationFn: () => registerPasskey(name.trim()), onSuccess: onDone })
  return (
    <form
      className={classes.narrow}
      onSubmit={(event) => {
        event.preventDefault()
        register.mutate()
      }}
    >
      <PasskeyFault error={register.error} />
      <TextInput
        label="Name of this passkey"
        description="To tell it from others, such as “Work laptop”."
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button type="submit" loading={register.isPending} leftSection={<IconKey size={16} aria-hidden />}>
          Create the passkey
        </Button>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  )
}

/** What went wrong with a passkey: the person's own no is no fault of ours. */
export function PasskeyFault({ error }: { readonly error: unknown }) {
  if (!error) return null
  if (error instanceof PasskeyDeclined) return <Note tone="warn" title={error.message} role="alert" />
  return <ProblemNote error={error} focus />
}
