// C12: picks users for the role Basic Administrator; each gets a link to choose a password, or signs in as
// ever.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  type Invited,
  inviteAdministrator,
  listAdministrators,
  listInvitations,
} from '@gatepost/contract/role.ts'
import { listUsers } from '@gatepost/contract/user.ts'
import { Button, SegmentedControl, Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { InvitationsPanel } from '#console/roles/invitations-panel.tsx'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { useRoleWords } from '#shared/role-words.ts'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'

/** Found by the beginning of name or address; more are found by typing more. */
const SHOWN = 20

export function BasicAdministrators() {
  const words = useWords('connect')
  const say = useRoleWords()
  const tenant = useSlug()
  const may = useMay('roles:write')
  const { data } = useEndpoint(listAdministrators, {
    params: { tenant },
    query: { limit: 50, role: 'basic' },
  })
  return (
    <>
      <Panel title={words('basic.title')}>
        <div className={stack.tight}>
          <p className="tx2">{say('basic', '', 'means')}</p>
          {data && data.items.length === 0 && <p>{words('basic.nobody')}</p>}
          {data && data.items.length > 0 && (
            <ul className={`${stack.plain} ${stack.tight}`}>
              {data.items.map(({ id, name, email, canSignIn }) => (
                <li key={id}>
                  <span className="strong">{name}</span> {email}
                  <span className="tx2">{words(canSignIn ? 'basic.can' : 'basic.cannot')}</span>
                </li>
              ))}
            </ul>
          )}
          <Link to="/t/$slug/administrators" params={{ slug: tenant }}>
            {words('basic.all')}
          </Link>
        </div>
      </Panel>
      {may && <PickUser />}
      <InvitationsPanel />
    </>
  )
}

function PickUser() {
  const words = useWords('connect')
  const tenant = useSlug()
  const [search, setSearch] = useState('')
  const [email, setEmail] = useState<string | null>(null)
  const [send, setSend] = useState<'mail' | 'show'>('show')
  const query = { limit: SHOWN, ...(search === '' ? {} : { search }) }
  const { data: users } = useEndpoint(listUsers, { params: { tenant }, query }, { keepPrevious: true })
  const invite = useAction(inviteAdministrator, {
    readAgain: [listAdministrators, listInvitations, getConnect],
    onDone: () => setEmail(null),
  })
  const found = users?.items.find((user) => user.email === email)
  const act = () => {
    if (email === null) return
    const name = found?.name || email
    invite.mutate({ params: { tenant }, body: { email, name, role: 'basic', send } })
  }
  return (
    <Panel title={words('basic.choose')}>
      <div className={stack.stack}>
        <Select
          label={words('basic.user')}
          description={words('basic.userMeans')}
          searchable
          nothingFoundMessage={words('basic.none')}
          data={(users?.items ?? []).map((user) => ({
            value: user.email,
            label: user.name === '' ? user.email : `${user.name}, ${user.email}`,
          }))}
          filter={({ options }) => options}
          onSearchChange={(text) => setSearch(text.includes(', ') ? '' : text)}
          value={email}
          onChange={setEmail}
        />
        <SegmentedControl
          aria-label={words('basic.how')}
          data={[
            { value: 'show', label: words('basic.show') },
            { value: 'mail', label: words('basic.mail') },
          ]}
          value={send}
          onChange={(value) => setSend(value === 'mail' ? 'mail' : 'show')}
        />
        {invite.error && <ProblemNote error={invite.error} focus />}
        {invite.data && <Outcome {...invite.data} />}
        <div>
          <Button disabled={email === null} loading={invite.isPending} onClick={act}>
            {words('basic.make')}
          </Button>
        </div>
      </div>
    </Panel>
  )
}

function Outcome({ invitation, link }: Invited) {
  const words = useWords('connect')
  if (link === null) {
    return (
      <Note tone="ok" role="status" title={words('basic.onItsWay', { email: invitation.email })}>
        <p>{words('basic.once')}</p>
      </Note>
    )
  }
  return (
    <SecretNote
      title={words('basic.accepts', { name: invitation.name })}
      value={link}
      copy={words('share.copy')}
    >
      {words('basic.hand')}
    </SecretNote>
  )
}
