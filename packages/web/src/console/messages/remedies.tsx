// The smallest change that would have altered the outcome, with the way to make it, and what today's settings
// say.

import type { Message, Remedy, RemedyAct } from '@gatepost/contract/message.ts'
import { createPolicy, listPolicies } from '@gatepost/contract/policy.ts'
import { authorizeOutbound, getOutbound } from '@gatepost/contract/route.ts'
import { addUser, listUsers } from '@gatepost/contract/user.ts'
import { Button } from '@mantine/core'
import { IconBulb } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { locale } from '#i18n/language.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { usePolicyWord } from './policy-words.ts'
import classes from './why.module.css'

type Props = { readonly text: string | null; readonly remedies: readonly Remedy[]; readonly because: string }

/** `because` is kept as the reason of what is changed here. */
export function SmallestChange({ text, remedies, because }: Props) {
  const words = useWords('messages')
  const [first, ...others] = remedies
  if (!first && !text) return null
  return (
    <section className={classes.change} aria-labelledby="smallest-change">
      <h2 id="smallest-change">
        <IconBulb size={18} stroke={1.6} aria-hidden /> {words('change.title')}
      </h2>
      <p>{first?.text ?? text}</p>
      {first && <Open remedy={first} />}
      {first?.act && <Act act={first.act} because={because} primary />}
      {others.map((remedy) => (
        <div key={remedy.text} className={classes.otherChange}>
          <p className="tx2">{words('change.or', { text: remedy.text })}</p>
          <Open remedy={remedy} />
          {remedy.act && <Act act={remedy.act} because={because} />}
        </div>
      ))}
    </section>
  )
}

/** What nobody looked at then is not promised. */
function Open({ remedy }: { readonly remedy: Remedy }) {
  const words = useWords('messages')
  const policyWord = usePolicyWord()
  if (remedy.open.length === 0) return null
  const names = new Intl.ListFormat(locale()).format(remedy.open.map(policyWord))
  return <p className="small tx2">{words('change.open', { names })}</p>
}

type ActProps = { readonly act: RemedyAct; readonly because: string; readonly primary?: boolean }

function Act({ act, because, primary = false }: ActProps) {
  switch (act.kind) {
    case 'create-policy':
      return <CreatePolicy draft={act.draft} because={because} primary={primary} />
    case 'add-user':
      return <AddUser email={act.email} primary={primary} />
    case 'authorize-address':
      return <Authorize address={act.address} because={because} primary={primary} />
    case 'disable-policy':
      return <PolicyLink policy={act.policyId} />
    case 'open':
      return <OpenPage page={act.page} />
  }
}

type CreateProps = Omit<ActProps, 'act'> & {
  readonly draft: Extract<RemedyAct, { readonly kind: 'create-policy' }>['draft']
}

function CreatePolicy({ draft, because, primary = false }: CreateProps) {
  const words = useWords('messages')
  const tenant = useSlug()
  const create = useAction(createPolicy, { readAgain: [listPolicies] })
  const made = create.data?.policy
  if (!useMay('policies:write')) return null
  return (
    <Doing
      error={create.error}
      done={
        made && (
          <>
            {words('change.made')}{' '}
            <Link to="/t/$slug/policies/$policy" params={{ slug: tenant, policy: made.id }}>
              {made.name}
            </Link>
          </>
        )
      }
    >
      <Button
        variant={primary ? 'filled' : 'default'}
        loading={create.isPending}
        onClick={() => create.mutate({ params: { tenant }, body: { draft, reason: because } })}
      >
        {words('change.make')}
      </Button>
      <Link
        className="small"
        to="/t/$slug/policies/new"
        params={{ slug: tenant }}
        search={{ type: draft.type, draft }}
      >
        {words('change.look')}
      </Link>
    </Doing>
  )
}

function AddUser({ email, primary = false }: { readonly email: string; readonly primary?: boolean }) {
  const tenant = useSlug()
  const words = useWords('messages')
  const add = useAction(addUser, { readAgain: [listUsers] })
  if (!useMay('users:write')) return null
  return (
    <Doing error={add.error} done={add.data && words('change.userAdded', { email: add.data.email })}>
      <Button
        variant={primary ? 'filled' : 'default'}
        loading={add.isPending}
        onClick={() => add.mutate({ params: { tenant }, body: { email } })}
      >
        {words('change.addUser')}
      </Button>
    </Doing>
  )
}

type AuthorizeProps = Omit<ActProps, 'act'> & { readonly address: string }

function Authorize({ address, because, primary = false }: AuthorizeProps) {
  const tenant = useSlug()
  const words = useWords('messages')
  const authorize = useAction(authorizeOutbound, { readAgain: [getOutbound] })
  if (!useMay('outbound:write')) return null
  return (
    <Doing error={authorize.error} done={authorize.data && words('change.authorised', { address })}>
      <Button
        variant={primary ? 'filled' : 'default'}
        loading={authorize.isPending}
        onClick={() => authorize.mutate({ params: { tenant }, body: { address, comment: because } })}
      >
        {words('change.authorise')}
      </Button>
    </Doing>
  )
}

function PolicyLink({ policy }: { readonly policy: string }) {
  const words = useWords('messages')
  const slug = useSlug()
  return (
    <Link to="/t/$slug/policies/$policy" params={{ slug, policy }}>
      {words('change.openPolicy')}
    </Link>
  )
}

const pages = {
  domains: '/t/$slug/domains',
  senders: '/t/$slug/policies',
  routes: '/t/$slug/routes',
  queue: '/t/$slug/queue',
  outbound: '/t/$slug/outbound',
} as const

function OpenPage({ page }: { readonly page: keyof typeof pages }) {
  const slug = useSlug()
  const words = useWords('messages')
  return (
    <p>
      <Link to={pages[page]} params={{ slug }}>
        {words(`change.page.${page}`)}
      </Link>
    </p>
  )
}

type DoingProps = { readonly error: unknown; readonly done: ReactNode; readonly children: ReactNode }

function Doing({ error, done, children }: DoingProps) {
  if (done) {
    return (
      <p className="small" role="status">
        {done}
      </p>
    )
  }
  return (
    <>
      <div className={classes.changeActs}>{children}</div>
      {error ? <ProblemNote error={error} /> : null}
    </>
  )
}

export function WithTodaysSettings({ message }: { readonly message: Message }) {
  const words = useWords('messages')
  const slug = useSlug()
  const { today, client, reversePath, forwardPath, author } = message
  if (!today) return null
  const search = {
    ip: client?.ip,
    helo: client?.helo,
    from: reversePath ?? undefined,
    to: forwardPath ?? undefined,
    author: author ?? undefined,
  }
  return (
    <Panel title={words('today.title')}>
      <p className="tx2">{today.text}</p>
      <p>
        <Link to="/t/$slug/ask" params={{ slug }} search={search}>
          {words('today.again')}
        </Link>
      </p>
    </Panel>
  )
}
