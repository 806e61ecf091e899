// U0: is the gateway itself in order, what its own zone needs, and where it listens.
import { checkReadiness, getHealthLine, getReadiness, type Readiness } from '@gatepost/contract/system.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { CheckButton } from '#shared/check-button.tsx'
import { CheckList } from '#shared/check-list.tsx'
import { saveFile } from '#shared/clipboard.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { plural } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Block, Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { CheckedLine } from '#shared/time.tsx'

const roleWords = new Map([
  ['mx', 'Inbound SMTP'],
  ['submission', 'Submission'],
  ['both', 'SMTP, in and out'],
  ['http', 'Console'],
  ['https', 'Console with TLS'],
  ['acme', 'ACME challenges'],
])

export function ReadinessPage() {
  const { data, error } = useEndpoint(getReadiness, {}, { refetchInterval: 5_000 })
  return (
    <Page
      title="Readiness"
      lead="Names, reverse names, ports, certificate, clock and resolver of the gateway itself. Organisations see this as one line."
    >
      {error && !data && <ProblemNote error={error} />}
      {data ? <Ready readiness={data} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function Ready({ readiness }: { readonly readiness: Readiness }) {
  return (
    <>
      <Summary readiness={readiness} />
      <div className={stack.detail}>
        <div className={stack.stack}>
          <Checks readiness={readiness} />
          <Zone zone={readiness.zone} />
        </div>
        <div className={stack.stack}>
          <Panel title="This gateway">
            <Facts
              rows={[
                ['Host name', <HostText key="host">{readiness.hostname}</HostText>],
                ['Console', <HostText key="url">{readiness.url}</HostText>],
              ]}
            />
          </Panel>
          <Panel title="Listens on">
            <Facts
              rows={readiness.listeners.map(({ role, host, port }) => [
                roleWords.get(role) ?? role,
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
  const failed = readiness.checks.filter(({ state }) => state === 'failed').length
  const warned = readiness.checks.filter(({ state }) => state === 'warning').length
  if (failed > 0) {
    return (
      <Note
        tone="bad"
        role="status"
        title={`${plural(failed, 'check')} failed: other servers may refuse our mail`}
      />
    )
  }
  if (warned > 0) {
    return <Note tone="warn" role="status" title={`Ready, with ${plural(warned, 'warning')}`} />
  }
  return <Note tone="ok" role="status" title="The gateway is ready" />
}

function Checks({ readiness }: { readonly readiness: Readiness }) {
  const may = useMay('system:write')
  const check = useAction(checkReadiness, { readAgain: [getReadiness, getHealthLine] })
  return (
    <Panel
      title="Checks"
      side={<CheckedLine checkedAt={readiness.checkedAt} nextCheckAt={null} />}
      actions={
        may && (
          <CheckButton
            of="readiness"
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate({})}
          />
        )
      }
      flush
    >
      <CheckList checks={readiness.checks} label="Readiness checks" />
      <PanelBody>
        <AlertChannelLink what="A full disk, a certificate that ends, or a block list" isSystem />
      </PanelBody>
    </Panel>
  )
}

function Zone({ zone }: { readonly zone: string }) {
  return (
    <Panel
      title="Publish in the gateway’s own zone"
      actions={
        <>
          <CopyButton value={zone} label="Copy zone" text />
          <Button variant="default" onClick={() => saveFile('gatepost.zone', zone, 'text/plain')}>
            Download zone
          </Button>
        </>
      }
    >
      <Block>{zone}</Block>
    </Panel>
  )
}
