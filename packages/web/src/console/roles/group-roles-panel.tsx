// Roles by directory group: everybody in the group holds the role for as long as the directory says so.

import {
  type GroupRole,
  giveGroupRole,
  listGroupRoles,
  listRoles,
  removeGroupRole,
} from '@gatepost/contract/role.ts'
import { Button, Select } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { useRoleWords } from '#shared/role-words.ts'
import stack from '#shared/stack.module.css'
import classes from './roles.module.css'

export function GroupRolesPanel() {
  const t = useWords('roles')
  const tenant = useSlug()
  const may = useMay('roles:write')
  const { data } = useEndpoint(listGroupRoles, { params: { tenant } })
  const remove = useAction(removeGroupRole, {
    readAgain: [listGroupRoles, listRoles],
    said: () => ({ text: t('byGroup.taken') }),
  })
  if (!data) return null
  const nothing = data.items.length === 0 && data.groups.length === 0
  return (
    <Panel title={t('byGroup.title')}>
      <div className={stack.stack}>
        <p className="tx2">{nothing ? t('byGroup.nothing') : t('byGroup.means')}</p>
        {!nothing && data.items.length === 0 && <p>{t('byGroup.none')}</p>}
        {remove.error && <ProblemNote error={remove.error} focus />}
        {data.items.length > 0 && (
          <ul className={stack.plain}>
            {data.items.map((one) => (
              <li key={one.group} className={classes.role}>
                <Line one={one} />
                {may && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => remove.mutate({ params: { tenant, group: one.group } })}
                  >
                    {t('remove')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {may && data.groups.length > 0 && <GiveForm groups={data.groups} />}
      </div>
    </Panel>
  )
}

function Line({ one }: { readonly one: GroupRole }) {
  const t = useWords('roles')
  const say = useRoleWords()
  return (
    <div>
      <span className="strong">{one.groupName}</span>: {say(one.role, one.roleName)}
      <div className="small tx2">{t('byGroup.members', { count: one.members })}</div>
    </div>
  )
}

type Groups = readonly { readonly id: string; readonly name: string; readonly members: number }[]

function GiveForm({ groups }: { readonly groups: Groups }) {
  const t = useWords('roles')
  const tenant = useSlug()
  const [group, setGroup] = useState<string | null>(null)
  const [role, setRole] = useState<string | null>('help-desk')
  const say = useRoleWords()
  const { data: roles } = useEndpoint(listRoles, { params: { tenant } })
  const give = useAction(giveGroupRole, {
    readAgain: [listGroupRoles, listRoles],
    onDone: () => setGroup(null),
  })
  const choices = (roles?.items ?? [])
    .filter(({ mayGive, protected: isProtected }) => mayGive && !isProtected)
    .map(({ id, name }) => ({ value: id, label: say(id, name) }))
  return (
    <>
      {give.error && <ProblemNote error={give.error} focus />}
      <div className={stack.end}>
        <Select
          label={t('byGroup.group')}
          searchable
          data={groups.map(({ id, name, members }) => ({ value: id, label: `${name} (${count(members)})` }))}
          value={group}
          onChange={setGroup}
        />
        <Select label={t('role')} data={choices} value={role} onChange={setRole} allowDeselect={false} />
        <Button
          variant="default"
          disabled={group === null || role === null}
          loading={give.isPending}
          onClick={() => {
            if (group !== null && role !== null) give.mutate({ params: { tenant, group }, body: { role } })
          }}
        >
          {t('byGroup.give')}
        </Button>
      </div>
    </>
  )
}
