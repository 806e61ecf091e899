// The filters above the audit log: who, what, when, from where, and how it ended.
import { getAuditWords } from '@gatepost/contract/audit.ts'
import { Select, TextInput } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { SearchField } from '#shared/search-field.tsx'
import classes from './audit.module.css'
import type { AuditSearch } from './audit-search.ts'
import { actionWord } from './audit-words.ts'

const TIMES = [
  { value: '', label: 'Any time' },
  { value: '1', label: 'Last 24 hours' },
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '365', label: 'Last year' },
]

const OUTCOMES = [
  { value: '', label: 'Done and refused' },
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused' },
]

type Props = {
  readonly given: AuditSearch
  readonly onChange: (part: AuditSearch) => void
  /** The installation's own log knows no list of words. */
  readonly system?: boolean
}

export function AuditFilters({ given, onChange, system }: Props) {
  return (
    <div className={classes.filters}>
      <SearchField
        className={classes.search}
        label="Search the audit log"
        placeholder="Name, subject, or a value before or after"
        value={given.search ?? ''}
        onChange={(search) => onChange({ search: search || undefined })}
      />
      {!system && <Words given={given} onChange={onChange} />}
      <Select
        aria-label="Time"
        data={TIMES}
        value={given.days === undefined ? '' : String(given.days)}
        allowDeselect={false}
        onChange={(value) => onChange({ days: value ? Number(value) : undefined })}
      />
      <Select
        aria-label="Outcome"
        data={OUTCOMES}
        value={given.outcome ?? ''}
        allowDeselect={false}
        onChange={(value) => onChange({ outcome: (value || undefined) as AuditSearch['outcome'] })}
      />
      <TextInput
        aria-label="Address it came from"
        placeholder="From address"
        defaultValue={given.address ?? ''}
        onBlur={(event) => onChange({ address: event.currentTarget.value.trim() || undefined })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onChange({ address: event.currentTarget.value.trim() || undefined })
        }}
      />
    </div>
  )
}

function Words({ given, onChange }: Omit<Props, 'system'>) {
  const tenant = useSlug()
  const { data } = useEndpoint(getAuditWords, { params: { tenant } }, { staleTime: 60_000 })
  const actors = [
    { value: '', label: 'Everybody' },
    { value: 'operator', label: 'Operators' },
    { value: 'system', label: 'The system itself' },
    ...(data?.actors ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ]
  const areas = [...new Set((data?.actions ?? []).map((action) => action.slice(0, action.indexOf('.') + 1)))]
  const actions = [
    { value: '', label: 'Everything' },
    ...areas.map((area) => ({ value: area, label: `All of ${area.slice(0, -1)}` })),
    ...(data?.actions ?? []).map((action) => ({ value: action, label: actionWord(action) })),
  ]
  return (
    <>
      <Select
        aria-label="Who"
        data={unique(actors)}
        value={given.who ?? ''}
        searchable
        allowDeselect={false}
        onChange={(value) => onChange({ who: value || undefined })}
      />
      <Select
        aria-label="What"
        data={actions}
        value={given.action ?? ''}
        searchable
        allowDeselect={false}
        onChange={(value) => onChange({ action: value || undefined })}
      />
    </>
  )
}

/** Two persons of one name are told apart by what follows it. */
function unique(options: readonly { readonly value: string; readonly label: string }[]) {
  const seen = new Map<string, number>()
  return options.map(({ value, label }) => {
    const times = (seen.get(label) ?? 0) + 1
    seen.set(label, times)
    return { value, label: times === 1 ? label : `${label} (${times})` }
  })
}
