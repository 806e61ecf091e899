// Shared clouds: addresses there are everybody's, so each message has to prove whose it is.

import { getConnect } from '@gatepost/contract/connect.ts'
import { type Cloud, listClouds, makeCloudSecret, proveCloud, setCloud } from '@gatepost/contract/outbound.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, Switch } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { LiveLine } from '../live-line.tsx'
import classes from './outbound.module.css'

const READ_AGAIN = [listClouds, getConnect, getLiveness]

/** `first` is the cloud of the organisation's environment, which stands on top. */
export function Clouds({ first }: { readonly first?: Cloud['provider'] }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const { data, error } = useEndpoint(listClouds, { params: { tenant } }, { refetchInterval: 15_000 })
  return (
    <Panel title={t('clouds.sharedClouds')} side={t('clouds.manyOrganisationsSendFrom')}>
      <div className={stack.stack}>
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows />}
        {data?.items
          .toSorted((a, b) => Number(b.provider === first) - Number(a.provider === first))
          .map((cloud) => (
            <CloudView key={cloud.provider} cloud={cloud} />
          ))}
      </div>
    </Panel>
  )
}

function CloudView({ cloud }: { readonly cloud: Cloud }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const confirm = useConfirm()
  const { provider, name, enabled } = cloud
  const params = { tenant, provider }
  const set = useAction(setCloud, { readAgain: READ_AGAIN, said: () => ({ text: t('clouds.saved') }) })
  const prove = useAction(proveCloud, { readAgain: READ_AGAIN })
  const secret = useAction(makeCloudSecret, { readAgain: READ_AGAIN })
  const change = async (next: boolean) => {
    const question = {
      title: t('clouds.mailFromIsRefusedFromThen', { name }),
      body: t('clouds.weAnswer451471TheMailWaits'),
      act: t('clouds.switchOff'),
      keep: t('clouds.keepItOn'),
    }
    if (next || (await confirm(question))) set.mutate({ params, body: { enabled: next } })
  }
  const newSecret = async () => {
    const question = {
      title: t('clouds.theRuleNeedsTheNewValue'),
      body: t('clouds.theValueBeforeEndsWithin'),
      act: t('clouds.makeNewValue'),
    }
    if (cloud.secretAt === null || (await confirm(question))) secret.mutate({ params })
  }
  return (
    <section className={classes.cloud} aria-label={name}>
      <Switch
        label={t('clouds.weSendThrough', { name })}
        checked={set.isPending ? set.variables.body.enabled : enabled}
        disabled={!may || set.isPending}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
      {enabled && <Facts rows={rowsOf(t, cloud)} />}
      {enabled && may && (
        <div className={stack.row}>
          {(set.isSuccess || secret.isSuccess) && <LiveLine />}
          {provider === 'microsoft-365' && (
            <Button
              variant="default"
              size="compact-sm"
              loading={prove.isPending}
              onClick={() => prove.mutate({ params })}
            >
              {t('clouds.lookUpTenantId')}
            </Button>
          )}
          <Button
            variant="default"
            size="compact-sm"
            loading={secret.isPending}
            onClick={() => void newSecret()}
          >
            {cloud.secretAt === null ? t('clouds.makeHeaderValue') : t('clouds.makeNewHeaderValue')}
          </Button>
        </div>
      )}
      {secret.data && (
        <SecretNote
          title={t('clouds.header', { header: secret.data.header })}
          value={secret.data.value}
          copy={t('clouds.copyHeaderValue')}
        >
          {t('clouds.letARuleAtTheProviderAdd')}
        </SecretNote>
      )}
      {Boolean(set.error ?? prove.error ?? secret.error) && (
        <ProblemNote error={set.error ?? prove.error ?? secret.error} />
      )}
    </section>
  )
}

function rowsOf(t: Words, { provider, ids, secretHeader, secretAt, ranges, lastSeenAt }: Cloud) {
  const proven = ids.map(({ id, domain }) => (
    <div key={id}>
      <span className={stack.inline}>
        <span className="mono">{id}</span>
        <CopyButton value={id} label={t('clouds.copyTenantId')} />
      </span>
      <div className="small tx2">{t('clouds.provenBy', { domain })}</div>
    </div>
  ))
  const age =
    ranges.readAt === null ? t('clouds.asOfThisRelease') : <RelativeTime key="age" at={ranges.readAt} />
  return [
    ...(provider === 'microsoft-365'
      ? [[t('clouds.tenantId'), proven.length > 0 ? proven : t('clouds.noneProvenYetMicrosoftDoes')] as const]
      : []),
    [
      t('clouds.secretHeader'),
      <span key="secret">
        <span className="mono">{secretHeader}</span>
        {secretAt === null
          ? t('clouds.noValueMade')
          : rich(t, 'clouds.valueMade', { time: <RelativeTime at={secretAt} /> })}
      </span>,
    ] as const,
    [
      t('clouds.itsAddresses'),
      <span key="ranges">
        {t('clouds.networks', { count: ranges.count })}, {age}
        {ranges.why && (
          <span className="small tx2">{t('clouds.theLastLookFailedWhatWeHad', { why: ranges.why })}</span>
        )}
      </span>,
    ] as const,
    [
      t('clouds.lastSeen'),
      lastSeenAt === null ? t('clouds.notYet') : <RelativeTime key="seen" at={lastSeenAt} />,
    ] as const,
  ]
}
