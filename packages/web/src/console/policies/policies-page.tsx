// Policies: what administrators decided about mail, by type, with search; each row leads to its form.
import { getPolicySummary, listPolicies, type Policy } from '@gatepost/contract/policy.ts'
import { Button, NativeSelect } from '@mantine/core'
import { IconPlus, IconShield, IconUsersGroup } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { usePhone } from '#shared/screen.ts'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './policies.module.css'
import { type PolicySearch, policyTypes } from './policy-search.ts'
import { PolicyState } from './policy-state.tsx'
import { RemovedNote } from './removed-note.tsx'
import { RowMenu } from './row-menu.tsx'
import { typeWord } from './type-words.ts'

const LIMIT = 50

export function PoliciesPage() {
  const words = useWords('policies')
  const tenant = useSlug()
  const search = useSearch({ from: '/console/t/$slug/policies/' })
  const navigate = useNavigate()
  const pages = usePages()
  const may = useMay('policies:write')
  const query = { ...search, limit: LIMIT, after: pages.after }
  const list = useEndpoint(listPolicies, { params: { tenant }, query }, { keepPrevious: true })
  const change = (part: Partial<PolicySearch>) => {
    pages.reset()
    void navigate({
      to: '/t/$slug/policies',
      params: { slug: tenant },
      search: { ...search, ...part },
      replace: true,
    })
  }
  const add = (
    <Button
      leftSection={<IconPlus size={15} aria-hidden />}
      renderRoot={(props) => (
        <Link
          {...props}
          to="/t/$slug/policies/new"
          params={{ slug: tenant }}
          search={{ type: search.type }}
        />
      )}
    >
      {search.type ? typeWord(search.type, words).add : words('add')}
    </Button>
  )
  const groups = (
    <Button
      variant="default"
      leftSection={<IconUsersGroup size={15} aria-hidden />}
      renderRoot={(props) => <Link {...props} to="/t/$slug/policies/groups" params={{ slug: tenant }} />}
    >
      {words('groups')}
    </Button>
  )
  const rows = list.data?.items ?? []
  const columns = useMemo(() => columnsOf(words), [words])
  return (
    <Page
      title={words('title')}
      lead={words('lead')}
      busy={list.isPlaceholderData}
      actions={
        <>
          {groups}
          {may && add}
        </>
      }
    >
      <RemovedNote />
      <TypeTabs type={search.type} onChange={(type) => change({ type })} />
      <Filters search={search} onChange={change} />
      {list.error && !list.data && <ProblemNote error={list.error} />}
      <div className={classes.frame}>
        {!list.data && !list.error && <SkeletonRows rows={8} />}
        {list.data && rows.length === 0 && <Nothing search={search} onClear={() => change(CLEARED)} />}
        {rows.length > 0 && (
          <>
            <DataTable
              rows={rows}
              columns={columns}
              rowKey={keyOf}
              card={card}
              label={words('title')}
              dense
              remember="policies"
            />
            <PageFoot
              pages={pages}
              next={list.data?.next ?? null}
              shown={rows.length}
              limit={LIMIT}
              total={list.data?.total ?? null}
            />
          </>
        )}
      </div>
    </Page>
  )
}

const CLEARED = { search: undefined, enabled: undefined, origin: undefined, group: undefined }

type TabsProps = {
  readonly type: PolicySearch['type']
  readonly onChange: (type: PolicySearch['type']) => void
}

/** Fifteen types are too many for a phone's width: there they are a menu. */
function TypeTabs({ type, onChange }: TabsProps) {
  const words = useWords('policies')
  const tenant = useSlug()
  const phone = usePhone()
  const { data } = useEndpoint(getPolicySummary, { params: { tenant } })
  const total = (name: string): string => {
    const found = data?.types.find((one) => one.type === name)
    return found && found.total > 0 ? ` ${count(found.total)}` : ''
  }
  if (phone) {
    return (
      <NativeSelect
        className={classes.choice}
        aria-label={words('tabs.label')}
        value={type ?? ''}
        onChange={(event) => onChange(policyTypes.find((name) => name === event.currentTarget.value))}
        data={[
          { value: '', label: words('tabs.allTypes') },
          ...policyTypes.map((name) => ({ value: name, label: typeWord(name, words).name + total(name) })),
        ]}
      />
    )
  }
  return (
    <fieldset className={classes.tabs}>
      <legend className="hidden-visually">{words('tabs.label')}</legend>
      <button type="button" className={classes.tab} aria-pressed={!type} onClick={() => onChange(undefined)}>
        {words('tabs.all')}
      </button>
      {policyTypes.map((name) => (
        <button
          key={name}
          type="button"
          className={classes.tab}
          aria-pressed={type === name}
          onClick={() => onChange(name)}
        >
          {typeWord(name, words).name}
          {total(name)}
        </button>
      ))}
    </fieldset>
  )
}

