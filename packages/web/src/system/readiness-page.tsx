// U0: is the gateway itself in order, what its own zone needs, and where it listens.

import { checkReadiness, getHealthLine, getReadiness, type Readiness } from '@gatepost/contract/system.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { CheckButton } from '#shared/check-button.tsx'
import { CheckList } from '#shared/check-list.tsx'
import { saveFile } from '#shared/clipboard.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Block, Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { CheckedLine } from '#shared/time.tsx'

const roleWordsOf = (t: Words) =>
  new Map([
    ['mx', t('readiness.inboundSmtp')],
    ['submission', t('readiness.submission')],
    ['both', t('readiness.smtpInAndOut')],
    ['http', t('readiness.console')],
    ['https', t('readiness.consoleWithTls')],
    ['acme', t('readiness.acmeChallenges')],
  ])

export function ReadinessPage() {
  const t = useWords('system')
  const { data, error } = useEndpoint(getReadiness, {}, { refetchInterval: 5_000 })
  return (
    <Page title={t('system.readiness')} lead={t('readiness.namesReverseNamesPorts')}>
      {error && !data && <ProblemNote error={error} />}
      {data ? <Ready readiness={data} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function Ready({ readiness }: { readonly readiness: Readiness }) {
  const t = useWords('system')
  return (
    <>
      <Summary readiness={readiness} />
      <div className={stack.detail}>
        <div className={stack.stack}>
          <Checks readiness={readiness} />
          <Zone zone={readiness.zone} />
        </div>
        <div className={stack.stack}>
          <Panel title={t('readiness.thisGateway')}>
            <Facts
              rows={[
                [t('readiness.hostName'), <HostText key="host">{readiness.hostname}</HostText>],
                [t('readiness.console'), <HostText key="url">{readiness.url}</HostText>],
              ]}
            />
          </Panel>
          <Panel title={t('readiness.listensOn')}>
            <Facts
              rows={readiness.listeners.map(({ role, host, port }) => [
                roleWordsOf(t).get(role) ?? role,
                <HostText key={`${host}:${port}`}>{`${host}:${port}`}</HostText>,
              ])}
            />
          </Panel>
        </div>
      </div>
    </>
  )
}

function Summary({ readiness }: { readonly readiness: Readiness }) {
  const t = useWords('system')
  const failed = readiness.checks.filter(({ state }) => state === 'failed').length
  const warned = readiness.checks.filter(({ state }) => state === 'warning').length
  if (failed > 0) {
    return (
      <Note tone="bad" role="status" title={t('readiness.checksFailedOtherServers', { count: failed })} />
    )
  }
  if (warned > 0) {
    return <Note tone="warn" role="status" title={t('readiness.readyWithWarnings', { count: warned })} />
  }
  return <Note tone="ok" role="status" title={t('readiness.theGatewayIsReady')} />
}

function Checks({ readiness }: { readonly readiness: Readiness }) {
  const t = useWords('system')
  const may = useMay('system:write')
  const check = useAction(checkReadiness, { readAgain: [getReadiness, getHealthLine] })
  return (
    <Panel
      title={t('readiness.checks')}
      side={<CheckedLine checkedAt={readiness.checkedAt} nextCheckAt={null} />}
      actions={
        may && (
          <CheckButton
            of={t('readiness.of')}
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate({})}
          />
        )
      }
      flush
    >
      <CheckList group="readiness" checks={readiness.checks} label={t('readiness.readinessChecks')} />
      <PanelBody>
        <AlertChannelLink what={t('readiness.aFullDiskACertificateThat')} isSystem />
      </PanelBody>
    </Panel>
  )
}

function Zone({ zone }: { readonly zone: string }) {
  const t = useWords('system')
  return (
    <Panel
      title={t('readiness.publishInTheGatewaysOwn')}
      actions={
        <>
          <CopyButton value={zone} label={t('readiness.copyZone')} text />
          <Button variant="default" onClick={() => saveFile('gatepost.zone', zone, 'text/plain')}>
            {t('readiness.downloadZone')}
          </Button>
        </>
      }
    >
      <Block>{zone}</Block>
    </Panel>
  )
}
