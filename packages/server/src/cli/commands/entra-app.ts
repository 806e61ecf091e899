// `entra-app`, `consent`: the operator's application at Microsoft, and the consent of an organisation to it.
import {
  getEntraConsent,
  getProviderApp,
  ProviderAppChange,
  removeProviderApp,
  revokeEntraConsent,
  setProviderApp,
  startEntraConsent,
} from '@gatepost/contract/provider-app.ts'
import { readText } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, UsageError } from '../command.ts'
import { timeOf } from '../words.ts'

export const entraAppCommands: readonly Command[] = [
  command({
    path: 'entra-app show',
    means: 'The application at Microsoft that all organisations may use.',
    run: async ({ call, show }) => {
      const answer = await call(getProviderApp)
      const { app, redirectUri, consents } = answer
      show(answer, () => {
        const set =
          app === null
            ? 'None is set.'
            : `${app.clientId} (${app.cloud}), secret set on ${timeOf(app.secretSetAt)}.`
        return `${set}\nRedirect URI: ${redirectUri}\nConsents: ${consents}\n`
      })
      return 0
    },
  }),
  command({
    path: 'entra-app set',
    args: ['CLIENT-ID'],
    flags: [
      {
        name: 'secret',
        value: 'FILE',
        means: 'File with the secret’s value, or certificate and key as PEM.',
      },
      { name: 'credential', value: 'KIND', means: 'secret or certificate. Default: secret.' },
      { name: 'cloud', value: 'NAME', means: 'global, us-government, us-dod or china. Default: global.' },
    ],
    means: 'Sets that application. Another client id ends all consents.',
    run: set,
  }),
  command({
    path: 'entra-app remove',
    means: 'Removes that application, its secret and all consents.',
    run: async ({ call, show }) => {
      await call(removeProviderApp)
      show({}, () => 'The application is removed.\n')
      return 0
    },
  }),
  command({
    path: 'consent show',
    means: 'Whether the organisation consented to that application.',
    run: async ({ call, tenant, show }) => {
      const answer = await call(getEntraConsent, { params: { tenant: await tenant() } })
      const { consent } = answer
      show(answer, () =>
        consent === null
          ? 'Nobody has consented.\n'
          : `${consent.entraTenant}, proven by ${consent.domain}, ${timeOf(consent.at)}.\n`,
      )
      return 0
    },
  }),
  command({
    path: 'consent link',
    means: 'Makes the link by which an administrator at Microsoft consents: once, for an hour.',
    run: async ({ call, tenant, show }) => {
      const answer = await call(startEntraConsent, { params: { tenant: await tenant() } })
      show(answer, () => `${answer.url}\n`)
      return 0
    },
  }),
  command({
    path: 'consent revoke',
    means: 'Forgets the consent here.',
    run: async ({ call, tenant, show }) => {
      await call(revokeEntraConsent, { params: { tenant: await tenant() } })
      show({}, () => 'The consent is forgotten here.\n')
      return 0
    },
  }),
]

async function set({ call, arg, flag, show }: Context): Promise<number> {
  const file = flag('secret')
  const secret = file === undefined ? undefined : readText(file)?.replace(/\r?\n$/, '')
  if (file !== undefined && secret === undefined) throw new CommandFailed(`${file} cannot be read.`)
  const parsed = ProviderAppChange.safeParse({
    clientId: arg(0),
    ...(flag('cloud') === undefined ? {} : { cloud: flag('cloud') }),
    ...(flag('credential') === undefined ? {} : { credential: flag('credential') }),
    ...(secret === undefined ? {} : { secret }),
  })
  if (!parsed.success) throw new UsageError(parsed.error.issues[0]?.message ?? 'It cannot be read.')
  const answer = await call(setProviderApp, { body: parsed.data })
  show(answer, () => `The application is set. Redirect URI: ${answer.redirectUri}\n`)
  return 0
}
