// Search field and filters of the senders page; what stands beside them acts on what was found.
import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { SearchField } from '#shared/search-field.tsx'
import classes from './senders.module.css'
import { actionWords, type SendersSearch, sourceWords, stateWords } from './senders-search.ts'

type Props = {
  readonly search: SendersSearch
  readonly onChange: (part: SendersSearch) => void
  readonly children: ReactNode
}

export function SenderFilters({ search, onChange, children }: Props) {
  return (
    <search className={classes.tools} aria-label="Filter senders">
      <SearchField
        className={classes.search}
        label="Search senders"
        placeholder="Beginning of a sender, domain or user"
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <Pick
        name="Action"
        words={actionWords}
        value={search.action}
        onChange={(action) => onChange({ action: action as SendersSearch['action'] })}
      />
      <Pick
        name="Source"
        words={sourceWords}
        value={search.source}
        onChange={(source) => onChange({ source: source as SendersSearch['source'] })}
      />
      <Pick
        name="State"
        words={stateWords}
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
  return (
    <Select
      aria-label={name}
      placeholder={name}
      className={classes.pick}
      data={Object.entries(words).map(([key, label]) => ({ value: key, label }))}
      value={value ?? null}
      onChange={(picked) => onChange(picked ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${name.toLowerCase()}` }}
    />
  )
}
