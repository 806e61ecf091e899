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
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { policyWord } from './policy-words.ts'
import classes from './why.module.css'

type Props = { readonly text: string | null; readonly remedies: readonly Remedy[]; readonly because: string }

/** `because` is kept as the reason of what is changed here. */
export function SmallestChange({ text, remedies, because }: Props) {
  const [first, ...others] = remedies
  if (!first && !text) return null
  return (
    <section className={classes.change} aria-labelledby="smallest-change">
      <h2 id="smallest-change">
        <IconBulb size={18} stroke={1.6} aria-hidden /> The smallest change
      </h2>
      <p>{first?.text ?? text}</p>
      {first && <Open remedy={first} />}
      {first?.act && <Act act={first.act} because={because} primary />}
      {others.map((remedy) => (
        <div key={remedy.text} className={classes.otherChange}>
          <p className="tx2">Or: {remedy.text}</p>
          <Open remedy={remedy} />
          {remedy.act && <Act act={remedy.act} because={because} />}
        </div>
      ))}
    </section>
  )
}

/** What nobody looked at then is not promised. */
function Open({ remedy }: { readonly remedy: Remedy }) {
  if (remedy.open.length === 0) return null
  const names = new Intl.ListFormat('en-GB').format(remedy.open.map(policyWord))
  return <p className="small tx2">{`Then asked for the first time: ${names}.`}</p>
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
            Made. New mail is judged by it at once:{' '}
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
        Make this change
      </Button>
      <Link
        className="small"
        to="/t/$slug/policies/new"
        params={{ slug: tenant }}
        search={{ type: draft.type, draft }}
      >
        Look at it first
      </Link>
    </Doing>
  )
}

function AddUser({ email, primary = false }: { readonly email: string; readonly primary?: boolean }) {
  const tenant = useSlug()
  const add = useAction(addUser, { readAgain: [listUsers] })
  if (!useMay('users:write')) return null
  return (
    <Doing error={add.error} done={add.data && `${add.data.email} is added: its mail is taken at once.`}>
      <Button
        variant={primary ? 'filled' : 'default'}
        loading={add.isPending}
        onClick={() => add.mutate({ params: { tenant }, body: { email } })}
      >
        Add this user
      </Button>
    </Doing>
  )
}

type AuthorizeProps = Omit<ActProps, 'act'> & { readonly address: string }

function Authorize({ address, because, primary = false }: AuthorizeProps) {
  const tenant = useSlug()
  const authorize = useAction(authorizeOutbound, { readAgain: [getOutbound] })
  if (!useMay('outbound:write')) return null
  return (
    <Doing error={authorize.error} done={authorize.data && `${address} may send for you now.`}>
      <Button
        variant={primary ? 'filled' : 'default'}
        loading={authorize.isPending}
        onClick={() => authorize.mutate({ params: { tenant }, body: { address, comment: because } })}
      >
        Authorise this address
      </Button>
    </Doing>
  )
}

function PolicyLink({ policy }: { readonly policy: string }) {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/policies/$policy" params={{ slug, policy }}>
      Open the policy
    </Link>
  )
}

const pages = {
  domains: { to: '/t/$slug/domains', label: 'Open domains' },
  senders: { to: '/t/$slug/policies', label: 'Open policies' },
  routes: { to: '/t/$slug/routes', label: 'Open delivery routes' },
  queue: { to: '/t/$slug/queue', label: 'Open the queue' },
  outbound: { to: '/t/$slug/outbound', label: 'Open outbound' },
} as const

function OpenPage({ page }: { readonly page: keyof typeof pages }) {
  const slug = useSlug()
  const { to, label } = pages[page]
  return (
    <p>
      <Link to={to} params={{ slug }}>
        {label}
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
    <Panel title="With today’s settings">
      <p className="tx2">{today.text}</p>
      <p>
        <Link to="/t/$slug/ask" params={{ slug }} search={search}>
          Ask again with fresh look-ups
        </Link>
      </p>
    </Panel>
  )
}
