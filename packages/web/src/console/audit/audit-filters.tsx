// The filters above the audit log: who, what, when, from where, and how it ended.

import { getAuditWords } from '@gatepost/contract/audit.ts'
import { Select } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { FilterField, SearchField } from '#shared/search-field.tsx'
import classes from './audit.module.css'
import type { AuditSearch } from './audit-search.ts'
import { actionWord, areaWord } from './audit-words.ts'

const TIMES = ['', '1', '7', '30', '365'] as const
const OUTCOMES = ['', 'done', 'refused'] as const

type Props = {
  readonly given: AuditSearch
  readonly onChange: (part: AuditSearch) => void
  /** The installation's own log knows no list of words. */
  readonly system?: boolean
}

export function AuditFilters({ given, onChange, system }: Props) {
  const t = useWords('audit')
  return (
    <div className={classes.filters}>
      <SearchField
        className={classes.search}
        label={t('search')}
        placeholder={t('searchHint')}
        value={given.search ?? ''}
        onChange={(search) => onChange({ search: search || undefined })}
      />
      {!system && <WordFilters given={given} onChange={onChange} />}
      <Select
        aria-label={t('time')}
        data={TIMES.map((value) => ({ value, label: t(`within.${value || 'any'}`) }))}
        value={given.days === undefined ? '' : String(given.days)}
        allowDeselect={false}
        onChange={(value) => onChange({ days: value ? Number(value) : undefined })}
      />
      <Select
        aria-label={t('outcomeLabel')}
        data={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value || 'any'}`) }))}
        value={given.outcome ?? ''}
        allowDeselect={false}
        onChange={(value) => onChange({ outcome: (value || undefined) as AuditSearch['outcome'] })}
      />
      <FilterField
        label={t('address')}
        placeholder={t('addressHint')}
        value={given.address ?? ''}
        onChange={(address) => onChange({ address: address || undefined })}
      />
    </div>
  )
}

function WordFilters({ given, onChange }: Omit<Props, 'system'>) {
  const t = useWords('audit')
  const tenant = useSlug()
  const { data } = useEndpoint(getAuditWords, { params: { tenant } }, { staleTime: 60_000 })
  const actors = [
    { value: '', label: t('everybody') },
    { value: 'operator', label: t('operators') },
    { value: 'system', label: t('system') },
    ...(data?.actors ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ]
  const areas = [...new Set((data?.actions ?? []).map((action) => action.slice(0, action.indexOf('.') + 1)))]
  const actions = [
    { value: '', label: t('everything') },
    ...areas.map((area) => ({ value: area, label: t('allOf', { area: areaWord(t, area.slice(0, -1)) }) })),
    ...(data?.actions ?? []).map((action) => ({ value: action, label: actionWord(t, action) })),
  ]
  return (
    <>
      <Select
        aria-label={t('who')}
        data={unique(actors)}
        value={given.who ?? ''}
        searchable
        allowDeselect={false}
        onChange={(value) => onChange({ who: value || undefined })}
      />
      <Select
        aria-label={t('what')}
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
