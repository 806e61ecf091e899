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
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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
  const t = useWords('signin')
  const [editing, setEditing] = useState<string | null>(null)
  const { providers } = settings
  return (
    <div className={account.stack}>
      {providers.length === 0 && editing === null && (
        <EmptyState
          title={t('idp.none')}
          icon={IconKey}
          action={may && <Button onClick={() => setEditing('new')}>{t('idp.addOne')}</Button>}
        >
          <p>{t('idp.noneMeans')}</p>
        </EmptyState>
      )}
      {providers.map((provider) =>
        editing === provider.id ? (
          <Panel key={provider.id} title={t('changeTitle', { name: provider.name })} accent>
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
        <Panel title={t('idp.new')} accent>
          <ProviderForm provider={null} onDone={() => setEditing(null)} />
        </Panel>
      )}
      {providers.length > 0 && editing !== 'new' && may && (
        <div>
          <Button variant="default" onClick={() => setEditing('new')}>
            {t('idp.addOne')}
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
  const t = useWords('signin')
  const { name, settings, enabled, test, lastUsedAt, certificates, ours } = provider
  const isSaml = settings.kind === 'saml'
  return (
    <Panel
      title={name}
      side={isSaml ? 'SAML 2.0' : 'OpenID Connect'}
      actions={
        may && (
          <Button variant="default" size="compact-md" onClick={onEdit}>
            {t('change')}
            <span className="hidden-visually"> {name}</span>
          </Button>
        )
      }
    >
      <div className={account.stack}>
        <TestNote provider={provider} isTested={isTested} />
        <Facts
          rows={[
            [
              t('idp.state'),
              <StatusWord
                key="s"
                of="check"
                state={enabled ? 'passed' : 'not-run'}
                word={enabled ? t('idp.isOn') : t('idp.isOff')}
              />,
            ],
            [t('idp.issuer'), <HostText key="i">{settings.issuer}</HostText>],
            ...certificates.map(
              (one) =>
                [
                  t('idp.certificate'),
                  <span key={one.name}>
                    {rich(t, 'idp.until', { name: one.name, time: <FullTime at={one.validUntil} /> })}
                  </span>,
                ] as const,
            ),
            [t('idp.used'), lastUsedAt === null ? t('idp.notYet') : <RelativeTime key="u" at={lastUsedAt} />],
          ]}
        />
        <h3>{t('idp.told')}</h3>
        <Facts
          rows={
            isSaml
              ? [
                  [t('idp.entityId'), <Copied key="e" value={ours.entityId} label={t('idp.copyEntity')} />],
                  [t('idp.reply'), <Copied key="a" value={ours.acsUrl} label={t('idp.copyReply')} />],
                  [
                    t('idp.ourMetadata'),
                    <Copied key="m" value={ours.metadataUrl} label={t('idp.copyMetadata')} />,
                  ],
                ]
              : [
                  [
                    t('idp.redirect'),
                    <Copied key="r" value={ours.redirectUri} label={t('idp.copyRedirect')} />,
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
  const t = useWords('signin')
  const { test, enabled } = provider
  if (test === null)
    return (
      <Note tone="info" title={t('test.notYet')}>
        <p>{t('test.notYetMeans')}</p>
      </Note>
    )
  if (test.state === 'failed') {
    return (
      <Note tone="bad" title={t('test.failed')} role={isTested ? 'alert' : undefined}>
        <p>{test.saw}</p>
        <p>{test.remedy}</p>
      </Note>
    )
  }
  if (enabled && !isTested) return null
  return (
    <Note tone="ok" title={t('test.passed')} role={isTested ? 'status' : undefined}>
      <p>
        {test.saw} <RelativeTime at={test.at} />
      </p>
      {!enabled && <p>{t('test.switchOn')}</p>}
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
  const t = useWords('signin')
  const tenant = useSlug()
  const confirm = useConfirm()
  const readAgain = [getSignInSettings, getConnect]
  const enable = useAction(enableProvider, {
    readAgain,
    said: () => ({ text: t('idp.switched') }),
  })
  const remove = useAction(removeProvider, {
    readAgain,
    said: () => ({ text: t('idp.removed') }),
  })
  const params = { tenant, provider: provider.id }
  const askRemove = async () => {
    const agreed = await confirm({
      title: t('idp.gone', { name: provider.name }),
      body: t('idp.goneMeans'),
      act: t('idp.removeIt'),
      keep: t('keep'),
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
          {t('test.do')}
        </Button>
        <Button
          variant={isReady && !provider.enabled ? 'filled' : 'default'}
          disabled={!isReady && !provider.enabled}
          loading={enable.isPending}
          onClick={() => enable.mutate({ params, body: { enabled: !provider.enabled } })}
        >
          {provider.enabled ? t('idp.switchOff') : t('idp.switchOn')}
        </Button>
        <Button variant="subtle" color="gray" onClick={askRemove}>
          {t('remove')}
        </Button>
      </div>
    </>
  )
}

/** Only operators see the switch at work; others read what it is. */
function Operators({ settings }: { readonly settings: SignInSettings }) {
  const t = useWords('signin')
  const tenant = useSlug()
  const isOperator = useMe()?.operator ?? false
  const set = useAction(setOperatorVouching, {
    readAgain: [getSignInSettings],
    said: () => ({ text: t('savedDot') }),
  })
  if (!isOperator) return null
  return (
    <Panel title={t('operators.title')}>
      {set.error && <ProblemNote error={set.error} />}
      <Checkbox
        label={t('operators.may')}
        description={t('operators.means')}
        checked={settings.vouchesForOperators}
        onChange={(event) =>
          set.mutate({ params: { tenant }, body: { vouches: event.currentTarget.checked } })
        }
      />
    </Panel>
  )
}
