// One user: addresses, groups, attributes, what each source says and who counts, policies and senders.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { getUser, listUsers, type Provenance, removeUser, type UserDetail } from '@gatepost/contract/user.ts'
import { Button } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { date, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { UserDialog } from './user-dialog.tsx'
import classes from './users.module.css'
import { kindWords } from './users-words.ts'

export function UserPage() {
  const tenant = useSlug()
  const { user: id } = useParams({ strict: false }) as { user: string }
  const { data, error } = useEndpoint(getUser, { params: { tenant, user: id } }, { refetchInterval: 30_000 })
  const crumb = {
    label: 'Users',
    link: (
      <Link to="/t/$slug/users" params={{ slug: tenant }}>
        Users
      </Link>
    ),
  }
  return (
    <Page
      title={data?.email ?? 'User'}
      crumbs={[crumb]}
      lead={data ? leadOf(data) : undefined}
      busy={!data && !error}
      actions={data && <Actions user={data} />}
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && <Panels user={data} />}
    </Page>
  )
}

function leadOf({ name, kind, enabled, hasAccount }: UserDetail): string {
  const what = name || kindWords[kind]
  if (kind !== 'user') return `${what}. Receives mail and does not sign in.`
  if (!enabled) return `${what}. Sign-in is off; mail goes on.`
  return hasAccount ? `${what}. Has an account and may sign in.` : `${what}. Has no account yet.`
}

function Actions({ user }: { readonly user: UserDetail }) {
  const tenant = useSlug()
  const may = useMay('users:write')
  const confirm = useConfirm()
  const navigate = useNavigate()
  const [editing, setEditing] = useState(false)
  const remove = useAction(removeUser, {
    readAgain: [listUsers, listDomains, getConnect],
    onDone: () => void navigate({ to: '/t/$slug/users', params: { slug: tenant } }),
  })
  if (!may) return null
  const ask = async () => {
    const agreed = await confirm({
      title: `Mail to ${user.email} is then refused`,
      body: 'Domains with known recipients answer 550 5.1.1. Mail already accepted is still delivered.',
      act: 'Remove user',
      keep: 'Keep user',
    })
    if (agreed) remove.mutate({ params: { tenant, user: user.id } })
  }
  return (
    <div className={stack.row}>
      <Button variant="default" onClick={() => setEditing(true)}>
        Edit
      </Button>
      {!user.fromDirectory && (
        <Button variant="default" loading={remove.isPending} onClick={() => void ask()}>
          Remove
        </Button>
      )}
      {remove.error && <ProblemNote error={remove.error} />}
      {editing && <UserDialog key={user.revision} user={user} onClose={() => setEditing(false)} />}
    </div>
  )
}

function Panels({ user }: { readonly user: UserDetail }) {
  const slug = useSlug()
  return (
    <div className={stack.stack}>
      {user.disagreements.length > 0 && (
        <Note tone="info" title="Its sources say different things">
          <ul>
            {user.disagreements.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Note>
      )}
      <Panel title="Addresses" side={plural(user.aliases.length + 1, 'address', 'addresses')}>
        <ul className={classes.plain}>
          <li>
            <span className="strong">{user.email}</span> <span className="tx2">main address</span>
          </li>
          {user.aliases.map((alias) => (
            <li key={alias}>{alias}</li>
          ))}
        </ul>
      </Panel>
      <SourcesPanel user={user} />
      <Panel title="Groups" side={user.groups.length === 0 ? 'in none' : plural(user.groups.length, 'group')}>
        {user.groups.length === 0 ? (
          <p className="tx2">Policies can name groups; put the user into one from the list of users.</p>
        ) : (
          <ul className={classes.plain}>
            {user.groups.map(({ id, name, origin }) => (
              <li key={id}>
                <Link to="/t/$slug/policies/groups" params={{ slug }} search={{ group: id } as never}>
                  {name}
                </Link>{' '}
                <span className="tx2">{origin === 'directory' ? 'kept by a directory' : 'local'}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {user.attributes.length > 0 && <AttributesPanel user={user} />}
      <Panel title="Mail">
        <ul className={classes.plain}>
          <li>
            <Link to="/t/$slug/senders" params={{ slug }} search={{ user: user.email } as never}>
              {plural(user.managedSenders, 'managed sender')}
            </Link>
          </li>
          {user.policies.map(({ id, name, because }) => (
            <li key={id}>
              <Link to="/t/$slug/policies/$policy" params={{ slug, policy: id } as never}>
                {name}
              </Link>{' '}
              <span className="tx2">{because}</span>
            </li>
          ))}
        </ul>
        {user.policies.length === 0 && (
          <p className="tx2">No policy names this user in particular; those for everybody apply.</p>
        )}
      </Panel>
    </div>
  )
}

function SourcesPanel({ user }: { readonly user: UserDetail }) {
  return (
    <Panel title="Where it comes from" side={plural(user.provenance.length, 'source')} flush>
      <DataTable
        label="What each source says"
        rows={user.provenance}
        columns={SOURCE_COLUMNS}
        rowKey={({ source, connectorId }) => `${source} ${connectorId}`}
        card={(source) => (
          <>
            <SourceName source={source} />
            {source.displayName && <span>{source.displayName}</span>}
            <span className="tx2">{[source.email, ...source.aliases].join(', ')}</span>
            <span className="tx2">
              Sign-in {signInOf(source)}, since {date(source.since)}
            </span>
          </>
        )}
      />
      <PanelFoot>
        <p className="small">
          Directories count before lists and hands. The user goes when the last source no longer names it.
        </p>
      </PanelFoot>
    </Panel>
  )
}

const SOURCE_COLUMNS: readonly Column<Provenance>[] = [
  { id: 'source', head: 'Source', cell: (source) => <SourceName source={source} /> },
  { id: 'name', head: 'Name', cell: ({ displayName }) => displayName || <span className="tx3">–</span> },
  { id: 'addresses', head: 'Addresses', cell: ({ email, aliases }) => [email, ...aliases].join(', ') },
  { id: 'sign-in', head: 'Sign-in', cell: signInOf },
  { id: 'since', head: 'Since', cell: ({ since }) => date(since) },
]

function SourceName({ source }: { readonly source: Provenance }) {
  return (
    <span>
      <span className="strong">{source.name}</span>
      {source.place && <span className={classes.place}>{source.place}</span>}
    </span>
  )
}

function signInOf({ enabled, userName }: Provenance): string {
  return enabled ? (userName ?? 'allowed') : 'disabled there'
}

function AttributesPanel({ user }: { readonly user: UserDetail }) {
  return (
    <Panel title="Attributes">
      <dl className={classes.attributes}>
        {user.attributes.map(({ name, value, from }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value} <span className="tx3">{from}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
