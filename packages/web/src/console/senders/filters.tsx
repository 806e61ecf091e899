// Search field and filters of the senders page; what stands beside them acts on what was found.

import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { SearchField } from '#shared/search-field.tsx'
import classes from './senders.module.css'
import { actionWordsOf, type SendersSearch, sourceWordsOf, stateWordsOf } from './senders-search.ts'

type Props = {
  readonly search: SendersSearch
  readonly onChange: (part: SendersSearch) => void
  readonly children: ReactNode
}

export function SenderFilters({ search, onChange, children }: Props) {
  const t = useWords('senders')
  return (
    <search className={classes.tools} aria-label={t('filters.filterSenders')}>
      <SearchField
        className={classes.search}
        label={t('filters.searchSenders')}
        placeholder={t('filters.beginningOfASenderDomainOr')}
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <Pick
        name={t('filters.action')}
        words={actionWordsOf(t)}
        value={search.action}
        onChange={(action) => onChange({ action: action as SendersSearch['action'] })}
      />
      <Pick
        name={t('filters.source')}
        words={sourceWordsOf(t)}
        value={search.source}
        onChange={(source) => onChange({ source: source as SendersSearch['source'] })}
      />
      <Pick
        name={t('filters.state')}
        words={stateWordsOf(t)}
        value={search.state}
        onChange={(state) => onChange({ state: state as SendersSearch['state'] })}
      />
      {children}
    </search>
  )
}

type PickProps = {
  readonly name: string
  readonly words: { readonly [value: string]: string }
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

function Pick({ name, words, value, onChange }: PickProps) {
  const t = useWords('senders')
  return (
    <Select
      aria-label={name}
      placeholder={name}
      className={classes.pick}
      data={Object.entries(words).map(([key, label]) => ({ value: key, label }))}
      value={value ?? null}
      onChange={(picked) => onChange(picked ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': t('filters.clear', { name }) }}
    />
  )
}
