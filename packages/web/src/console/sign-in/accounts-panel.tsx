// People who can sign in, and how an administrator helps them: temporary password, lost factors, sessions.
import {
  type Account,
  endAccountSessions,
  giveAccount,
  listAccounts,
  removeAccountFactors,
  resetAccountPassword,
} from '@gatepost/contract/sign-in-settings.ts'
import { Button, Menu, TextInput } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import account from '#account/account.module.css'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './sign-in.module.css'

const LIMIT = 50

export function AccountsPanel() {
  const tenant = useSlug()
  const may = useMay('users:write')
  const [search, setSearch] = useState('')
  const pages = usePages()
  const query = {
    limit: LIMIT,
    ...(pages.after ? { after: pages.after } : {}),
    ...(search ? { search } : {}),
  }
  const { data, error } = useEndpoint(listAccounts, { params: { tenant }, query }, { keepPrevious: true })
  const help = useHelp()
  const columns = useMemo(() => columnsOf(may ? help.menu : null), [may, tenant])
  return (
    <div className={account.stack}>
      {help.error && <ProblemNote error={help.error} focus />}
      {help.given && <Given {...help.given} />}
      <Panel title="Accounts" flush>
        <PanelBody>
          <div className={classes.give}>
            <TextInput
              aria-label="Find by address or name"
              placeholder="Address or name"
              value={search}
              onChange={(event) => {
                pages.reset()
                setSearch(event.currentTarget.value)
              }}
            />
            {may && <GiveForm onGive={help.give} />}
          </div>
        </PanelBody>
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows />}
        {data?.items.length === 0 && (
          <PanelBody>
            <p className="tx2">
              {search === ''
                ? 'Nobody signs in here yet.'
                : 'No account begins like that. Users without an account are under Users.'}
            </p>
          </PanelBody>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label="Accounts"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(row) => (
                <>
                  <Who row={row} />
                  <Factors row={row} />
                  <Seen row={row} />
                  {may && help.menu(row)}
                </>
              )}
            />
            <PageFoot
              pages={pages}
              next={data.next}
              shown={data.items.length}
              limit={LIMIT}
              total={data.total}
              words={['Back', 'On']}
            />
          </>
        )}
      </Panel>
    </div>
  )
}

function GiveForm({ onGive }: { readonly onGive: (email: string) => void }) {
  const [email, setEmail] = useState('')
  return (
    <form
      className={classes.give}
      onSubmit={(event) => {
        event.preventDefault()
        onGive(email.trim())
        setEmail('')
      }}
    >
      <TextInput
        aria-label="Address of a user who gets an account"
        placeholder="user@your.domain"
        type="email"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!email.includes('@')}>
        Let a user sign in
      </Button>
    </form>
  )
}

type GivenPassword = { readonly email: string; readonly password: string }

/** Shown this once; nobody can read it again. */
function Given({ email, password }: GivenPassword) {
  return (
    <Note tone="ok" title={`Temporary password of ${email}`} role="status">
      <p>
        <span className="mono strong" translate="no">
          {password}
        </span>{' '}
        <CopyButton value={password} label="Copy temporary password" />
      </p>
      <p>
        It is shown this once and must be changed at the first sign-in. Hand it over by telephone or in
        person.
      </p>
    </Note>
  )
}

function useHelp() {
  const tenant = useSlug()
  const confirm = useConfirm()
  const [given, setGiven] = useState<GivenPassword | null>(null)
  const readAgain = [listAccounts]
  const keep = (done: { readonly account: Account; readonly temporaryPassword: string }) =>
    setGiven({ email: done.account.email, password: done.temporaryPassword })
  const give = useAction(giveAccount, { readAgain, onDone: keep })
  const reset = useAction(resetAccountPassword, { readAgain, onDone: keep })
  const factors = useAction(removeAccountFactors, {
    readAgain,
    said: () => ({ text: 'The second factors are removed.' }),
  })
  const sessions = useAction(endAccountSessions, {
    readAgain,
    said: () => ({ text: 'The sessions are ended.' }),
  })
  const paramsOf = ({ id }: Account) => ({ tenant, account: id })
  const askReset = async (row: Account) => {
    const agreed = await confirm({
      title: `${row.name} has to sign in anew with a temporary password`,
      body: 'All sessions end, the former password no longer counts, and locks are taken off.',
      act: 'Give a temporary password',
    })
    if (agreed) reset.mutate({ params: paramsOf(row) })
  }
  const askFactors = async (row: Account) => {
    const agreed = await confirm({
      title: `${row.name} signs in by password alone until a new factor is added`,
      body: 'Do this only when you know that it is really this person who asks.',
      act: 'Remove all second factors',
    })
    if (agreed) factors.mutate({ params: paramsOf(row) })
  }
  const menu = (row: Account) => (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" aria-label={`Help ${row.name}`}>
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => askReset(row)}>Give a temporary password</Menu.Item>
        <Menu.Item disabled={row.factors.length === 0} onClick={() => askFactors(row)}>
          Remove second factors
        </Menu.Item>
        <Menu.Item
          disabled={row.sessions === 0}
          onClick={() => sessions.mutate({ params: paramsOf(row), query: {} })}
        >
          End all sessions
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
  return {
    given,
    menu,
    give: (email: string) => give.mutate({ params: { tenant }, body: { email } }),
    error: give.error ?? reset.error ?? factors.error ?? sessions.error,
  }
}

type MenuOf = (row: Account) => ReactNode

function columnsOf(menu: MenuOf | null): readonly Column<Account>[] {
  const columns: Column<Account>[] = [
    { id: 'who', head: 'Who', cell: (row) => <Who row={row} /> },
    { id: 'profile', head: 'Profile', cell: ({ profile }) => profile },
    { id: 'factors', head: 'Secured by', cell: (row) => <Factors row={row} /> },
    { id: 'seen', head: 'Sessions', cell: (row) => <Seen row={row} /> },
  ]
  if (!menu) return columns
  return [...columns, { id: 'act', head: 'Help', headHidden: true, align: 'right', cell: menu }]
}

function Who({ row }: { readonly row: Account }) {
  return (
    <span>
      <span className="strong">{row.name}</span>
      <br />
      <span className="small tx2">{row.email}</span>
    </span>
  )
}

function Factors({ row }: { readonly row: Account }) {
  const parts = [
    ...(row.hasPassword ? [row.mustChange ? 'temporary password' : 'password'] : []),
    ...row.factors.map(({ kind, name }) => (kind === 'passkey' ? `passkey “${name}”` : `app “${name}”`)),
  ]
  return <span>{parts.length === 0 ? 'Signs in elsewhere' : parts.join(', ')}</span>
}

function Seen({ row }: { readonly row: Account }) {
  const [lock] = row.lockedFrom
  return (
    <span>
      {row.sessions === 0 ? 'None open' : `${row.sessions} open`}
      {row.lastSeenAt !== null && (
        <span className="small tx2">
          {' '}
          · seen <RelativeTime at={row.lastSeenAt} />
        </span>
      )}
      {lock && <span className="small tx2"> · waits at {lock.from}</span>}
    </span>
  )
}
