// Leaving in four steps: mail moved away, everything exported, the name typed, and a cooling-off that can be
// undone.
import {
  COOLING_OFF_DAYS,
  cancelDeparture,
  type Departure,
  getDeparture,
  requestDeparture,
  startExport,
  type TenantExport,
} from '@gatepost/contract/leaving.ts'
import { Button, Progress, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { CheckList } from '#shared/check-list.tsx'
import { bytes, date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const BUSY_MS = 1_000
const CALM_MS = 15_000

export function LeavingPage() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(
    getDeparture,
    { params: { tenant } },
    { refetchInterval: (last) => (isWriting(last) ? BUSY_MS : CALM_MS) },
  )
  return (
    <Page
      title="Leaving"
      lead="Moves the organisation out without losing mail or data. Nothing is erased before you say so twice."
    >
      {error && !data && <ProblemNote error={error} />}
      {data ? <Leaving departure={data} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function isWriting(departure: Departure | undefined): boolean {
  return departure?.exports.some(({ state }) => state === 'running') ?? false
}

function Leaving({ departure }: { readonly departure: Departure }) {
  const open = departure.checks.filter(({ state }) => state !== 'passed')
  return (
    <div className={stack.stack}>
      {departure.request && <Requested departure={departure} />}
      <Panel
        title="1. What has to be so first"
        side={open.length === 0 ? 'all passed' : `${open.length} open; looked at every few seconds`}
        flush
      >
        <CheckList checks={departure.checks} label="Before leaving" />
      </Panel>
      <Exports departure={departure} />
      {!departure.request && <Ask departure={departure} ready={open.length === 0} />}
    </div>
  )
}

function Requested({ departure }: { readonly departure: Departure }) {
  const tenant = useSlug()
  const may = useMay('people:erase')
  const cancel = useAction(cancelDeparture, { readAgain: [getDeparture] })
  const { request } = departure
  if (!request) return null
  const agreed =
    request.agreedAt === null
      ? 'The operator has not agreed yet; without that nothing is erased.'
      : `${request.agreedBy} agreed on ${date(request.agreedAt)}.`
  return (
    <Note
      tone="warn"
      role="status"
      title={`${departure.organisation} is erased on ${date(request.eraseAt)}, not before`}
    >
      <p>
        {request.askedBy} asked for it on <FullTime at={request.askedAt} />. {agreed}
      </p>
      {request.fault !== null && <p>It was due and stopped: {request.fault}</p>}
      {cancel.error && <ProblemNote error={cancel.error} />}
      {may && (
        <Button
          variant="default"
          mt={8}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { tenant } })}
        >
          Stay: take the request back
        </Button>
      )}
    </Note>
  )
}

function Exports({ departure }: { readonly departure: Departure }) {
  const tenant = useSlug()
  const may = useMay('people:export')
  const start = useAction(startExport, { readAgain: [getDeparture] })
  const running = isWriting(departure)
  return (
    <Panel title="2. Everything in one file" flush>
      <PanelBody>
        <div className={stack.stack}>
          <p className="tx2">
            Settings as JSON; users, senders, messages and the audit log as CSV. No passwords, no private
            keys. The file can be downloaded for seven days.
          </p>
          {start.error && <ProblemNote error={start.error} focus />}
          {departure.exports.length > 0 && (
            <ul className="plain">
              {departure.exports.map((one) => (
                <li key={one.id}>
                  <ExportRow one={one} may={may} />
                </li>
              ))}
            </ul>
          )}
          {may && (
            <div>
              <Button
                variant="default"
                disabled={running}
                loading={start.isPending}
                onClick={() => start.mutate({ params: { tenant } })}
              >
                Export everything
              </Button>
            </div>
          )}
        </div>
      </PanelBody>
    </Panel>
  )
}

function ExportRow({ one, may }: { readonly one: TenantExport; readonly may: boolean }) {
  const tenant = useSlug()
  if (one.state === 'running') {
    return (
      <div className={stack.tight} role="status">
        <span>
          Writing {one.part || 'the first part'}, {one.done} of {one.parts}
        </span>
        <Progress aria-label="Export" value={(100 * one.done) / one.parts} />
      </div>
    )
  }
  if (one.state === 'failed') {
    return (
      <span>
        <ToneText tone="bad">Failed</ToneText>: {one.why}
      </span>
    )
  }
  return (
    <div className={stack.tight}>
      <div className={stack.row}>
        <ToneText tone="ok">Done</ToneText>
        <span>
          <FullTime at={one.startedAt} />, {bytes(one.bytes)}, until {date(one.expiresAt)}
        </span>
        {may && (
          <a href={`/v1/tenants/${tenant}/leaving/exports/${one.id}/file`} download>
            Download export
          </a>
        )}
      </div>
      <span className="small tx3 mono" style={{ overflowWrap: 'anywhere' }}>
        SHA-256 {one.digest}
      </span>
    </div>
  )
}

function Ask({ departure, ready }: { readonly departure: Departure; readonly ready: boolean }) {
  const tenant = useSlug()
  const may = useMay('people:erase')
  const ask = useAction(requestDeparture, { readAgain: [getDeparture] })
  const form = useForm({
    initialValues: { name: '' },
    validate: {
      name: (text) =>
        text.trim() === departure.organisation ? null : `Type the name exactly: ${departure.organisation}`,
    },
  })
  useFieldErrors(form, ask.error)
  if (!may) return null
  return (
    <Panel title="3. Ask to be erased">
      <form
        noValidate
        className={stack.form}
        onSubmit={form.onSubmit((body) => ask.mutate({ params: { tenant }, body }), focusFirstWrong)}
      >
        <p className="tx2">
          Then {COOLING_OFF_DAYS} days pass in which anybody here can take it back, the operator agrees, and
          all of it goes: people, settings, messages, the audit log. The operator keeps a signed receipt.
        </p>
        <TextInput
          label="Name of the organisation"
          description={`Type ${departure.organisation}`}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        {ask.error && <ProblemNote error={ask.error} focus />}
        {!ready && <p className="small tx2">The checks above have to pass first.</p>}
        <div>
          <Button type="submit" variant="default" disabled={!ready} loading={ask.isPending}>
            Ask to be erased
          </Button>
        </div>
      </form>
    </Panel>
  )
}
