// The form of a policy. Each change is checked by the server within a moment: faults stand beside their
// fields, and beside the form what the policy would meet.
import {
  createPolicy,
  getPolicy,
  getPolicyHistory,
  getPolicySummary,
  listPolicies,
  type Policy,
  PolicyDraft,
  type PolicyPreview,
  previewPolicy,
  updatePolicy,
} from '@gatepost/contract/policy.ts'
import { Checkbox, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useMemo, useState } from 'react'
import { call } from '#api/call.ts'
import { fieldErrorsOf } from '#api/problem-error.ts'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { FormSection } from '#shared/form-section.tsx'
import stack from '#shared/stack.module.css'
import { say } from '#shared/toast-store.ts'
import { useUnsaved } from '#shared/unsaved.ts'
import { focusFirstWrong } from '#shared/validation.ts'
import { DateField } from './date-field.tsx'
import { OptionFields } from './option-fields.tsx'
import classes from './policies.module.css'
import { PrecedencePanel } from './precedence-panel.tsx'
import { SavePanel } from './save-panel.tsx'
import { BasedOn, ScopeFields } from './scope-fields.tsx'

const CHECK_MS = 400
const READ_AGAIN = [listPolicies, getPolicy, getPolicySummary, getPolicyHistory]

type Props = {
  readonly draft: PolicyDraft
  /** Null while it is new. */
  readonly stored: Policy | null
  readonly mayChange: boolean
}

export type Change = (part: Partial<PolicyDraft>) => void
/** The fault of a field, by its path below the draft, such as `from/domain`. */
export type FaultOf = (path: string) => string | null

export function PolicyForm({ draft: start, stored, mayChange }: Props) {
  const words = useWords('policies')
  const [draft, setDraft] = useState<PolicyDraft>(start)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const saving = useSave(stored)
  const preview = usePreview(draft, stored?.id ?? null, tried)
  const faults = faultsOf(saving.error, preview)
  const faultOf: FaultOf = (path) =>
    faults.get(path) ??
    (tried && path === 'name' && draft.name.trim() === '' ? words('form.nameMissing') : null)
  const change: Change = (part) => setDraft((before) => ({ ...before, ...part }) as PolicyDraft)
  const isWritten = JSON.stringify(draft) !== JSON.stringify(start)
  // The page that asks about a message takes the draft along.
  useUnsaved(isWritten && !saving.isPending && !saving.isDone, (path) => path.endsWith('/ask'))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (draft.name.trim() === '') return focusFirstWrong()
    saving.save(draft, reason)
  }
  return (
    <form noValidate className={stack.detail} onSubmit={submit}>
      <fieldset className={classes.form} disabled={!mayChange}>
        <legend className="hidden-visually">{words('form.legend')}</legend>
        <FormSection title={words('form.name')}>
          <TextInput
            label={words('form.name')}
            description={words('form.nameText')}
            value={draft.name}
            error={faultOf('name')}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Textarea
            label={words('form.description')}
            description={words('form.descriptionText')}
            autosize
            minRows={1}
            maxRows={4}
            value={draft.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
          <Switch
            label={words('form.enabled')}
            checked={draft.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
        </FormSection>
        <FormSection title={words('form.does')}>
          <OptionFields draft={draft} onChange={change} faultOf={faultOf} />
        </FormSection>
        <FormSection title={words('form.from')} line={words('form.fromLine')}>
          <ScopeFields of="from" value={draft.from} onChange={(from) => change({ from })} faultOf={faultOf} />
          <BasedOn draft={draft} onChange={change} />
        </FormSection>
        <FormSection title={words('form.to')}>
          <ScopeFields of="to" value={draft.to} onChange={(to) => change({ to })} faultOf={faultOf} />
          <Checkbox
            label={words('form.both')}
            description={words('form.bothText')}
            checked={draft.bidirectional}
            onChange={(event) => change({ bidirectional: event.currentTarget.checked })}
          />
        </FormSection>
        <Conditions draft={draft} onChange={change} faultOf={faultOf} />
        <FormSection title={words('form.override')}>
          <Switch
            label={words('form.first')}
            description={words('form.firstText')}
            checked={draft.override}
            onChange={(event) => change({ override: event.currentTarget.checked })}
          />
        </FormSection>
      </fieldset>
      <div className={classes.beside}>
        {mayChange && (
          <SavePanel
            draft={draft}
            stored={stored}
            isWritten={isWritten}
            isPending={saving.isPending}
            error={saving.error}
            reason={reason}
            onReason={setReason}
          />
        )}
        <PrecedencePanel type={draft.type} preview={preview} />
      </div>
    </form>
  )
}

type ConditionProps = { readonly draft: PolicyDraft; readonly onChange: Change; readonly faultOf: FaultOf }

function Conditions({ draft, onChange, faultOf }: ConditionProps) {
  const words = useWords('policies')
  return (
    <FormSection title={words('form.conditions')} line={words('form.conditionsLine')}>
      <TagsInput
        label={words('form.sourceIps')}
        description={words('form.sourceIpsText')}
        value={draft.sourceIps}
        splitChars={[',', ' ', ';', '\n']}
        acceptValueOnBlur
        error={faultOf('sourceIps')}
        onChange={(sourceIps) => onChange({ sourceIps })}
      />
      <TagsInput
        label={words('form.hostNames')}
        description={words('form.hostNamesText')}
        value={draft.hostNames}
        splitChars={[',', ' ', ';', '\n']}
        acceptValueOnBlur
        error={faultOf('hostNames')}
        onChange={(hostNames) => onChange({ hostNames })}
      />
      <div className={stack.pair}>
        <DateField
          label={words('form.validFrom')}
          value={draft.validFrom}
          error={faultOf('validFrom')}
          onChange={(validFrom) => onChange({ validFrom })}
        />
        <DateField
          label={words('form.validUntil')}
          value={draft.validUntil}
          error={faultOf('validUntil')}
          onChange={(validUntil) => onChange({ validUntil })}
        />
      </div>
    </FormSection>
  )
}

/** The server's word on the draft, a moment after the last change. */
function usePreview(draft: PolicyDraft, id: string | null, tried: boolean): PolicyPreview | undefined {
  const words = useWords('policies')
  const tenant = useSlug()
  const [asked, setAsked] = useState(draft)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(draft), CHECK_MS)
    return () => clearTimeout(timer)
  }, [draft])
  const named = useMemo(
    () => (asked.name.trim() === '' ? { ...asked, name: words('form.newName') } : asked),
    [asked, words],
  )
  const body = { draft: named, id }
  // What is not written yet is said here; the server is asked about whole drafts.
  const local = useMemo(() => PolicyDraft.safeParse(named), [named])
  // It changes nothing, so it is read like any other answer, and keyed by what was asked.
  const { data } = useQuery<PolicyPreview>({
    queryKey: [previewPolicy.name, tenant, JSON.stringify(body)],
    queryFn: ({ signal }) => call(previewPolicy, { params: { tenant }, body, signal }),
    enabled: local.success,
    placeholderData: (previous) => previous,
    staleTime: 30_000,
    retry: false,
  })
  if (local.success) return data
  // Fields that are just being written are not called wrong before somebody wants to save.
  const issues = tried ? local.error.issues : []
  const errors = issues.map(({ path }) => ({ path: path.join('/'), message: words('form.missing') }))
  return { conflicts: [], moreConflicts: false, warnings: [], errors }
}

