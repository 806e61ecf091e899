// The acceptance test: one button runs every check end to end; reports are kept and compared by eye.

import { type AcceptanceSummary, listAcceptance, startAcceptance } from '@gatepost/contract/acceptance.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconClipboardCheck } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import { address, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const columnsOf: (t: Words) => readonly Column<AcceptanceSummary>[] = (t) => [
  {
    id: 'when',
    head: t('acceptance.started'),
    sortBy: ({ startedAt }) => startedAt,
    cell: (report) => <ReportLink report={report} />,
  },
  { id: 'outcome', head: t('acceptance.outcome'), cell: (report) => <Outcome report={report} /> },
  { id: 'by', head: t('acceptance.by'), sortBy: ({ askedBy }) => askedBy, cell: ({ askedBy }) => askedBy },
  { id: 'version', head: 'Gatepost', cell: ({ version }) => <span className="mono">{version}</span> },
]

export function AcceptancePage() {
  const t = useWords('settings')
  const tenant = useSlug()
  const may = useMay('connect:write')
  const { data, error } = useEndpoint(listAcceptance, { params: { tenant } }, { refetchInterval: 5_000 })
  return (
    <Page title={t('acceptance.acceptanceTest')} lead={t('acceptance.runsEveryCheckEndToEndWith')}>
      {error && !data && <ProblemNote error={error} />}
      {may && <Start />}
      <Panel title={t('acceptance.reports')} flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title={t('acceptance.noReportYet')} icon={IconClipboardCheck}>
            <p>{t('acceptance.eachRunIsKeptHereWithWho')}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label={t('acceptance.acceptanceReports')}
            rows={data.items}
            columns={columnsOf(t)}
            rowKey={({ id }) => id}
            card={(report) => (
              <>
                <ReportLink report={report} />
                <Outcome report={report} />
                <span className="small tx2">{report.askedBy}</span>
              </>
            )}
          />
        )}
      </Panel>
    </Page>
  )
}

function Start() {
  const t = useWords('settings')
  const tenant = useSlug()
  const navigate = useNavigate()
  const start = useAction(startAcceptance, {
    readAgain: [listAcceptance],
    onDone: ({ id }) =>
      void navigate({ to: '/t/$slug/acceptance/$report', params: { slug: tenant, report: id } }),
  })
  const form = useForm({
    initialValues: { recipient: '' },
    validate: { recipient: (text) => (text.trim() === '' ? null : address(text)) },
  })
  useFieldErrors(form, start.error)
  return (
    <Panel title={t('acceptance.runItNow')}>
      <form
        noValidate
        className={stack.form}
        onSubmit={form.onSubmit(
          (body) => start.mutate({ params: { tenant }, body: { recipient: body.recipient.trim() } }),
          focusFirstWrong,
        )}
      >
        <TextInput
          label={t('acceptance.mailboxForTheTestMessage')}
          description={t('acceptance.oneOfYourOwnWithoutOneNo')}
          type="email"
          autoComplete="off"
          {...form.getInputProps('recipient')}
        />
        {Boolean(start.error) && <ProblemNote error={start.error} focus />}
        <div>
          <Button type="submit" loading={start.isPending}>
            {t('acceptance.runAcceptanceTest')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function ReportLink({ report }: { readonly report: AcceptanceSummary }) {
  const slug = useSlug()
  return (
    <Link className="strong" to="/t/$slug/acceptance/$report" params={{ slug, report: report.id }}>
      <FullTime at={report.startedAt} />
    </Link>
  )
}

function Outcome({ report }: { readonly report: AcceptanceSummary }) {
  const t = useWords('settings')
  const { state, passed, failed, warnings, open } = report
  if (state === 'running') return <ToneText tone="info">{t('acceptance.running')}</ToneText>
  const tone = failed > 0 ? 'bad' : warnings > 0 ? 'warn' : 'ok'
  const word = failed > 0 ? t('acceptance.checksFailed', { count: failed }) : t('acceptance.noCheckFailed')
  return (
    <div>
      <ToneText tone={tone}>{word}</ToneText>
      <div className="small tx2">
        {t('acceptance.passedWarningsNotVerified', { passed, count: warnings, open })}
      </div>
    </div>
  )
}
