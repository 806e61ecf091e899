// Users with their addresses and where each is known from; adding and importing stand below.
import { listUsers, type User } from '@gatepost/contract/user.ts'
import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconUsers } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { AddUserPanel } from './add-user-panel.tsx'
import { ImportUsers } from './import-users.tsx'
import { UserDialog } from './user-dialog.tsx'
import classes from './users.module.css'

const LIMIT = 50
const sourceWords = {
  manual: 'by hand',
  spreadsheet: 'spreadsheet',
  'seen-in-mail': 'seen in mail',
  directory: 'directory',
  agent: 'agent',
  entra: 'Entra ID',
  google: 'Google',
} as const

export function UsersPage() {
  const tenant = useSlug()
  const may = useMay('users:write')
  const pages = usePages()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), 200)
  const [edited, setEdited] = useState<User | null>(null)
  const { data, error, isFetching } = useEndpoint(
    listUsers,
    { params: { tenant }, query: { limit: LIMIT, after: pages.after, search: search || undefined } },
    { keepPrevious: true, refetchInterval: 15_000 },
  )
  const columns = useMemo(() => columnsOf(may ? setEdited : null), [may])
  return (
    <Page
      title="Users"
      lead="The people and addresses that receive mail. Domains with known recipients accept mail for these alone."
      busy={isFetching && data === undefined}
    >
      <div className={classes.tools}>
        <TextInput
          aria-label="Search users"
          placeholder="Beginning of an address or a name"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => {
            pages.reset()
            setTyped(event.currentTarget.value)
          }}
        />
      </div>
      <div className={classes.framedList}>
        {error && !data && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && <NoUsers search={search} onClear={() => setTyped('')} />}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label="Users"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(user) => <UserCard user={user} onEdit={may ? setEdited : null} />}
            />
            <PageFoot
              pages={pages}
              next={data.next}
              shown={data.items.length}
              limit={LIMIT}
              total={data.total}
              words={['Back', 'More']}
            />
          </>
        )}
      </div>
      <div className={stack.stack}>
        <ImportUsers />
        <AddUserPanel />
      </div>
      {edited && <UserDialog key={edited.id} user={edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}

function columnsOf(onEdit: ((user: User) => void) | null): readonly Column<User>[] {
  const columns: Column<User>[] = [
    { id: 'email', head: 'Address', cell: (user) => <span className="strong">{user.email}</span> },
    { id: 'name', head: 'Name', cell: (user) => user.name || <span className="tx3">–</span> },
    {
      id: 'aliases',
      head: 'Further addresses',
      cell: (user) => <span className="tx2">{user.aliases.join(', ') || '–'}</span>,
    },
    { id: 'sources', head: 'Known from', cell: (user) => <Sources user={user} /> },
  ]
  if (!onEdit) return columns
  return [
    ...columns,
    { id: 'edit', head: 'Change', headHidden: true, align: 'right', cell: editCell(onEdit) },
  ]
}

function editCell(onEdit: (user: User) => void) {
  return (user: User) => (
    <Button variant="subtle" color="gray" size="compact-sm" onClick={() => onEdit(user)}>
      Edit<span className="hidden-visually"> {user.email}</span>
    </Button>
  )
}

function Sources({ user }: { readonly user: User }) {
  const words = user.sources.map((source) => sourceWords[source]).join(', ')
  return (
    <span className="tx2">
      {words}
      {!user.enabled && ' · sign-in off'}
    </span>
  )
}

type CardProps = { readonly user: User; readonly onEdit: ((user: User) => void) | null }

function UserCard({ user, onEdit }: CardProps) {
  return (
    <>
      <span className="strong">{user.email}</span>
      {user.name && <span>{user.name}</span>}
      {user.aliases.length > 0 && <span className="tx2">{user.aliases.join(', ')}</span>}
      <Sources user={user} />
      {onEdit && <span>{editCell(onEdit)(user)}</span>}
    </>
  )
}

function NoUsers({ search, onClear }: { readonly search: string; readonly onClear: () => void }) {
  if (search) {
    return (
      <EmptyState
        title={`No address or name begins with ${search}`}
        icon={IconUsers}
        action={
          <Button variant="default" onClick={onClear}>
            Clear search
          </Button>
        }
      >
        <p>Mail to such an address is refused by domains with known recipients.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No user yet" icon={IconUsers}>
      <p>Users come from a CSV file or by hand below, and from outbound mail that we see.</p>
    </EmptyState>
  )
}
