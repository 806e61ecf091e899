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
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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
  const t = useWords('signin')
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
  const columns = useMemo(() => columnsOf(may ? help.menu : null, t), [may, tenant, t])
  return (
    <div className={account.stack}>
      {help.error && <ProblemNote error={help.error} focus />}
      {help.given && <Given {...help.given} />}
      <Panel title={t('accounts')} flush>
        <PanelBody>
          <div className={classes.give}>
            <TextInput
              aria-label={t('account.find')}
              placeholder={t('account.hint')}
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
            <p className="tx2">{search === '' ? t('account.nobody') : t('account.none')}</p>
          </PanelBody>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label={t('accounts')}
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
              words={[t('back'), t('on')]}
            />
          </>
        )}
      </Panel>
    </div>
  )
}

function GiveForm({ onGive }: { readonly onGive: (email: string) => void }) {
  const t = useWords('signin')
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
        aria-label={t('account.whom')}
        placeholder={t('account.whomHint')}
        type="email"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!email.includes('@')}>
        {t('account.let')}
      </Button>
    </form>
  )
}

type GivenPassword = { readonly email: string; readonly password: string }

/** Shown this once; nobody can read it again. */
function Given({ email, password }: GivenPassword) {
  const t = useWords('signin')
  return (
    <Note tone="ok" title={t('account.temporaryOf', { email })} role="status">
      <p>
        <span className="mono strong" translate="no">
          {password}
        </span>{' '}
        <CopyButton value={password} label={t('account.copy')} />
      </p>
      <p>{t('account.once')}</p>
    </Note>
  )
}

function useHelp() {
  const t = useWords('signin')
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
    said: () => ({ text: t('account.factorsGone') }),
  })
  const sessions = useAction(endAccountSessions, {
    readAgain,
    said: () => ({ text: t('account.sessionsGone') }),
  })
  const paramsOf = ({ id }: Account) => ({ tenant, account: id })
  const askReset = async (row: Account) => {
    const agreed = await confirm({
      title: t('account.anew', { name: row.name }),
      body: t('account.anewMeans'),
      act: t('account.give'),
    })
    if (agreed) reset.mutate({ params: paramsOf(row) })
  }
  const askFactors = async (row: Account) => {
    const agreed = await confirm({
      title: t('account.alone', { name: row.name }),
      body: t('account.aloneMeans'),
      act: t('account.removeAll'),
    })
    if (agreed) factors.mutate({ params: paramsOf(row) })
  }
  const menu = (row: Account) => (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={t('account.helpOne', { name: row.name })}
        >
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => askReset(row)}>{t('account.give')}</Menu.Item>
        <Menu.Item disabled={row.factors.length === 0} onClick={() => askFactors(row)}>
          {t('account.removeFactors')}
        </Menu.Item>
        <Menu.Item
          disabled={row.sessions === 0}
          onClick={() => sessions.mutate({ params: paramsOf(row), query: {} })}
        >
          {t('account.endSessions')}
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

function columnsOf(menu: MenuOf | null, t: Words): readonly Column<Account>[] {
  const columns: Column<Account>[] = [
    { id: 'who', head: t('account.who'), cell: (row) => <Who row={row} /> },
    { id: 'profile', head: t('account.profile'), cell: ({ profile }) => profile },
    { id: 'factors', head: t('account.secured'), cell: (row) => <Factors row={row} /> },
    { id: 'seen', head: t('sessions'), cell: (row) => <Seen row={row} /> },
  ]
  if (!menu) return columns
  return [...columns, { id: 'act', head: t('account.help'), headHidden: true, align: 'right', cell: menu }]
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
  const t = useWords('signin')
  const parts = [
    ...(row.hasPassword ? [row.mustChange ? t('account.temporary') : t('account.password')] : []),
    ...row.factors.map(({ kind, name }) =>
      kind === 'passkey' ? t('account.passkey', { name }) : t('account.app', { name }),
    ),
  ]
  return <span>{parts.length === 0 ? t('account.elsewhere') : parts.join(', ')}</span>
}

function Seen({ row }: { readonly row: Account }) {
  const t = useWords('signin')
  const [lock] = row.lockedFrom
  return (
    <span>
      {row.sessions === 0 ? t('account.noneOpen') : t('account.open', { count: row.sessions })}
      {row.lastSeenAt !== null && (
        <span className="small tx2">
          {' '}
          · {rich(t, 'account.seen', { time: <RelativeTime at={row.lastSeenAt} /> })}
        </span>
      )}
      {lock && <span className="small tx2"> · {t('account.waits', { place: lock.from })}</span>}
    </span>
  )
}
