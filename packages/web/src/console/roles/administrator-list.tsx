// The list of people with a role: search, another role, remove.
import {
  type Administrator,
  giveRole,
  listAdministrators,
  listRoles,
  removeAdministrator,
} from '@gatepost/contract/role.ts'
import { ActionIcon, Select } from '@mantine/core'
import { IconUserMinus, IconUserShield } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './roles.module.css'

const LIMIT = 50
const READ_AGAIN = [listAdministrators, listRoles]

export function AdministratorList({ tenant }: { readonly tenant: string }) {
  const [search, setSearch] = useState('')
  const pages = usePages()
  const query = { limit: LIMIT, after: pages.after, ...(search === '' ? {} : { search }) }
  const { data, error } = useEndpoint(
    listAdministrators,
    { params: { tenant }, query },
    { keepPrevious: true },
  )
  const give = useAction(giveRole, { readAgain: READ_AGAIN, said: () => ({ text: 'The role is given.' }) })
  const take = useAction(removeAdministrator, {
    readAgain: READ_AGAIN,
    said: () => ({ text: 'The administrator is removed.' }),
  })
  const columns = useColumns(tenant, give.mutate, take.mutate)
  const failed = give.error ?? take.error
  return (
    <Panel title="People with a role" flush>
      <div className={classes.tools}>
        <SearchField
          className={classes.search}
          label="Search administrators"
          placeholder="Name or address"
          value={search}
          onChange={(text) => {
            pages.reset()
            setSearch(text)
          }}
        />
      </div>
      {(error ?? failed) && (
        <PanelBody>
          <ProblemNote error={error ?? failed} focus={failed !== null} />
        </PanelBody>
      )}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length === 0 && (
        <EmptyState title="Nobody of this name has a role" icon={IconUserShield}>
          <p>Search for another name, or invite the person below.</p>
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <>
          <DataTable
            label="Administrators"
            remember="administrators"
            rows={data.items}
            columns={columns}
            rowKey={({ id }) => id}
            card={(one) => (
              <>
                <Name one={one} />
                <span className={stack.row}>
                  {columns.find(({ id }) => id === 'role')?.cell(one)}
                  {columns.find(({ id }) => id === 'remove')?.cell(one)}
                </span>
                <span className="small tx2">
                  <Seen one={one} />
                </span>
              </>
            )}
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
    </Panel>
  )
}

type Give = (input: {
  readonly params: { readonly tenant: string; readonly person: string }
  readonly body: { readonly role: string }
}) => void
type Take = (input: { readonly params: { readonly tenant: string; readonly person: string } }) => void

function useColumns(tenant: string, give: Give, take: Take): readonly Column<Administrator>[] {
  const may = useMay('roles:write')
  const confirm = useConfirm()
  const { data: roles } = useEndpoint(listRoles, { params: { tenant } })
  return useMemo(() => {
    const choices = (roles?.items ?? [])
      .filter(({ mayGive, id }) => mayGive && id !== 'end-user')
      .map(({ id, name }) => ({ value: id, label: name }))
    const change = async (one: Administrator, role: string) => {
      const name = choices.find(({ value }) => value === role)?.label ?? role
      const agreed = await confirm({
        title: `${one.name} becomes ${name}`,
        body: one.you ? 'This is you: what you may do here changes at once.' : 'The change counts at once.',
        act: 'Change role',
      })
      if (agreed) give({ params: { tenant, person: one.id }, body: { role } })
    }
    const remove = async (one: Administrator) => {
      const agreed = await confirm({
        title: `${one.name} loses every administrator’s right here`,
        body: `Somebody who is one of your users stays an end user. Open pages of ${one.name} stop working at once.`,
        act: 'Remove administrator',
      })
      if (agreed) take({ params: { tenant, person: one.id } })
    }
    return [
      { id: 'name', head: 'Name', cell: (one) => <Name one={one} /> },
      {
        id: 'role',
        head: 'Role',
        cell: (one) =>
          may && one.mayChange ? (
            <Select
              aria-label={`Role of ${one.name}`}
              size="xs"
              w={210}
              data={choices}
              value={one.role}
              placeholder={one.roleName}
              allowDeselect={false}
              onChange={(role) => {
                if (role !== null && role !== one.role) void change(one, role)
              }}
            />
          ) : (
            <span>{one.roleName}</span>
          ),
      },
      { id: 'seen', head: 'Last seen', cell: (one) => <Seen one={one} /> },
      {
        id: 'remove',
        head: 'Remove',
        headHidden: true,
        align: 'right',
        cell: (one) =>
          may &&
          one.mayChange && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove ${one.name}`}
              onClick={() => remove(one)}
            >
              <IconUserMinus size={16} aria-hidden />
            </ActionIcon>
          ),
      },
    ] satisfies readonly Column<Administrator>[]
  }, [may, roles, tenant, confirm, give, take])
}

function Name({ one }: { readonly one: Administrator }) {
  return (
    <div>
      <span className={classes.name}>
        <span className="strong">{one.name}</span>
        {one.you && <span className="small tx2">you</span>}
        {one.asOperator && <ToneText tone="hold">operator from outside</ToneText>}
      </span>
      <div className="small tx2">{one.email}</div>
    </div>
  )
}

function Seen({ one }: { readonly one: Administrator }) {
  if (one.lastSeenAt !== null) return <RelativeTime at={one.lastSeenAt} />
  return <span className="tx2">{one.canSignIn ? 'Not for a month' : 'Cannot sign in yet'}</span>
}
