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
import { useWords, type Words } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { UserDialog } from './user-dialog.tsx'
import classes from './users.module.css'

export function UserPage() {
  const t = useWords('users')
  const tenant = useSlug()
  const { user: id } = useParams({ strict: false }) as { user: string }
  const { data, error } = useEndpoint(getUser, { params: { tenant, user: id } }, { refetchInterval: 30_000 })
  const crumb = {
    label: t('title'),
    link: (
      <Link to="/t/$slug/users" params={{ slug: tenant }}>
        {t('title')}
      </Link>
    ),
  }
  return (
    <Page
      title={data?.email ?? t('page.user')}
      crumbs={[crumb]}
      lead={data ? leadOf(data, t) : undefined}
      busy={!data && !error}
      actions={data && <Actions user={data} />}
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && <Panels user={data} />}
    </Page>
  )
}

function leadOf({ name, kind, enabled, hasAccount }: UserDetail, t: Words): string {
  const what = name || t(`kind.${kind}`)
  if (kind !== 'user') return t('page.receives', { what })
  if (!enabled) return t('page.off', { what })
  return hasAccount ? t('page.hasAccount', { what }) : t('page.hasNone', { what })
}

function Actions({ user }: { readonly user: UserDetail }) {
  const t = useWords('users')
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
      title: t('page.refused', { email: user.email }),
      body: t('page.refusedMeans'),
      act: t('page.removeUser'),
      keep: t('page.keep'),
    })
    if (agreed) remove.mutate({ params: { tenant, user: user.id } })
  }
  return (
    <div className={stack.row}>
      <Button variant="default" onClick={() => setEditing(true)}>
        {t('page.edit')}
      </Button>
      {!user.fromDirectory && (
        <Button variant="default" loading={remove.isPending} onClick={() => void ask()}>
          {t('page.remove')}
        </Button>
      )}
      {remove.error && <ProblemNote error={remove.error} />}
      {editing && <UserDialog key={user.revision} user={user} onClose={() => setEditing(false)} />}
    </div>
  )
}

function Panels({ user }: { readonly user: UserDetail }) {
  const t = useWords('users')
  const slug = useSlug()
  return (
    <div className={stack.stack}>
      {user.disagreements.length > 0 && (
        <Note tone="info" title={t('page.differ')}>
          <ul>
            {user.disagreements.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Note>
      )}
      <Panel title={t('addresses')} side={t('page.addresses', { count: user.aliases.length + 1 })}>
        <ul className={classes.plain}>
          <li>
            <span className="strong">{user.email}</span> <span className="tx2">{t('page.main')}</span>
          </li>
          {user.aliases.map((alias) => (
            <li key={alias}>{alias}</li>
          ))}
        </ul>
      </Panel>
      <SourcesPanel user={user} />
      <Panel
        title={t('groups')}
        side={user.groups.length === 0 ? t('page.inNone') : t('page.groups', { count: user.groups.length })}
      >
        {user.groups.length === 0 ? (
          <p className="tx2">{t('page.noGroups')}</p>
        ) : (
          <ul className={classes.plain}>
            {user.groups.map(({ id, name, origin }) => (
              <li key={id}>
                <Link to="/t/$slug/policies/groups" params={{ slug }} search={{ group: id } as never}>
                  {name}
                </Link>{' '}
                <span className="tx2">
                  {origin === 'directory' ? t('page.byDirectory') : t('page.local')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {user.attributes.length > 0 && <AttributesPanel user={user} />}
      <Panel title={t('page.mail')}>
        <ul className={classes.plain}>
          <li>
            <Link to="/t/$slug/senders" params={{ slug }} search={{ user: user.email } as never}>
              {t('page.senders', { count: user.managedSenders })}
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
        {user.policies.length === 0 && <p className="tx2">{t('page.noPolicy')}</p>}
      </Panel>
    </div>
  )
}

function SourcesPanel({ user }: { readonly user: UserDetail }) {
  const t = useWords('users')
  return (
    <Panel title={t('page.where')} side={t('page.sources', { count: user.provenance.length })} flush>
      <DataTable
        label={t('page.each')}
        rows={user.provenance}
        columns={sourceColumns(t)}
        rowKey={({ source, connectorId }) => `${source} ${connectorId}`}
        card={(source) => (
          <>
            <SourceName source={source} />
            {source.displayName && <span>{source.displayName}</span>}
            <span className="tx2">{[source.email, ...source.aliases].join(', ')}</span>
            <span className="tx2">
              {t('page.signInSince', { how: signInOf(source, t), day: date(source.since) })}
            </span>
          </>
        )}
      />
      <PanelFoot>
        <p className="small">{t('page.counts')}</p>
      </PanelFoot>
    </Panel>
  )
}

const sourceColumns = (t: Words): readonly Column<Provenance>[] => [
  { id: 'source', head: t('page.source'), cell: (source) => <SourceName source={source} /> },
  { id: 'name', head: t('name'), cell: ({ displayName }) => displayName || <span className="tx3">–</span> },
  { id: 'addresses', head: t('addresses'), cell: ({ email, aliases }) => [email, ...aliases].join(', ') },
  { id: 'sign-in', head: t('signIn'), cell: (source) => signInOf(source, t) },
  { id: 'since', head: t('page.since'), cell: ({ since }) => date(since) },
]

function SourceName({ source }: { readonly source: Provenance }) {
  const t = useWords('users')
  // A connector has a name of its own.
  const name = source.connectorId === null ? t(`page.sourceNames.${source.source}`, source.name) : source.name
  return (
    <span>
      <span className="strong">{name}</span>
      {source.place && <span className={classes.place}>{source.place}</span>}
    </span>
  )
}

function signInOf({ enabled, userName }: Provenance, t: Words): string {
  return enabled ? (userName ?? t('page.allowed')) : t('page.disabled')
}

function AttributesPanel({ user }: { readonly user: UserDetail }) {
  const t = useWords('users')
  return (
    <Panel title={t('attributes')}>
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
