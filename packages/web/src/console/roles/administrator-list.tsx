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
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { useRoleWords } from '#shared/role-words.ts'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './roles.module.css'

const LIMIT = 50
const READ_AGAIN = [listAdministrators, listRoles]

export function AdministratorList({ tenant }: { readonly tenant: string }) {
  const t = useWords('roles')
  const [search, setSearch] = useState('')
  const pages = usePages()
  const query = { limit: LIMIT, after: pages.after, ...(search === '' ? {} : { search }) }
  const { data, error } = useEndpoint(
    listAdministrators,
    { params: { tenant }, query },
    { keepPrevious: true },
  )
  const give = useAction(giveRole, { readAgain: READ_AGAIN, said: () => ({ text: t('given') }) })
  const take = useAction(removeAdministrator, {
    readAgain: READ_AGAIN,
    said: () => ({ text: t('removed') }),
  })
  const columns = useColumns(tenant, give.mutate, take.mutate)
  const failed = give.error ?? take.error
  return (
    <Panel title={t('people.title')} flush>
      <div className={classes.tools}>
        <SearchField
          className={classes.search}
          label={t('people.search')}
          placeholder={t('people.hint')}
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
        <EmptyState title={t('people.none')} icon={IconUserShield}>
          <p>{t('people.noneMeans')}</p>
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <>
          <DataTable
            label={t('administrators')}
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
            words={[t('back'), t('more')]}
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
  const t = useWords('roles')
  const may = useMay('roles:write')
  const confirm = useConfirm()
  const say = useRoleWords()
  const { data: roles } = useEndpoint(listRoles, { params: { tenant } })
  return useMemo(() => {
    const choices = (roles?.items ?? [])
      .filter(({ mayGive, id }) => mayGive && id !== 'end-user')
      .map(({ id, name }) => ({ value: id, label: say(id, name) }))
    const change = async (one: Administrator, role: string) => {
      const name = choices.find(({ value }) => value === role)?.label ?? role
      const agreed = await confirm({
        title: t('people.becomes', { name: one.name, role: name }),
        body: one.you ? t('people.you') : t('people.atOnce'),
        act: t('people.change'),
      })
      if (agreed) give({ params: { tenant, person: one.id }, body: { role } })
    }
    const remove = async (one: Administrator) => {
      const agreed = await confirm({
        title: t('people.loses', { name: one.name }),
        body: t('people.losesMeans', { name: one.name }),
        act: t('people.remove'),
      })
      if (agreed) take({ params: { tenant, person: one.id } })
    }
    return [
      { id: 'name', head: t('name'), cell: (one) => <Name one={one} /> },
      {
        id: 'role',
        head: t('role'),
        cell: (one) =>
          may && one.mayChange ? (
            <Select
              aria-label={t('people.roleOf', { name: one.name })}
              size="xs"
              w={210}
              data={choices}
              value={one.role}
              placeholder={say(one.role, one.roleName)}
              allowDeselect={false}
              onChange={(role) => {
                if (role !== null && role !== one.role) void change(one, role)
              }}
            />
          ) : (
            <span>{say(one.role, one.roleName)}</span>
          ),
      },
      { id: 'seen', head: t('people.seen'), cell: (one) => <Seen one={one} /> },
      {
        id: 'remove',
        head: t('remove'),
        headHidden: true,
        align: 'right',
        cell: (one) =>
          may &&
          one.mayChange && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeOne', { name: one.name })}
              onClick={() => remove(one)}
            >
              <IconUserMinus size={16} aria-hidden />
            </ActionIcon>
          ),
      },
    ] satisfies readonly Column<Administrator>[]
  }, [may, roles, tenant, confirm, give, take, t, say])
}

function Name({ one }: { readonly one: Administrator }) {
  const t = useWords('roles')
  return (
    <div>
      <span className={classes.name}>
        <span className="strong">{one.name}</span>
        {one.you && <span className="small tx2">{t('people.me')}</span>}
        {one.asOperator && <ToneText tone="hold">{t('people.outside')}</ToneText>}
      </span>
      <div className="small tx2">{one.email}</div>
    </div>
  )
}

function Seen({ one }: { readonly one: Administrator }) {
  const t = useWords('roles')
  if (one.lastSeenAt !== null) return <RelativeTime at={one.lastSeenAt} />
  return <span className="tx2">{one.canSignIn ? t('people.notForMonth') : t('people.cannot')}</span>
}
