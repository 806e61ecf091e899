// One report of the acceptance test, on screen and on paper: organisation, values, every probe, and what was
// not verified.
import { type AcceptanceProbe, type AcceptanceReport, getAcceptance } from '@gatepost/contract/acceptance.ts'
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { environmentWords } from '#connect/step-words.ts'
import { Facts } from '#shared/facts.tsx'
import { plural, span } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from './acceptance.module.css'

const groups = [
  ['installation', 'The gateway'],
  ['domains', 'Domains'],
  ['inbound', 'Mail that comes in'],
  ['outbound', 'Mail that goes out'],
  ['protection', 'Protection'],
  ['after-cut-over', 'After the cut-over'],
] as const

export function ReportPage() {
  const slug = useSlug()
  const { report: id = '' } = useParams({ strict: false })
  const { data, error } = useEndpoint(
    getAcceptance,
    { params: { tenant: slug, report: id } },
    { refetchInterval: (last) => (last === undefined || last.state === 'running' ? 1_000 : false) },
  )
  const crumb = {
    label: 'Acceptance test',
    link: (
      <Link to="/t/$slug/acceptance" params={{ slug }}>
        Acceptance test
      </Link>
    ),
  }
  return (
    <Page
      title="Acceptance report"
      crumbs={[crumb]}
      guide="acceptance"
      lead={data && `${data.organisation}, put behind Gatepost`}
      actions={
        data?.state === 'done' && (
          <Button variant="default" data-noprint onClick={() => window.print()}>
            Print
          </Button>
        )
      }
    >
      {error && !data && <ProblemNote error={error} />}
      {data ? <Report report={data} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function Report({ report }: { readonly report: AcceptanceReport }) {
  return (
    <div className={stack.stack}>
      <Outcome report={report} />
      <div className={classes.facts}>
        <About report={report} />
        <Values report={report} />
      </div>
      {groups.map(([group, title]) => (
        <Group key={group} title={title} probes={report.probes.filter((probe) => probe.group === group)} />
      ))}
      <NotVerified report={report} />
      <div className={classes.signature}>
        <span>Date, for the organisation</span>
        <span>Date, for the operator</span>
      </div>
    </div>
  )
}

function Outcome({ report }: { readonly report: AcceptanceReport }) {
  const count = (state: string) => report.probes.filter((probe) => probe.state === state).length
  if (report.state === 'running') {
    const done = report.probes.length - count('not-run')
    return (
      <Note tone="info" role="status" title={`Running: ${done} of ${report.probes.length} checks`}>
        <p>The page fills as checks end. You may leave it; the report is kept.</p>
      </Note>
    )
  }
  const failed = count('failed')
  if (failed > 0) {
    return (
      <Note tone="bad" role="status" title={plural(failed, 'check failed', 'checks failed')}>
        <p>Each says below what to do. Run the test again afterwards.</p>
      </Note>
    )
  }
  return <Note tone="ok" role="status" title={`No check failed: ${count('passed')} passed`} />
}

function About({ report }: { readonly report: AcceptanceReport }) {
  return (
    <Panel title="This run">
      <Facts
        wide
        rows={[
          ['Organisation', report.organisation],
          ['Environment', environmentWords[report.environment]],
          ['Started', <FullTime key="start" at={report.startedAt} />],
          ['Ended', report.endedAt === null ? 'running' : <FullTime key="end" at={report.endedAt} />],
          ['Asked by', report.askedBy],
          ['Gatepost', `${report.version} on ${report.hostname}`],
          ['Test message to', report.recipient || 'nobody'],
        ]}
      />
    </Panel>
  )
}

function Values({ report }: { readonly report: AcceptanceReport }) {
  return (
    <Panel title="Domains and values">
      <Facts
        wide
        rows={[
          ...report.domains.map(({ name, state, mx }) => {
            const words = `${state}; MX ${mx.length > 0 ? mx.join(', ') : 'not seen'}`
            return [name, <HostText key={name}>{words}</HostText>] as const
          }),
          ...report.values.map(
            ({ label, value }) => [label, <HostText key={label}>{value}</HostText>] as const,
          ),
        ]}
      />
    </Panel>
  )
}

function Group({ title, probes }: { readonly title: string; readonly probes: readonly AcceptanceProbe[] }) {
  if (probes.length === 0) return null
  return (
    <Panel title={title} flush>
      <ul className={classes.probes}>
        {probes.map((probe) => (
          <ProbeRow key={probe.name} probe={probe} />
        ))}
      </ul>
    </Panel>
  )
}

function ProbeRow({ probe }: { readonly probe: AcceptanceProbe }) {
  return (
    <li className={classes.probe}>
      <ProbeWord probe={probe} />
      <div className={classes.words}>
        <span className="strong">{probe.title}</span>
        <span>{probe.saw}</span>
        {probe.remedy && <span>What to do: {probe.remedy}</span>}
        <span className={classes.proves}>
          {probe.proves} {probe.durationMs > 0 && `Took ${span(probe.durationMs)}.`}
        </span>
      </div>
    </li>
  )
}

function ProbeWord({ probe }: { readonly probe: AcceptanceProbe }) {
  if (probe.state === 'not-available') {
    return <StatusWord of="check" state="not-required" word="Not available" />
  }
  return <StatusWord of="check" state={probe.state} />
}

/** Said once more at the end, so that nobody takes the report for more than it is. */
function NotVerified({ report }: { readonly report: AcceptanceReport }) {
  const open = report.probes.filter(({ state }) =>
    ['not-verified', 'not-available', 'not-run'].includes(state),
  )
  if (report.state === 'running' || open.length === 0) return null
  return (
    <Panel title="What this report does not verify">
      <ul className="plain">
        {open.map(({ name, title, saw }) => (
          <li key={name}>
            {title}: <span className="tx2">{saw}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
