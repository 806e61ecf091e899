// The acceptance test: one button runs every check end to end; reports are kept and compared by eye.
import { type AcceptanceSummary, listAcceptance, startAcceptance } from '@gatepost/contract/acceptance.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconClipboardCheck } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import { address, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const columns: readonly Column<AcceptanceSummary>[] = [
  {
    id: 'when',
    head: 'Started',
    sortBy: ({ startedAt }) => startedAt,
    cell: (report) => <ReportLink report={report} />,
  },
  { id: 'outcome', head: 'Outcome', cell: (report) => <Outcome report={report} /> },
  { id: 'by', head: 'By', sortBy: ({ askedBy }) => askedBy, cell: ({ askedBy }) => askedBy },
  { id: 'version', head: 'Gatepost', cell: ({ version }) => <span className="mono">{version}</span> },
]

export function AcceptancePage() {
  const tenant = useSlug()
  const may = useMay('connect:write')
  const { data, error } = useEndpoint(listAcceptance, { params: { tenant } }, { refetchInterval: 5_000 })
  return (
    <Page
      title="Acceptance test"
      lead="Runs every check end to end with real probes, and keeps a dated report to print and sign."
    >
      {error && !data && <ProblemNote error={error} />}
      {may && <Start />}
      <Panel title="Reports" flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="No report yet" icon={IconClipboardCheck}>
            <p>Each run is kept here with who asked for it, what was seen, and what was not verified.</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label="Acceptance reports"
            rows={data.items}
            columns={columns}
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
    <Panel title="Run it now">
      <form
        noValidate
        className={stack.form}
        onSubmit={form.onSubmit(
          (body) => start.mutate({ params: { tenant }, body: { recipient: body.recipient.trim() } }),
          focusFirstWrong,
        )}
      >
        <TextInput
          label="Mailbox for the test message"
          description="One of your own. Without one no message is sent, and the report says so."
          type="email"
          autoComplete="off"
          {...form.getInputProps('recipient')}
        />
        {Boolean(start.error) && <ProblemNote error={start.error} focus />}
        <div>
          <Button type="submit" loading={start.isPending}>
            Run acceptance test
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
  const { state, passed, failed, warnings, open } = report
  if (state === 'running') return <ToneText tone="info">Running</ToneText>
  const tone = failed > 0 ? 'bad' : warnings > 0 ? 'warn' : 'ok'
  const word = failed > 0 ? plural(failed, 'check failed', 'checks failed') : 'No check failed'
  return (
    <div>
      <ToneText tone={tone}>{word}</ToneText>
      <div className="small tx2">
        {passed} passed, {plural(warnings, 'warning')}, {open} not verified or not available
      </div>
    </div>
  )
}
