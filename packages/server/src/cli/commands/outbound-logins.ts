// `outbound logins`, `outbound clouds`, `outbound senders`: who else may send, and who sent too much.
import {
  addCredential,
  type Cloud,
  listClouds,
  listCredentials,
  listSenderWarnings,
  makeCloudSecret,
  proveCloud,
  releaseSender,
  removeCredential,
  renewCredential,
  setCloud,
  setSenderLimit,
} from '@gatepost/contract/outbound.ts'
import { type Command, CommandFailed, type Context, command, numberOf, oneOf } from '../command.ts'
import { facts, table } from '../layout.ts'
import { countOf, timeOf } from '../words.ts'

const PROVIDERS = ['microsoft-365', 'google-workspace'] as const

export const outboundLoginCommands: readonly Command[] = [
  command({
    path: 'outbound logins',
    means: 'Logins of mail hosts, with their last use.',
    run: async ({ call, tenant, show }) => {
      const { items } = await call(listCredentials, { params: { tenant: await tenant() } })
      const rows = items.map(({ name, username, lastSeenAt, lastAddress }) => {
        return [name, username, timeOf(lastSeenAt), lastAddress ?? '']
      })
      const none = 'There is none yet. Make one with: gatepost outbound login-add NAME'
      show(items, () => table(['For', 'User name', 'Last used', 'From'], rows, none))
      return 0
    },
  }),
  command({
    path: 'outbound login-add',
    args: ['NAME'],
    means: 'Makes a login for a mail host and prints its password, once.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant() }
      const made = await call(addCredential, { params, body: { name: arg(0) } })
      show(made, () => passwordText(made.credential.username, made.password))
      return 0
    },
  }),
  command({
    path: 'outbound login-renew',
    args: ['LOGIN'],
    means: 'Makes a new password; the old one ends within seconds.',
    run: async (context) => {
      const credential = await loginNamed(context)
      const params = { tenant: await context.tenant(), credential: credential.id }
      const made = await context.call(renewCredential, { params })
      context.show(made, () => passwordText(made.credential.username, made.password))
      return 0
    },
  }),
  command({
    path: 'outbound login-revoke',
    args: ['LOGIN'],
    means: 'Revokes a login within seconds, also in open sessions.',
    run: async (context) => {
      const credential = await loginNamed(context)
      await context.call(removeCredential, {
        params: { tenant: await context.tenant(), credential: credential.id },
      })
      context.show({ revoked: credential.username }, () => `${credential.username} may no longer send.\n`)
      return 0
    },
  }),
  command({
    path: 'outbound clouds',
    means: 'Shared clouds, what proves the organisation there, and how old their addresses are.',
    run: async ({ call, tenant, show }) => {
      const { items } = await call(listClouds, { params: { tenant: await tenant() } })
      show(items, () => items.map(cloudText).join('\n'))
      return 0
    },
  }),
  command({
    path: 'outbound cloud',
    args: ['PROVIDER', 'on|off'],
    means: 'Says whether the organisation sends through microsoft-365 or google-workspace.',
    run: async ({ call, tenant, arg, show }) => {
      const provider = oneOf(arg(0), PROVIDERS, 'PROVIDER')
      const enabled = oneOf(arg(1), ['on', 'off'], 'on|off') === 'on'
      const { items } = await call(setCloud, {
        params: { tenant: await tenant(), provider },
        body: { enabled },
      })
      show(items, () => items.map(cloudText).join('\n'))
      return 0
    },
  }),
  command({
    path: 'outbound cloud-prove',
    args: ['PROVIDER'],
    means: 'Asks the provider which id the validated domains belong to.',
    run: async ({ call, tenant, arg, show }) => {
      const provider = oneOf(arg(0), PROVIDERS, 'PROVIDER')
      const { items } = await call(proveCloud, { params: { tenant: await tenant(), provider } })
      show(items, () => items.map(cloudText).join('\n'))
      return 0
    },
  }),
  command({
    path: 'outbound cloud-secret',
    args: ['PROVIDER'],
    means: 'Makes the secret that a rule at the provider puts into a header, and prints it, once.',
    run: async ({ call, tenant, arg, show }) => {
      const provider = oneOf(arg(0), PROVIDERS, 'PROVIDER')
      const made = await call(makeCloudSecret, { params: { tenant: await tenant(), provider } })
      show(made, () => `${made.header}: ${made.value}\n`)
      return 0
    },
  }),
  command({
    path: 'outbound senders',
    means: 'Senders that sent far more than they used to, and the limit an hour.',
    run: async ({ call, tenant, show }) => {
      const found = await call(listSenderWarnings, { params: { tenant: await tenant() } })
      const rows = found.items.map(({ id, identity, action, recipients, usual, beganAt, releasedAt }) => {
        const state = releasedAt === null ? (action === 'hold' ? 'held' : 'slowed down') : 'released'
        return [id, identity, state, countOf(recipients), countOf(usual), timeOf(beganAt)]
      })
      const heads = ['Id', 'Sender', 'State', 'Recipients', 'Usual', 'Since']
      show(found, () => {
        return `${facts([['Limit an hour', countOf(found.hourlyRecipients)]])}\n${table(heads, rows, 'No sender is conspicuous.')}`
      })
      return 0
    },
  }),
  command({
    path: 'outbound sender-release',
    args: ['ID'],
    means: 'Lets a sender go on.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant(), warning: arg(0) }
      const found = await call(releaseSender, { params })
      show(found, () => 'Released.\n')
      return 0
    },
  }),
  command({
    path: 'outbound sender-limit',
    args: ['RECIPIENTS'],
    means: 'Recipients an hour one login or author may write to; `default` takes the built-in limit.',
    run: async ({ call, tenant, arg, show }) => {
      const hourlyRecipients = arg(0) === 'default' ? null : numberOf(arg(0), 'RECIPIENTS')
      const params = { tenant: await tenant() }
      const found = await call(setSenderLimit, { params, body: { hourlyRecipients } })
      show(found, () => `${countOf(found.hourlyRecipients)} recipients an hour.\n`)
      return 0
    },
  }),
]

async function loginNamed({ call, tenant, arg }: Context) {
  const { items } = await call(listCredentials, { params: { tenant: await tenant() } })
  const found = items.find(({ id, name, username }) => [id, name, username].includes(arg(0)))
  if (!found) throw new CommandFailed(`There is no login “${arg(0)}”. See: gatepost outbound logins`)
  return found
}

function passwordText(username: string, password: string): string {
  return `${facts([
    ['User name', username],
    ['Password', password],
  ])}\nThe password is kept nowhere and is not shown again.\n`
}

function cloudText({ name, enabled, ids, secretAt, ranges }: Cloud): string {
  return facts([
    [name, enabled ? 'the organisation sends through it' : 'not used'],
    ['Proven ids', ids.map(({ id, domain }) => `${id} (${domain})`).join(', ') || 'none'],
    ['Secret header', secretAt === null ? 'not made' : `made ${timeOf(secretAt)}`],
    [
      'Addresses',
      `${ranges.count} networks, ${ranges.readAt === null ? 'as of this release' : `read ${timeOf(ranges.readAt)}`}`,
    ],
    ...(ranges.why === null ? [] : ([['Last look failed', ranges.why]] as const)),
  ])
}