function useSave(stored: Policy | null) {
  const words = useWords('policies')
  const tenant = useSlug()
  const navigate = useNavigate()
  const create = useAction(createPolicy, {
    readAgain: READ_AGAIN,
    onDone: ({ policy }) => {
      void navigate({ to: '/t/$slug/policies/$policy', params: { slug: tenant, policy: policy.id } })
    },
  })
  const update = useAction(updatePolicy, {
    readAgain: READ_AGAIN,
    // The form is drawn anew with the revision that was saved, so what it says itself would be gone.
    onDone: () => say(words('save.saved')),
  })
  return {
    error: create.error ?? update.error,
    isPending: create.isPending || update.isPending,
    isDone: create.isSuccess || update.isSuccess,
    save(draft: PolicyDraft, reason: string) {
      const body = { draft, reason }
      if (stored === null) create.mutate({ params: { tenant }, body })
      else update.mutate({ params: { tenant, policy: stored.id }, body, revision: stored.revision })
    },
  }
}

/** By path below the draft; list fields gather the faults of their entries. */
function faultsOf(error: unknown, preview: PolicyPreview | undefined): ReadonlyMap<string, string> {
  const faults = new Map<string, string>()
  const all = [
    ...(preview?.errors ?? []).map(({ path, message }) => [path, message] as const),
    ...[...fieldErrorsOf(error)],
  ]
  for (const [path, message] of all) {
    const bare = path
      .replaceAll('.', '/')
      .replace(/^\/?(draft\/)?/, '')
      .replace(/\/\d+$/, '')
    if (!faults.has(bare)) faults.set(bare, message)
  }
  return faults
}