type FilterProps = { readonly search: PolicySearch; readonly onChange: (part: Partial<PolicySearch>) => void }

function Filters({ search, onChange }: FilterProps) {
  const words = useWords('policies')
  const toggle = (part: 'true' | 'false') => onChange({ enabled: search.enabled === part ? undefined : part })
  return (
    <search className={classes.filters} aria-label={words('filter.label')}>
      <SearchField
        className={classes.field}
        label={words('filter.search')}
        placeholder={words('filter.hint')}
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.enabled === 'true'}
        onClick={() => toggle('true')}
      >
        {words('filter.enabled')}
      </button>
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.enabled === 'false'}
        onClick={() => toggle('false')}
      >
        {words('filter.disabled')}
      </button>
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.origin === 'default'}
        onClick={() => onChange({ origin: search.origin === 'default' ? undefined : 'default' })}
      >
        {words('filter.default')}
      </button>
    </search>
  )
}

const keyOf = ({ id }: Policy): string => id

function columnsOf(words: Words): readonly Column<Policy>[] {
  return [
    { id: 'name', head: words('list.policy'), cell: (policy) => <Name policy={policy} /> },
    {
      id: 'from',
      head: words('list.from'),
      cell: ({ fromText }) => <span className={classes.side}>{fromText}</span>,
    },
    {
      id: 'to',
      head: words('list.to'),
      cell: ({ toText }) => <span className={classes.side}>{toText}</span>,
    },
    {
      id: 'does',
      head: words('list.does'),
      cell: ({ optionText }) => <span className="tx2">{optionText}</span>,
    },
    { id: 'state', head: words('list.state'), cell: ({ state }) => <PolicyState state={state} /> },
    {
      id: 'menu',
      head: words('list.actions'),
      headHidden: true,
      align: 'right',
      cell: (policy) => <RowMenu policy={policy} />,
    },
  ]
}

function Name({ policy }: { readonly policy: Policy }) {
  const words = useWords('policies')
  const slug = useSlug()
  return (
    <span className={classes.name}>
      <Link to="/t/$slug/policies/$policy" params={{ slug, policy: policy.id }} className={classes.link}>
        {policy.name}
      </Link>
      <span className="small tx3">
        {[
          typeWord(policy.type, words).name,
          policy.override ? words('note.override') : '',
          policy.sourceIps.length + policy.hostNames.length > 0 ? words('note.conditions') : '',
          policy.origin === 'default' ? words('note.default') : '',
          policy.origin === 'service' ? words('note.service') : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </span>
  )
}

function card(policy: Policy) {
  return (
    <div className={classes.card}>
      <Name policy={policy} />
      <span>{`${policy.fromText} → ${policy.toText}`}</span>
      <span className="tx2">{policy.optionText}</span>
      <PolicyState state={policy.state} />
    </div>
  )
}

function Nothing({ search, onClear }: { readonly search: PolicySearch; readonly onClear: () => void }) {
  const words = useWords('policies')
  if (search.search || search.enabled || search.origin || search.group) {
    return (
      <EmptyState title={words('none.filtered')}>
        <p>{words('none.filteredText')}</p>
        <Button variant="default" onClick={onClear}>
          {words('filter.clear')}
        </Button>
      </EmptyState>
    )
  }
  const word = search.type && typeWord(search.type, words)
  return (
    <EmptyState
      icon={IconShield}
      title={word ? words('none.ofType', { type: word.name.toLowerCase() }) : words('none.any')}
    >
      <p>{word ? words('none.ofTypeText', { does: word.does }) : words('none.anyText')}</p>
    </EmptyState>
  )
}
