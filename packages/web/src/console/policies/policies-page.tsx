// Policies: what administrators decided about mail, by type, with search; each row leads to its form.
import { getPolicySummary, listPolicies, type Policy } from '@gatepost/contract/policy.ts'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconSearch, IconShield, IconUsersGroup } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { usePhone } from '#shared/screen.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './policies.module.css'
import { type PolicySearch, policyTypes } from './policy-search.ts'
import { PolicyState } from './policy-state.tsx'
import { RemovedNote } from './removed-note.tsx'
import { RowMenu } from './row-menu.tsx'
import { typeWords } from './type-words.ts'

const LIMIT = 50
const TYPING_MS = 300

export function PoliciesPage() {
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
      {search.type ? typeWords[search.type].add : 'Add a policy'}
    </Button>
  )
  const groups = (
    <Button
      variant="default"
      leftSection={<IconUsersGroup size={15} aria-hidden />}
      renderRoot={(props) => <Link {...props} to="/t/$slug/policies/groups" params={{ slug: tenant }} />}
    >
      Address groups
    </Button>
  )
  const rows = list.data?.items ?? []
  return (
    <Page
      title="Policies"
      lead="Of each type the most specific policy applies: override first, then the sender’s side, then the recipient’s, then the newest."
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
              label="Policies"
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
        aria-label="Show policies of one type"
        value={type ?? ''}
        onChange={(event) => onChange(policyTypes.find((name) => name === event.currentTarget.value))}
        data={[
          { value: '', label: 'All types' },
          ...policyTypes.map((name) => ({ value: name, label: `${typeWords[name].name}${total(name)}` })),
        ]}
      />
    )
  }
  return (
    <fieldset className={classes.tabs}>
      <legend className="hidden-visually">Show policies of one type</legend>
      <button type="button" className={classes.tab} aria-pressed={!type} onClick={() => onChange(undefined)}>
        All
      </button>
      {policyTypes.map((name) => (
        <button
          key={name}
          type="button"
          className={classes.tab}
          aria-pressed={type === name}
          onClick={() => onChange(name)}
        >
          {typeWords[name].name}
          {total(name)}
        </button>
      ))}
    </fieldset>
  )
}

type FilterProps = { readonly search: PolicySearch; readonly onChange: (part: Partial<PolicySearch>) => void }

function Filters({ search, onChange }: FilterProps) {
  const [typed, setTyped] = useState(search.search ?? '')
  useEffect(() => setTyped(search.search ?? ''), [search.search])
  useEffect(() => {
    if (typed.trim() === (search.search ?? '')) return
    const timer = setTimeout(() => onChange({ search: typed.trim() || undefined }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const toggle = (part: 'true' | 'false') => onChange({ enabled: search.enabled === part ? undefined : part })
  return (
    <search className={classes.filters} aria-label="Filter policies">
      <TextInput
        className={classes.field}
        aria-label="Search policies"
        placeholder="Name, description, address or domain of either side"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.enabled === 'true'}
        onClick={() => toggle('true')}
      >
        Enabled
      </button>
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.enabled === 'false'}
        onClick={() => toggle('false')}
      >
        Disabled
      </button>
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.origin === 'default'}
        onClick={() => onChange({ origin: search.origin === 'default' ? undefined : 'default' })}
      >
        Made by default
      </button>
    </search>
  )
}

const keyOf = ({ id }: Policy): string => id

const columns: readonly Column<Policy>[] = [
  { id: 'name', head: 'Policy', cell: (policy) => <Name policy={policy} /> },
  { id: 'from', head: 'From', cell: ({ fromText }) => <span className={classes.side}>{fromText}</span> },
  { id: 'to', head: 'To', cell: ({ toText }) => <span className={classes.side}>{toText}</span> },
  { id: 'does', head: 'Does', cell: ({ optionText }) => <span className="tx2">{optionText}</span> },
  { id: 'state', head: 'State', cell: ({ state }) => <PolicyState state={state} /> },
  {
    id: 'menu',
    head: 'Actions',
    headHidden: true,
    align: 'right',
    cell: (policy) => <RowMenu policy={policy} />,
  },
]

function Name({ policy }: { readonly policy: Policy }) {
  const slug = useSlug()
  return (
    <span className={classes.name}>
      <Link to="/t/$slug/policies/$policy" params={{ slug, policy: policy.id }} className={classes.link}>
        {policy.name}
      </Link>
      <span className="small tx3">
        {[
          typeWords[policy.type].name,
          policy.override ? 'override' : '',
          policy.sourceIps.length + policy.hostNames.length > 0 ? 'with conditions' : '',
          policy.origin === 'default' ? 'made by default' : '',
          policy.origin === 'service' ? 'made by a trusted service' : '',
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
  if (search.search || search.enabled || search.origin || search.group) {
    return (
      <EmptyState title="No policy fits these filters">
        <p>Policies are found by name, description, and the address or domain on either side.</p>
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      </EmptyState>
    )
  }
  const word = search.type && typeWords[search.type]
  return (
    <EmptyState icon={IconShield} title={word ? `No ${word.name.toLowerCase()} policy yet` : 'No policy yet'}>
      <p>
        {word
          ? `${word.does} Without one, mail is not asked for it.`
          : 'A policy says what happens to mail from one side to another. Without any, only the recipient is asked for.'}
      </p>
    </EmptyState>
  )
}
