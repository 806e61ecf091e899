// People › Users: search, filters, changes of many, export; importing and adding stand below.

import { exportUsers, listUsers, type User, type UserBulk } from '@gatepost/contract/user.ts'
import { Button, Checkbox } from '@mantine/core'
import { IconDownload, IconUsers } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { AddUserPanel } from './add-user-panel.tsx'
import { BulkBar, BulkDone, type Selected } from './bulk-bar.tsx'
import { ImportUsers } from './import-users.tsx'
import { UserFilters } from './user-filters.tsx'
import classes from './users.module.css'
import { type UsersSearch, usersSearch } from './users-words.ts'

const LIMIT = 50

export function UsersPage() {
  const t = useWords('users')
  const slug = useSlug()
  const may = useMay('users:write')
  const pages = usePages()
  const search = usersSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const [selected, setSelected] = useState<Selected | null>(null)
  const [done, setDone] = useState<UserBulk | null>(null)
  const change = (part: UsersSearch) => {
    pages.reset()
    setSelected(null)
    const next = usersSearch({ ...search, ...part })
    void navigate({ to: '/t/$slug/users', params: { slug }, search: next as never, replace: true })
  }
  const { data, error, isFetching } = useEndpoint(
    listUsers,
    { params: { tenant: slug }, query: { limit: LIMIT, after: pages.after, ...search } },
    { keepPrevious: true, refetchInterval: 15_000 },
  )
  const isFiltered = Object.keys(search).length > 0
  return (
    <Page
      title={t('title')}
      lead={t('list.lead')}
      busy={isFetching && data === undefined}
      actions={<ExportLink search={search} />}
    >
      {done && <BulkDone key={done.id} done={done} onClose={() => setDone(null)} />}
      <div className={classes.framedList}>
        <UserFilters search={search} onChange={change} />
        {error && !data && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows />}
        {data?.items.length === 0 && (
          <NoUsers
            isFiltered={isFiltered}
            onClear={() => void navigate({ to: '/t/$slug/users', params: { slug } })}
          />
        )}
        {data && data.items.length > 0 && (
          <>
            <UserTable users={data.items} selected={selected} onSelect={may ? setSelected : null} />
            <PageFoot
              pages={pages}
              next={data.next}
              shown={data.items.length}
              limit={LIMIT}
              total={data.total}
              words={[t('list.back'), t('list.more')]}
            />
          </>
        )}
        {selected && (
          <BulkBar
            selected={selected}
            total={data?.total ?? 0}
            onAll={() => setSelected({ kind: 'all', where: search, total: data?.total ?? 0 })}
            onClear={() => setSelected(null)}
            onDone={setDone}
          />
        )}
      </div>
      <div className={stack.stack}>
        <ImportUsers />
        <AddUserPanel />
      </div>
    </Page>
  )
}

type TableProps = {
  readonly users: readonly User[]
  readonly selected: Selected | null
  readonly onSelect: ((selected: Selected | null) => void) | null
}

function UserTable({ users, selected, onSelect }: TableProps) {
  const t = useWords('users')
  const [columns, box] = useMemo((): readonly [readonly Column<User>[], Column<User> | null] => {
    const listed = columnsOf(t)
    const isOn = ({ id }: User) => selected?.kind === 'all' || (selected?.ids.has(id) ?? false)
    const toggle = ({ id }: User) => {
      const ids = new Set(selected?.kind === 'some' ? selected.ids : users.map((user) => user.id))
      if (selected === null) ids.clear()
      if (!ids.delete(id)) ids.add(id)
      onSelect?.(ids.size === 0 ? null : { kind: 'some', ids })
    }
    if (!onSelect) return [listed, null]
    const box: Column<User> = {
      id: 'select',
      head: t('list.select'),
      headHidden: true,
      cell: (user) => (
        <Checkbox
          aria-label={t('list.selectUser', { email: user.email })}
          checked={isOn(user)}
          onChange={() => toggle(user)}
        />
      ),
    }
    return [[box, ...listed], box]
  }, [users, selected, onSelect, t])
  const isWhole = selected?.kind === 'all' || users.every(({ id }) => selected?.ids.has(id))
  return (
    <>
      {onSelect && (
        <div className={classes.selectPage}>
          <Checkbox
            label={t('list.selectPage')}
            checked={selected !== null && isWhole}
            indeterminate={selected !== null && !isWhole}
            onChange={() =>
              onSelect(
                selected !== null && isWhole
                  ? null
                  : { kind: 'some', ids: new Set(users.map(({ id }) => id)) },
              )
            }
          />
        </div>
      )}
      <DataTable
        label={t('title')}
        remember="users"
        toolsInHead
        rows={users}
        columns={columns}
        rowKey={({ id }) => id}
        card={(user) => (
          <div className={classes.card}>
            {box?.cell(user)}
            <UserCard user={user} />
          </div>
        )}
      />
    </>
  )
}

const columnsOf = (t: Words): readonly Column<User>[] => [
  { id: 'email', head: t('address'), cell: (user) => <UserLink user={user} /> },
  { id: 'name', head: t('name'), cell: (user) => user.name || <span className="tx3">–</span> },
  {
    id: 'aliases',
    head: t('further'),
    cell: (user) => <span className="tx2">{aliasesText(user.aliases, t)}</span>,
  },
  { id: 'sources', head: t('knownFrom'), cell: (user) => <Sources user={user} /> },
]

/** The first few; all stand on the user's page. */
function aliasesText(aliases: readonly string[], t: Words): string {
  if (aliases.length === 0) return '–'
  const more = aliases.length - 2
  return `${aliases.slice(0, 2).join(', ')}${more > 0 ? ` ${t('import.more', { more })}` : ''}`
}

function UserLink({ user }: { readonly user: User }) {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/users/$user" params={{ slug, user: user.id }} className="strong">
      {user.email}
    </Link>
  )
}

function Sources({ user }: { readonly user: User }) {
  const t = useWords('users')
  const words = user.sources.map((source) => t(`source.${source}`))
  if (user.kind !== 'user') words.unshift(t(`kindInside.${user.kind}`))
  return (
    <span className="tx2">
      {words.join(', ')}
      {!user.enabled && ` · ${t('list.off')}`}
    </span>
  )
}

function UserCard({ user }: { readonly user: User }) {
  const t = useWords('users')
  return (
    <div>
      <UserLink user={user} />
      {user.name && <span>{user.name}</span>}
      {user.aliases.length > 0 && <span className="tx2">{aliasesText(user.aliases, t)}</span>}
      <Sources user={user} />
    </div>
  )
}

function ExportLink({ search }: { readonly search: UsersSearch }) {
  const t = useWords('users')
  const tenant = useSlug()
  const path = exportUsers.path.replace('{tenant}', encodeURIComponent(tenant))
  const query = new URLSearchParams(search as { [name: string]: string })
  return (
    <Button
      component="a"
      href={`${path}?${query}`}
      download="users.csv"
      variant="default"
      leftSection={<IconDownload size={15} aria-hidden />}
      title={t('list.exportHint')}
    >
      {t('list.export')}
    </Button>
  )
}

function NoUsers({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  const t = useWords('users')
  if (isFiltered) {
    return (
      <EmptyState
        title={t('list.nonePasses')}
        icon={IconUsers}
        action={
          <Button variant="default" onClick={onClear}>
            {t('list.clear')}
          </Button>
        }
      >
        <p>{t('list.nonePassesMeans')}</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title={t('list.none')} icon={IconUsers}>
      <p>{t('list.noneMeans')}</p>
    </EmptyState>
  )
}
