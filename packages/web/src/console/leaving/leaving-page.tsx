// Leaving in four steps: mail moved away, everything exported, the name typed, and a cooling-off that can be
// undone.

import type { Check } from '@gatepost/contract/common.ts'
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
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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
  const t = useWords('settings')
  const tenant = useSlug()
  const { data, error } = useEndpoint(
    getDeparture,
    { params: { tenant } },
    { refetchInterval: (last) => (isWriting(last) ? BUSY_MS : CALM_MS) },
  )
  return (
    <Page title={t('leaving.leaving')} lead={t('leaving.movesTheOrganisationOut')}>
      {error && !data && <ProblemNote error={error} />}
      {data ? <Leaving departure={data} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function isWriting(departure: Departure | undefined): boolean {
  return departure?.exports.some(({ state }) => state === 'running') ?? false
}

function Leaving({ departure }: { readonly departure: Departure }) {
  const t = useWords('settings')
  const isAsked = useMay('people:erase') || departure.request !== null
  const open = departure.checks.filter(({ state }) => state !== 'passed')
  return (
    <div className={stack.stack}>
      {departure.request && <Requested departure={departure} />}
      <Panel
        title={t('leaving.1WhatHasToBeSoFirst')}
        side={
          open.length === 0
            ? t('leaving.allPassed')
            : t('leaving.openLookedAtEveryFew', { length: open.length })
        }
        flush
      >
        <CheckList
          group="leaving"
          checks={isAsked ? departure.checks : departure.checks.map(lookedAt)}
          label={t('leaving.beforeLeaving')}
        />
      </Panel>
      <Exports departure={departure} />
      {!departure.request && <Ask departure={departure} ready={open.length === 0} />}
    </div>
  )
}

/** Nothing failed where nobody is leaving: who may only look sees how things stand. */
function lookedAt(check: Check): Check {
  return check.state === 'failed' ? { ...check, state: 'not-required' } : check
}

function Requested({ departure }: { readonly departure: Departure }) {
  const t = useWords('settings')
  const tenant = useSlug()
  const may = useMay('people:erase')
  const cancel = useAction(cancelDeparture, { readAgain: [getDeparture] })
  const { request } = departure
  if (!request) return null
  const agreed =
    request.agreedAt === null
      ? t('leaving.theOperatorHasNotAgreedYet')
      : t('leaving.agreedOn', { agreedBy: request.agreedBy, agreedAt: date(request.agreedAt) })
  return (
    <Note
      tone="warn"
      role="status"
      title={t('leaving.isErasedOnNotBefore', {
        organisation: departure.organisation,
        eraseAt: date(request.eraseAt),
      })}
    >
      <p>
        {rich(t, 'leaving.askedForItOn', {
          askedBy: request.askedBy,
          time: <FullTime at={request.askedAt} />,
          agreed,
        })}
      </p>
      {request.fault !== null && <p>{t('leaving.itWasDueAndStopped', { fault: request.fault })}</p>}
      {cancel.error && <ProblemNote error={cancel.error} />}
      {may && (
        <Button
          variant="default"
          mt={8}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { tenant } })}
        >
          {t('leaving.stayTakeTheRequestBack')}
        </Button>
      )}
    </Note>
  )
}

function Exports({ departure }: { readonly departure: Departure }) {
  const t = useWords('settings')
  const tenant = useSlug()
  const may = useMay('people:export')
  const start = useAction(startExport, { readAgain: [getDeparture] })
  const running = isWriting(departure)
  return (
    <Panel title={t('leaving.2EverythingInOneFile')} flush>
      <PanelBody>
        <div className={stack.stack}>
          <p className="tx2">{t('leaving.settingsAsJsonUsersSenders')}</p>
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
                {t('leaving.exportEverything')}
              </Button>
            </div>
          )}
        </div>
      </PanelBody>
    </Panel>
  )
}

function ExportRow({ one, may }: { readonly one: TenantExport; readonly may: boolean }) {
  const t = useWords('settings')
  const tenant = useSlug()
  if (one.state === 'running') {
    return (
      <div className={stack.tight} role="status">
        <span>
          {t('leaving.writingOf', {
            part: one.part || t('leaving.theFirstPart'),
            done: one.done,
            parts: one.parts,
          })}
        </span>
        <Progress aria-label={t('leaving.export')} value={(100 * one.done) / one.parts} />
      </div>
    )
  }
  if (one.state === 'failed') {
    return (
      <span>
        <ToneText tone="bad">{t('leaving.failed')}</ToneText>: {one.why}
      </span>
    )
  }
  return (
    <div className={stack.tight}>
      <div className={stack.row}>
        <ToneText tone="ok">{t('leaving.done')}</ToneText>
        <span>
          {rich(t, 'leaving.until', {
            time: <FullTime at={one.startedAt} />,
            bytes: bytes(one.bytes),
            expiresAt: date(one.expiresAt),
          })}
        </span>
        {may && (
          <a href={`/v1/tenants/${tenant}/leaving/exports/${one.id}/file`} download>
            {t('leaving.downloadExport')}
          </a>
        )}
      </div>
      <span className="small tx3 mono" style={{ overflowWrap: 'anywhere' }}>
        {t('leaving.sha256', { digest: one.digest })}
      </span>
    </div>
  )
}

function Ask({ departure, ready }: { readonly departure: Departure; readonly ready: boolean }) {
  const t = useWords('settings')
  const tenant = useSlug()
  const may = useMay('people:erase')
  const ask = useAction(requestDeparture, { readAgain: [getDeparture] })
  const form = useForm({
    initialValues: { name: '' },
    validate: {
      name: (text) =>
        text.trim() === departure.organisation
          ? null
          : t('leaving.typeTheNameExactly', { organisation: departure.organisation }),
    },
  })
  useFieldErrors(form, ask.error)
  if (!may) return null
  return (
    <Panel title={t('leaving.3AskToBeErased')}>
      <form
        noValidate
        className={stack.form}
        onSubmit={form.onSubmit((body) => ask.mutate({ params: { tenant }, body }), focusFirstWrong)}
      >
        <p className="tx2">{t('leaving.thenDaysPassInWhichAnybody', { COOLING_OFF_DAYS })}</p>
        <TextInput
          label={t('leaving.nameOfTheOrganisation')}
          description={t('leaving.type', { organisation: departure.organisation })}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        {ask.error && <ProblemNote error={ask.error} focus />}
        {!ready && <p className="small tx2">{t('leaving.theChecksAboveHaveToPass')}</p>}
        <div>
          <Button type="submit" variant="default" disabled={!ready} loading={ask.isPending}>
            {t('leaving.askToBeErased')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
