// `accounts`: who can sign in, and help for who cannot; on the gateway's own machine also for operators that
// locked themselves out.
import {
  type Account,
  endAccountSessions,
  giveAccount,
  listAccounts,
  removeAccountFactors,
  resetAccountPassword,
} from '@gatepost/contract/sign-in-settings.ts'
import { type Command, CommandFailed, type Context, command } from '../command.ts'
import { table } from '../layout.ts'
import { plural, timeOf } from '../words.ts'

export const accountCommands: readonly Command[] = [
  command({
    path: 'accounts list',
    flags: [
      { name: 'search', value: 'TEXT', means: 'The beginning of an address or a name.' },
      { name: 'after', value: 'CURSOR', means: 'The page after this one.' },
    ],
    means: 'People who can sign in, with what secures them.',
    run: list,
  }),
  command({
    path: 'accounts let-in',
    args: ['ADDRESS'],
    means: 'Lets a user sign in: prints a temporary password, once.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant() }
      const given = await call(giveAccount, { params, body: { email: arg(0) } })
      show(given, () => temporaryText(given))
      return 0
    },
  }),
  command({
    path: 'accounts reset-password',
    args: ['ADDRESS'],
    means: 'Gives a temporary password, prints it once, and takes locks off; sessions end.',
    run: async (context) => {
      const given = await context.call(resetAccountPassword, { params: await paramsOf(context) })
      context.show(given, () => temporaryText(given))
      return 0
    },
  }),
  command({
    path: 'accounts remove-factors',
    args: ['ADDRESS'],
    means: 'Removes all second factors of somebody who lost them; sessions end.',
    run: async (context) => {
      const account = await context.call(removeAccountFactors, { params: await paramsOf(context) })
      context.show(account, () => `${account.email} signs in without a second factor until one is added.\n`)
      return 0
    },
  }),
  command({
    path: 'accounts end-sessions',
    args: ['ADDRESS'],
    means: 'Ends all sessions of a person.',
    run: async (context) => {
      const done = await context.call(endAccountSessions, { params: await paramsOf(context), query: {} })
      context.show(done, () => `${plural(done.ended, 'session', 'sessions')} ended.\n`)
      return 0
    },
  }),
]

async function list({ again, call, tenant, flag, show }: Context): Promise<number> {
  const [search, after] = [flag('search'), flag('after')]
  const query = {
    ...(search === undefined ? {} : { search }),
    ...(after === undefined ? {} : { after }),
  }
  const page = await call(listAccounts, { params: { tenant: await tenant() }, query })
  show(page, () =>
    [
      table(
        ['Address', 'Name', 'Profile', 'Secured by', 'Sessions', 'Seen'],
        page.items.map((row) => [
          row.email,
          row.name,
          row.profile,
          securedBy(row),
          String(row.sessions),
          row.lastSeenAt === null ? 'never' : timeOf(row.lastSeenAt),
        ]),
        'Nobody signs in like that. Let a user sign in with: gatepost accounts let-in ADDRESS',
      ),
      ...(page.next === null ? [] : [`More: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

function securedBy({ hasPassword, mustChange, factors }: Account): string {
  const password = hasPassword ? [mustChange ? 'temporary password' : 'password'] : []
  return [...password, ...factors.map(({ name }) => name)].join(', ') || 'elsewhere'
}

async function paramsOf({ call, tenant, arg }: Context): Promise<{ tenant: string; account: string }> {
  const params = { tenant: await tenant() }
  const email = arg(0)
  const { items } = await call(listAccounts, { params, query: { search: email, limit: 500 } })
  const account = items.find((one) => one.email.toLowerCase() === email.toLowerCase())
  if (!account) throw new CommandFailed(`${email} has no account here. See: gatepost accounts list`)
  return { ...params, account: account.id }
}

function temporaryText(given: { readonly account: Account; readonly temporaryPassword: string }): string {
  return (
    `Temporary password of ${given.account.email}: ${given.temporaryPassword}\n` +
    'It is shown this once and must be changed at the next sign-in.\n'
  )
}
