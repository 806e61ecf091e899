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
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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
  const words = useWords('account')
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
      <Panel title={words('factor')}>
        <RecoveryCodes codes={codes} onKept={() => setCodes([])} />
      </Panel>
    )
  }
  return (
    <Panel title={words('factor')} flush>
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
            <p className="strong">{words('codes')}</p>
            <p className="small tx2">
              {words('codesLeft', { left: security.recoveryCodesLeft, total: security.recoveryCodesTotal })}
            </p>
          </div>
          <Button variant="default" size="compact-md" onClick={() => guarded(() => renew.mutate({}))}>
            {words('newCodes')}
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
                {words('addPasskey')}
              </Button>
            )}
            <Button
              variant="default"
              leftSection={<IconDeviceMobile size={16} aria-hidden />}
              onClick={() => guarded(() => setDoing('totp'))}
            >
              {words('addApp')}
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
  const words = useWords('account')
  const { factors, factorNeeded, factorDueAt, profile } = security
  if (factors.length > 0) return <p>{words('afterPassword')}</p>
  if (!factorNeeded) return <p>{words('keepsOut')}</p>
  return (
    <Note tone="warn" title={words('needed')}>
      <p>
        {words('profileAsks', { profile })}{' '}
        {factorDueAt === null
          ? words('addOne')
          : rich(words, 'dueFrom', { time: <FullTime at={factorDueAt} /> })}
      </p>
    </Note>
  )
}

function FactorLine({ factor, onRemove }: { readonly factor: Factor; readonly onRemove: () => void }) {
  const words = useWords('account')
  const Icon = factor.kind === 'passkey' ? IconFingerprint : IconDeviceMobile
  return (
    <div className={classes.line}>
      <div className={classes.words}>
        <p className="strong">
          <Icon size={16} aria-hidden /> {factor.name}
        </p>
        <p className="small tx2">
          {rich(words, factor.kind === 'passkey' ? 'passkeyAdded' : 'appAdded', {
            time: <RelativeTime at={factor.createdAt} />,
          })}
          {factor.lastUsedAt !== null &&
            rich(words, 'used', { time: <RelativeTime at={factor.lastUsedAt} /> })}
        </p>
      </div>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={onRemove}>
        {words('remove')}
        <span className="hidden-visually"> {factor.name}</span>
      </Button>
    </div>
  )
}

function useRemove(guarded: (act: () => void) => void) {
  const words = useWords('account')
  const confirm = useConfirm()
  const remove = useAction(removeFactor, { readAgain: [getSecurity, getMe] })
  const ask = async (factor: Factor) => {
    const agreed = await confirm({
      title: words('removeTitle', { name: factor.name }),
      body: words('removeBody'),
      act: words('removeIt'),
      keep: words('keepIt'),
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
  const words = useWords('account')
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
        label={words('passkeyName')}
        description={words('passkeyNameMeans')}
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button type="submit" loading={register.isPending} leftSection={<IconKey size={16} aria-hidden />}>
          {words('createPasskey')}
        </Button>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            {words('cancel')}
          </Button>
        )}
      </div>
    </form>
  )
}

/** What went wrong with a passkey: the person's own no is no fault of ours. */
export function PasskeyFault({ error }: { readonly error: unknown }) {
  if (!error) return null
  return error instanceof PasskeyDeclined ? <Declined error={error} /> : <ProblemNote error={error} focus />
}

/** Apart, so that nobody waits for its words who has not declined. */
function Declined({ error }: { readonly error: PasskeyDeclined }) {
  const words = useWords('account')
  return <Note tone="warn" title={words(`declined.${error.why}`, error.message)} role="alert" />
}
