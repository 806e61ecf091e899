// Identity providers: what they are told of us, the test sign-in, and the switch.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  enableProvider,
  getSignInSettings,
  type IdentityProvider,
  removeProvider,
  type SignInSettings,
  setOperatorVouching,
} from '@gatepost/contract/sign-in-settings.ts'
import { Button, Checkbox } from '@mantine/core'
import { IconExternalLink, IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import account from '#account/account.module.css'
import { useAction } from '#api/use-endpoint.ts'
import { useMe, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { ProviderForm } from './provider-form.tsx'

type Props = {
  readonly settings: SignInSettings
  readonly may: boolean
  /** Id of the provider whose test has just ended. */
  readonly tested?: string | undefined
}

export function ProvidersPanel({ settings, may, tested }: Props) {
  const [editing, setEditing] = useState<string | null>(null)
  const { providers } = settings
  return (
    <div className={account.stack}>
      {providers.length === 0 && editing === null && (
        <EmptyState
          title="No identity provider yet"
          icon={IconKey}
          action={may && <Button onClick={() => setEditing('new')}>Add an identity provider</Button>}
        >
          <p>
            With one, people sign in here as they do everywhere else: Microsoft Entra ID, AD FS, Google, Okta,
            Keycloak and whatever speaks SAML 2.0 or OpenID Connect.
          </p>
        </EmptyState>
      )}
      {providers.map((provider) =>
        editing === provider.id ? (
          <Panel key={provider.id} title={`Change “${provider.name}”`} accent>
            <ProviderForm provider={provider} onDone={() => setEditing(null)} />
          </Panel>
        ) : (
          <ProviderPanel
            key={provider.id}
            provider={provider}
            may={may}
            isTested={provider.id === tested}
            onEdit={() => setEditing(provider.id)}
          />
        ),
      )}
      {editing === 'new' && (
        <Panel title="A new identity provider" accent>
          <ProviderForm provider={null} onDone={() => setEditing(null)} />
        </Panel>
      )}
      {providers.length > 0 && editing !== 'new' && may && (
        <div>
          <Button variant="default" onClick={() => setEditing('new')}>
            Add an identity provider
          </Button>
        </div>
      )}
      {providers.length > 0 && <Operators settings={settings} />}
    </div>
  )
}

type One = {
  readonly provider: IdentityProvider
  readonly may: boolean
  readonly isTested: boolean
  readonly onEdit: () => void
}

function ProviderPanel({ provider, may, isTested, onEdit }: One) {
  const { name, settings, enabled, test, lastUsedAt, certificates, ours } = provider
  const isSaml = settings.kind === 'saml'
  return (
    <Panel
      title={name}
      side={isSaml ? 'SAML 2.0' : 'OpenID Connect'}
      actions={
        may && (
          <Button variant="default" size="compact-md" onClick={onEdit}>
            Change<span className="hidden-visually"> {name}</span>
          </Button>
        )
      }
    >
      <div className={account.stack}>
        <TestNote provider={provider} isTested={isTested} />
        <Facts
          rows={[
            [
              'State',
              <StatusWord
                key="s"
                of="check"
                state={enabled ? 'passed' : 'not-run'}
                word={enabled ? 'On' : 'Off'}
              />,
            ],
            ['Issuer', <HostText key="i">{settings.issuer}</HostText>],
            ...certificates.map(
              (one) =>
                [
                  'Certificate',
                  <span key={one.name}>
                    {one.name}, until <FullTime at={one.validUntil} />
                  </span>,
                ] as const,
            ),
            ['Last used', lastUsedAt === null ? 'not yet' : <RelativeTime key="u" at={lastUsedAt} />],
          ]}
        />
        <h3>What the identity provider is told</h3>
        <Facts
          rows={
            isSaml
              ? [
                  ['Entity id', <Copied key="e" value={ours.entityId} label="Copy entity id" />],
                  ['Reply address (ACS)', <Copied key="a" value={ours.acsUrl} label="Copy reply address" />],
                  ['Our metadata', <Copied key="m" value={ours.metadataUrl} label="Copy metadata address" />],
                ]
              : [
                  [
                    'Redirect address',
                    <Copied key="r" value={ours.redirectUri} label="Copy redirect address" />,
                  ],
                ]
          }
        />
        {may && <ProviderActions provider={provider} isReady={test?.state === 'passed'} />}
      </div>
    </Panel>
  )
}

function Copied({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <span className={stack.inline}>
      <HostText>{value}</HostText>
      <CopyButton value={value} label={label} />
    </span>
  )
}

function TestNote({
  provider,
  isTested,
}: {
  readonly provider: IdentityProvider
  readonly isTested: boolean
}) {
  const { test, enabled } = provider
  if (test === null)
    return (
      <Note tone="info" title="Not tested yet">
        <p>Sign in once by it as a test; then it can be switched on.</p>
      </Note>
    )
  if (test.state === 'failed') {
    return (
      <Note tone="bad" title="The test sign-in failed" role={isTested ? 'alert' : undefined}>
        <p>{test.saw}</p>
        <p>{test.remedy}</p>
      </Note>
    )
  }
  if (enabled && !isTested) return null
  return (
    <Note tone="ok" title="The test sign-in passed" role={isTested ? 'status' : undefined}>
      <p>
        {test.saw} <RelativeTime at={test.at} />
      </p>
      {!enabled && <p>Switch it on, then choose it in a profile.</p>}
    </Note>
  )
}

function ProviderActions({
  provider,
  isReady,
}: {
  readonly provider: IdentityProvider
  readonly isReady: boolean
}) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const readAgain = [getSignInSettings, getConnect]
  const enable = useAction(enableProvider, {
    readAgain,
    said: () => ({ text: 'The identity provider is switched.' }),
  })
  const remove = useAction(removeProvider, {
    readAgain,
    said: () => ({ text: 'The identity provider is removed.' }),
  })
  const params = { tenant, provider: provider.id }
  const askRemove = async () => {
    const agreed = await confirm({
      title: `Nobody signs in by ${provider.name} any more`,
      body: 'Sessions that it opened go on until they end. The settings are gone.',
      act: 'Remove it',
      keep: 'Keep it',
    })
    if (agreed) remove.mutate({ params })
  }
  return (
    <>
      {(enable.error ?? remove.error) && <ProblemNote error={enable.error ?? remove.error} focus />}
      <div className={account.actions}>
        <Button
          component="a"
          href={`/sso/start/${provider.id}?test=1`}
          variant={isReady ? 'default' : 'filled'}
          leftSection={<IconExternalLink size={16} aria-hidden />}
        >
          Test sign-in
        </Button>
        <Button
          variant={isReady && !provider.enabled ? 'filled' : 'default'}
          disabled={!isReady && !provider.enabled}
          loading={enable.isPending}
          onClick={() => enable.mutate({ params, body: { enabled: !provider.enabled } })}
        >
          {provider.enabled ? 'Switch off' : 'Switch on'}
        </Button>
        <Button variant="subtle" color="gray" onClick={askRemove}>
          Remove
        </Button>
      </div>
    </>
  )
}

/** Only operators see the switch at work; others read what it is. */
function Operators({ settings }: { readonly settings: SignInSettings }) {
  const tenant = useSlug()
  const isOperator = useMe()?.operator ?? false
  const set = useAction(setOperatorVouching, {
    readAgain: [getSignInSettings],
    said: () => ({ text: 'Saved.' }),
  })
  if (!isOperator) return null
  return (
    <Panel title="Operators of the installation">
      {set.error && <ProblemNote error={set.error} />}
      <Checkbox
        label="Directory and identity providers may sign in operators too"
        description="Whoever runs them can then become operator of the whole installation."
        checked={settings.vouchesForOperators}
        onChange={(event) =>
          set.mutate({ params: { tenant }, body: { vouches: event.currentTarget.checked } })
        }
      />
    </Panel>
  )
}
