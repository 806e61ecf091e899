// The list of alerts: each says what happened, what it means for mail and what to do; acknowledged or muted
// here.

import type { Alert } from '@gatepost/contract/alert.ts'
import { Button, SegmentedControl } from '@mantine/core'
import { IconBellCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useSaid } from '#i18n/said.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Fold, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { type AlertCalls, alertCallsOf } from './alert-calls.ts'
import classes from './alerts.module.css'
import { SendLines } from './send-lines.tsx'

const LIMIT = 25
const READ_MS = 5_000

type Shown = 'open' | 'all' | 'everybody'

/** `tenant` is empty for the installation. */
export function AlertList({ tenant, may }: { readonly tenant: string; readonly may: boolean }) {
  const t = useWords('alerts')
  const calls = alertCallsOf(tenant)
  const pages = usePages()
  const [shown, setShown] = useState<Shown>('open')
  const query = {
    limit: LIMIT,
    after: pages.after,
    state: shown === 'all' ? ('all' as const) : ('open' as const),
    ...(shown === 'everybody' ? { of: 'everybody' } : {}),
  }
  const { data, error } = useEndpoint(
    calls.list,
    { params: { tenant }, query },
    { keepPrevious: true, refetchInterval: READ_MS },
  )
  const choices = [
    { value: 'open', label: t('open') },
    { value: 'all', label: t('withPast') },
    ...(tenant === '' ? [{ value: 'everybody', label: t('all') }] : []),
  ]
  return (
    <Panel
      title={shown === 'all' ? t('openAndPast') : t('open')}
      flush
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('which')}
          data={choices}
          value={shown}
          onChange={(value) => {
            setShown(value as Shown)
            pages.reset()
          }}
        />
      }
    >
      {error && !data && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length === 0 && <Nothing shown={shown} />}
      {data && data.items.length > 0 && (
        <>
          <ul className={classes.list} aria-label={t('title')}>
            {data.items.map((alert) => (
              <AlertItem key={alert.id} alert={alert} may={may} own={tenant} />
            ))}
          </ul>
          <PageFoot pages={pages} next={data.next} shown={data.items.length} limit={LIMIT} total={null} />
        </>
      )}
    </Panel>
  )
}

function Nothing({ shown }: { readonly shown: Shown }) {
  const t = useWords('alerts')
  return (
    <EmptyState title={shown === 'all' ? t('never') : t('nothing')} icon={IconBellCheck}>
      <p>{t('nothingMeans')}</p>
    </EmptyState>
  )
}

type ItemProps = { readonly alert: Alert; readonly may: boolean; readonly own: string }

function AlertItem({ alert, may, own }: ItemProps) {
  const t = useWords('alerts')
  // An operator acts on the alerts of an organisation in that organisation.
  const isOwn = (alert.organization?.slug ?? '') === own
  const calls = alertCallsOf(own)
  const title = t(`kind.${alert.kind}`)
  const say = useSaid()
  const { said = {} } = alert
  return (
    <li className={classes.item} data-state={alert.state}>
      <div className={classes.head}>
        <div className={classes.title}>
          <h3>{title}</h3>
          <span className="tx2">
            <HostText plain={said.subject !== undefined}>{say(said.subject, alert.subject)}</HostText>
          </span>
        </div>
        <StatusWord of="alert" state={alert.state === 'open' ? alert.severity : alert.state} />
      </div>
      <p>
        <HostText plain>{say(said.text, alert.text)}</HostText>
      </p>
      {alert.state !== 'cleared' && (
        <p className="tx2">
          <span className="strong">{t('toDo')}</span>{' '}
          <HostText plain>{say(said.remedy, alert.remedy)}</HostText>
        </p>
      )}
      <p className="small tx3">
        {!isOwn && alert.organization && <>{alert.organization.name}, </>}
        {rich(t, 'since', { time: <RelativeTime at={alert.raisedAt} /> })}
        {alert.clearedAt !== null && (
          <>, {rich(t, 'over', { time: <RelativeTime at={alert.clearedAt} /> })}</>
        )}
        {alert.acknowledgedBy !== null && <>, {t('takesCare', { name: alert.acknowledgedBy })}</>}
        {alert.escalatedAt !== null && <>, {t('escalated')}</>}
      </p>
      <div className={stack.row}>
        <Button component="a" href={alert.link} variant="default" size="compact-sm">
          {t('openPage')}
          <span className="hidden-visually"> {t('about', { subject: alert.subject })}</span>
        </Button>
        {may && isOwn && alert.state !== 'cleared' && <Acts alert={alert} calls={calls} tenant={own} />}
      </div>
      {isOwn && <Sent alert={alert} calls={calls} tenant={own} />}
    </li>
  )
}

type ActsProps = { readonly alert: Alert; readonly calls: AlertCalls; readonly tenant: string }

function Acts({ alert, calls, tenant }: ActsProps) {
  const t = useWords('alerts')
  const readAgain = [calls.list, calls.get]
  const title = t(`kind.${alert.kind}`)
  const said = () => ({ text: t('noted', { title }) })
  const acknowledge = useAction(calls.acknowledge, { readAgain, said })
  const unmute = useAction(calls.mute, { readAgain })
  const mute = useAction(calls.mute, {
    readAgain,
    said: (_, input) =>
      input.body.hours === null
        ? { text: t('again', { title }) }
        : {
            text: t('muted', { title }),
            undo: () => unmute.mutate({ ...input, body: { hours: null } }),
          },
  })
  const params = { tenant, alert: alert.id }
  const isMuted = alert.state === 'muted'
  const hidden = <span className="hidden-visually"> {alert.subject}</span>
  return (
    <>
      {alert.acknowledgedAt === null && (
        <Button
          size="compact-sm"
          variant="default"
          loading={acknowledge.isPending}
          onClick={() => acknowledge.mutate({ params })}
        >
          {t('takeCare')}
          {hidden}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        loading={mute.isPending}
        onClick={() => mute.mutate({ params, body: { hours: isMuted ? null : DAY_HOURS } })}
      >
        {isMuted ? t('tellAgain') : t('mute')}
        {hidden}
      </Button>
      {Boolean(acknowledge.error ?? mute.error) && <ProblemNote error={acknowledge.error ?? mute.error} />}
    </>
  )
}

const DAY_HOURS = 24

function Sent({ alert, calls, tenant }: ActsProps) {
  const t = useWords('alerts')
  const { data } = useEndpoint(
    calls.get,
    { params: { tenant, alert: alert.id } },
    { refetchInterval: READ_MS },
  )
  if (!data || data.sends.length === 0) return null
  return (
    <Fold title={t('sent', { number: data.sends.length })}>
      <SendLines sends={data.sends} />
    </Fold>
  )
}
