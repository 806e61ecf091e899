// One report of the acceptance test, on screen and on paper: organisation, values, every probe, and what was
// not verified.

import { type AcceptanceProbe, type AcceptanceReport, getAcceptance } from '@gatepost/contract/acceptance.ts'
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useEnvironmentWord } from '#connect/step-words.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { Facts } from '#shared/facts.tsx'
import { span } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from './acceptance.module.css'

const groupsOf = (t: Words) =>
  [
    ['installation', t('report.theGateway')],
    ['domains', t('report.domains')],
    ['inbound', t('report.mailThatComesIn')],
    ['outbound', t('report.mailThatGoesOut')],
    ['protection', t('report.protection')],
    ['after-cut-over', t('report.afterTheCutOver')],
  ] as const

export function ReportPage() {
  const t = useWords('settings')
  const slug = useSlug()
  const { report: id = '' } = useParams({ strict: false })
  const { data, error } = useEndpoint(
    getAcceptance,
    { params: { tenant: slug, report: id } },
    { refetchInterval: (last) => (last === undefined || last.state === 'running' ? 1_000 : false) },
  )
  const crumb = {
    label: t('acceptance.acceptanceTest'),
    link: (
      <Link to="/t/$slug/acceptance" params={{ slug }}>
        {t('acceptance.acceptanceTest')}
      </Link>
    ),
  }
  return (
    <Page
      title={t('report.acceptanceReport')}
      crumbs={[crumb]}
      guide="acceptance"
      lead={data && t('report.putBehindGatepost', { organisation: data.organisation })}
      actions={
        data?.state === 'done' && (
          <Button variant="default" data-noprint onClick={() => window.print()}>
            {t('report.print')}
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
  const t = useWords('settings')
  return (
    <div className={stack.stack}>
      <Outcome report={report} />
      <div className={classes.facts}>
        <About report={report} />
        <Values report={report} />
      </div>
      {groupsOf(t).map(([group, title]) => (
        <Group key={group} title={title} probes={report.probes.filter((probe) => probe.group === group)} />
      ))}
      <NotVerified report={report} />
      <div className={classes.signature}>
        <span>{t('report.dateForTheOrganisation')}</span>
        <span>{t('report.dateForTheOperator')}</span>
      </div>
    </div>
  )
}

function Outcome({ report }: { readonly report: AcceptanceReport }) {
  const t = useWords('settings')
  const count = (state: string) => report.probes.filter((probe) => probe.state === state).length
  if (report.state === 'running') {
    const done = report.probes.length - count('not-run')
    return (
      <Note
        tone="info"
        role="status"
        title={t('report.runningOfChecks', { done, length: report.probes.length })}
      >
        <p>{t('report.thePageFillsAsChecksEndYou')}</p>
      </Note>
    )
  }
  const failed = count('failed')
  if (failed > 0) {
    return (
      <Note tone="bad" role="status" title={t('acceptance.checksFailed', { count: failed })}>
        <p>{t('report.eachSaysBelowWhatToDoRun')}</p>
      </Note>
    )
  }
  return <Note tone="ok" role="status" title={t('report.noCheckFailedPassed', { value: count('passed') })} />
}

function About({ report }: { readonly report: AcceptanceReport }) {
  const t = useWords('settings')
  const environmentWord = useEnvironmentWord()
  return (
    <Panel title={t('report.thisRun')}>
      <Facts
        wide
        rows={[
          [t('organizationForm.organisation'), report.organisation],
          [t('organizationForm.environment'), environmentWord(report.environment)],
          [t('acceptance.started'), <FullTime key="start" at={report.startedAt} />],
          [
            t('report.ended'),
            report.endedAt === null ? t('report.running') : <FullTime key="end" at={report.endedAt} />,
          ],
          [t('report.askedBy'), report.askedBy],
          ['Gatepost', t('report.on', { version: report.version, hostname: report.hostname })],
          [t('report.testMessageTo'), report.recipient || t('report.nobody')],
        ]}
      />
    </Panel>
  )
}

function Values({ report }: { readonly report: AcceptanceReport }) {
  const t = useWords('settings')
  const domainWords = useWords('shell')
  const say = useSaid()
  return (
    <Panel title={t('report.domainsAndValues')}>
      <Facts
        wide
        rows={[
          ...report.domains.map(({ name, state, mx }) => {
            const words = t('report.mx', {
              state: domainWords(`states.domain.${state}`, { defaultValue: state }),
              value: mx.length > 0 ? mx.join(', ') : t('report.notSeen'),
            })
            return [name, <HostText key={name}>{words}</HostText>] as const
          }),
          ...report.values.map(
            ({ label, value, said }) =>
              [say(said?.label, label), <HostText key={label}>{say(said?.value, value)}</HostText>] as const,
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
  const t = useWords('settings')
  const say = useSaid()
  const remedy = probe.remedy && say(probe.said?.remedy, probe.remedy)
  return (
    <li className={classes.probe}>
      <ProbeWord probe={probe} />
      <div className={classes.words}>
        <span className="strong">{say({ code: `probes.${probe.name}.title` }, probe.title)}</span>
        <span>{say(probe.said?.saw, probe.saw)}</span>
        {remedy && <span>{t('report.whatToDo', { remedy })}</span>}
        <span className={classes.proves}>
          {say({ code: `probes.${probe.name}.proves` }, probe.proves)}{' '}
          {probe.durationMs > 0 && t('report.took', { durationMs: span(probe.durationMs) })}
        </span>
      </div>
    </li>
  )
}

function ProbeWord({ probe }: { readonly probe: AcceptanceProbe }) {
  const t = useWords('settings')
  if (probe.state === 'not-available') {
    return <StatusWord of="check" state="not-required" word={t('report.notAvailable')} />
  }
  return <StatusWord of="check" state={probe.state} />
}

/** Said once more at the end, so that nobody takes the report for more than it is. */
function NotVerified({ report }: { readonly report: AcceptanceReport }) {
  const t = useWords('settings')
  const say = useSaid()
  const open = report.probes.filter(({ state }) =>
    ['not-verified', 'not-available', 'not-run'].includes(state),
  )
  if (report.state === 'running' || open.length === 0) return null
  return (
    <Panel title={t('report.whatThisReportDoesNot')}>
      <ul className="plain">
        {open.map(({ name, title, saw, said }) => (
          <li key={name}>
            {say({ code: `probes.${name}.title` }, title)}: <span className="tx2">{say(said?.saw, saw)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
