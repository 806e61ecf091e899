// Shared clouds: addresses there are everybody's, so each message has to prove whose it is.
import { getConnect } from '@gatepost/contract/connect.ts'
import { type Cloud, listClouds, makeCloudSecret, proveCloud, setCloud } from '@gatepost/contract/outbound.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, Switch } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { LiveLine } from '../live-line.tsx'
import classes from './outbound.module.css'

const READ_AGAIN = [listClouds, getConnect, getLiveness]

export function Clouds() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(listClouds, { params: { tenant } }, { refetchInterval: 15_000 })
  return (
    <Panel title="Shared clouds" side="many organisations send from the same addresses">
      <div className={stack.stack}>
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows />}
        {data?.items.map((cloud) => (
          <CloudView key={cloud.provider} cloud={cloud} />
        ))}
      </div>
    </Panel>
  )
}

function CloudView({ cloud }: { readonly cloud: Cloud }) {
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const confirm = useConfirm()
  const { provider, name, enabled } = cloud
  const params = { tenant, provider }
  const set = useAction(setCloud, { readAgain: READ_AGAIN, said: () => ({ text: 'Saved.' }) })
  const prove = useAction(proveCloud, { readAgain: READ_AGAIN })
  const secret = useAction(makeCloudSecret, { readAgain: READ_AGAIN })
  const change = async (next: boolean) => {
    const question = {
      title: `Mail from ${name} is refused from then on`,
      body: 'We answer 451 4.7.1; the mail waits at the provider, so a mistake can be mended.',
      act: 'Switch off',
      keep: 'Keep it on',
    }
    if (next || (await confirm(question))) set.mutate({ params, body: { enabled: next } })
  }
  const newSecret = async () => {
    const question = {
      title: 'The rule needs the new value before its mail is taken again',
      body: 'The value before ends within seconds.',
      act: 'Make new value',
    }
    if (cloud.secretAt === null || (await confirm(question))) secret.mutate({ params })
  }
  return (
    <section className={classes.cloud} aria-label={name}>
      <Switch
        label={`We send through ${name}`}
        checked={set.isPending ? set.variables.body.enabled : enabled}
        disabled={!may || set.isPending}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
      {enabled && <Facts rows={rowsOf(cloud)} />}
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
              Look up tenant id
            </Button>
          )}
          <Button
            variant="default"
            size="compact-sm"
            loading={secret.isPending}
            onClick={() => void newSecret()}
          >
            {cloud.secretAt === null ? 'Make header value' : 'Make new header value'}
          </Button>
        </div>
      )}
      {secret.data && (
        <SecretNote title={`Header ${secret.data.header}`} value={secret.data.value} copy="Copy header value">
          Let a rule at the provider add this header to mail that leaves. We take it off again. Copy the value
          now: it is shown this once.
        </SecretNote>
      )}
      {Boolean(set.error ?? prove.error ?? secret.error) && (
        <ProblemNote error={set.error ?? prove.error ?? secret.error} />
      )}
    </section>
  )
}

function rowsOf({ provider, ids, secretHeader, secretAt, ranges, lastSeenAt }: Cloud) {
  const proven = ids.map(({ id, domain }) => (
    <div key={id}>
      <span className={stack.inline}>
        <span className="mono">{id}</span>
        <CopyButton value={id} label="Copy tenant id" />
      </span>
      <div className="small tx2">proven by {domain}</div>
    </div>
  ))
  const age = ranges.readAt === null ? 'as of this release' : <RelativeTime key="age" at={ranges.readAt} />
  return [
    ...(provider === 'microsoft-365'
      ? [
          [
            'Tenant id',
            proven.length > 0 ? proven : 'None proven yet: Microsoft does not name one for your domains.',
          ] as const,
        ]
      : []),
    [
      'Secret header',
      <span key="secret">
        <span className="mono">{secretHeader}</span>
        {secretAt === null ? (
          ', no value made'
        ) : (
          <>
            , value made <RelativeTime at={secretAt} />
          </>
        )}
      </span>,
    ] as const,
    [
      'Its addresses',
      <span key="ranges">
        {plural(ranges.count, 'network')}, {age}
        {ranges.why && (
          <span className="small tx2">. The last look failed: {ranges.why}. What we had stays.</span>
        )}
      </span>,
    ] as const,
    ['Last seen', lastSeenAt === null ? 'not yet' : <RelativeTime key="seen" at={lastSeenAt} />] as const,
  ]
}
