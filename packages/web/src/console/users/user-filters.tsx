// Search field and filters of the list of users.

import { listDomains } from '@gatepost/contract/domain.ts'
import { listGroups } from '@gatepost/contract/group.ts'
import { UserKind, UserSource } from '@gatepost/contract/user.ts'
import { Select } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { SearchField } from '#shared/search-field.tsx'
import classes from './users.module.css'
import type { UsersSearch } from './users-words.ts'

/** Groups offered; the page of a group leads to its users too. */
const GROUPS_OFFERED = 500

type Props = {
  readonly search: UsersSearch
  readonly onChange: (part: UsersSearch) => void
}

export function UserFilters({ search, onChange }: Props) {
  const t = useWords('users')
  const tenant = useSlug()
  const domains = useEndpoint(listDomains, { params: { tenant } }, { staleTime: 60_000 })
  const groups = useEndpoint(
    listGroups,
    { params: { tenant }, query: { limit: GROUPS_OFFERED } },
    { staleTime: 60_000 },
  )
  const pick = (name: keyof UsersSearch) => (value: string | undefined) =>
    onChange({ [name]: value } as UsersSearch)
  return (
    <search className={classes.tools} aria-label={t('filter.label')}>
      <SearchField
        className={classes.search}
        label={t('filter.search')}
        placeholder={t('filter.hint')}
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <Pick
        name={t('knownFrom')}
        words={Object.fromEntries(UserSource.options.map((source) => [source, t(`source.${source}`)]))}
        value={search.source}
        onChange={pick('source')}
      />
      <Pick
        name={t('domain')}
        words={Object.fromEntries((domains.data?.items ?? []).map(({ name }) => [name, name]))}
        value={search.domain}
        onChange={pick('domain')}
      />
      <Pick
        name={t('group')}
        words={Object.fromEntries((groups.data?.items ?? []).map(({ id, name }) => [id, name]))}
        value={search.group}
        onChange={pick('group')}
      />
      <Pick
        name={t('filter.kind')}
        words={Object.fromEntries(UserKind.options.map((kind) => [kind, t(`kind.${kind}`)]))}
        value={search.kind}
        onChange={pick('kind')}
      />
      <Pick
        name={t('signIn')}
        words={{ yes: t('maySignIn'), no: t('filter.off') }}
        value={search.enabled}
        onChange={pick('enabled')}
      />
      <Pick
        name={t('account')}
        words={{ yes: t('filter.has'), no: t('filter.hasNone') }}
        value={search.account}
        onChange={pick('account')}
      />
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
  const t = useWords('users')
  return (
    <Select
      aria-label={name}
      placeholder={name}
      className={classes.pick}
      data={Object.entries(words).map(([key, label]) => ({ value: key, label }))}
      value={value ?? null}
      onChange={(picked) => onChange(picked ?? undefined)}
      searchable={Object.keys(words).length > 10}
      clearable
      clearButtonProps={{ 'aria-label': t('filter.clearOne', { name: name.toLowerCase() }) }}
    />
  )
}
