// The named tests of a connector to Entra ID (C2), in order; the first that fails ends them.

import { CONTACT_ROLES, createEntraReader, GROUP_ROLES, notListedBy, USER_ROLES } from './entra.ts'
import { createGraphClient, type GraphClient } from './entra-client.ts'
import { credentialExpiresAt, type EntraSettings, expiryWarning, shapeFault } from './entra-settings.ts'
import { type DirectoryCheck, DirectoryFault } from './entry.ts'
import { type Json, objectOf, objectsOf, textOf } from './json.ts'
import { type CheckStep, checkScheme, runChecks } from './run-checks.ts'
import { ask, PATIENCE_MS, type Web } from './web.ts'
import { passed, resolveHosts } from './web-checks.ts'

/** Runs all tests. Faults become failed checks; only an abort rejects. */
export function checkEntra(
  settings: EntraSettings,
  web: Web,
  options: { readonly address: string | null; readonly signal: AbortSignal },
): Promise<readonly DirectoryCheck[]> {
  const client = createGraphClient(settings, web)
  const seen: { roles: readonly string[] } = { roles: [] }
  const steps: CheckStep[] = [
    { step: 'resolve', run: () => resolveHosts([settings.endpoints.login, settings.endpoints.graph], web) },
    { step: 'connect', run: () => connect(settings, web, options.signal) },
    { step: 'tls', run: async () => checkScheme([settings.endpoints.login, settings.endpoints.graph]) },
    {
      step: 'sign-in',
      run: async () => {
        seen.roles = await client.signIn(options.signal)
        return signedIn(
          settings,
          web.now(),
          await expiryByGraph(client, { ...options, settings, roles: seen.roles }),
        )
      },
    },
    { step: 'permission', run: () => checkRoles(seen.roles, client, options.signal) },
    { step: 'list', run: () => listSome(client, seen.roles, options.signal) },
    { step: 'look-up', run: () => lookUp(settings, web, options) },
  ]
  return runChecks(steps, { shape: shapeFault(settings), signal: options.signal })
}

/**
 * Asks for the tenant's public description: reaches both hosts without a secret. Signing in judges the
 * tenant.
 */
async function connect(settings: EntraSettings, web: Web, signal: AbortSignal): Promise<DirectoryCheck> {
  const { endpoints, tenant } = settings
  const patience = { leftMs: PATIENCE_MS }
  const url = `${endpoints.login}/${encodeURIComponent(tenant)}/v2.0/.well-known/openid-configuration`
  const described = await ask(web, { url, signal, step: 'connect' }, { patience })
  await ask(web, { url: `${endpoints.graph}/v1.0/`, signal, step: 'connect' }, { patience })
  const issuer = textOf(objectOf(described.body), 'issuer') ?? ''
  const id = /[0-9a-f-]{36}/i.exec(issuer)?.[0]
  return passed('connect', `Both hosts answer.${id === undefined ? '' : ` The tenant is ${id}.`}`)
}

type Ending = { readonly at: number | null; readonly known: boolean }

function signedIn(settings: EntraSettings, nowMs: number, ending: Ending): DirectoryCheck {
  const warning = expiryWarning(ending.at, nowMs)
  if (warning === null)
    return passed(
      'sign-in',
      ending.at === null ? 'Entra ID gave a token.' : `Entra ID gave a token. ${until(ending.at)}`,
    )
  const made = settings.credential.kind === 'secret' ? 'client secret' : 'certificate'
  return {
    step: 'sign-in',
    state: 'warning',
    saw: `Entra ID gave a token. ${warning}`,
    remedy: `Make a new ${made} in Certificates & secrets and enter it here before the old one ends.`,
  }
}

const until = (at: number) => `The credential is good until ${new Date(at).toISOString().slice(0, 10)}.`

/**
 * An app that may read applications can say itself when its secret ends; otherwise what was entered counts.
 */
async function expiryByGraph(
  client: GraphClient,
  {
    settings,
    roles,
    signal,
  }: { readonly settings: EntraSettings; readonly roles: readonly string[]; readonly signal: AbortSignal },
): Promise<Ending> {
  const entered = credentialExpiresAt(settings)
  const { credential, clientId } = settings
  if (credential.kind !== 'secret' || !roles.includes('Application.Read.All'))
    return { at: entered, known: false }
  const answer = await client.get(
    `/applications?$filter=${encodeURIComponent(`appId eq '${clientId}'`)}&$select=passwordCredentials`,
    { signal, step: 'sign-in', roles: ['Application.Read.All'] },
    [403, 404],
  )
  const app = objectsOf(objectOf(answer.body), 'value')[0] ?? null
  const own = objectsOf(app, 'passwordCredentials').filter((one) => isOwnSecret(one, credential.secret))
  const ends = own
    .map((one) => Date.parse(textOf(one, 'endDateTime') ?? ''))
    .filter((at) => !Number.isNaN(at))
  return ends.length === 0 ? { at: entered, known: false } : { at: Math.min(...ends), known: true }
}

/** Graph tells the first three characters of each secret. */
const isOwnSecret = (credential: Json, secret: string): boolean =>
  secret.startsWith(textOf(credential, 'hint') ?? ' ')

/** Any of these roles allows the part. */
const parts = [
  { what: 'people', any: ['User.Read.All', 'Directory.Read.All'], ask: 'User.Read.All' },
  {
    what: 'groups and their members',
    any: ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'],
    ask: 'GroupMember.Read.All',
  },
] as const

async function checkRoles(
  roles: readonly string[],
  client: GraphClient,
  signal: AbortSignal,
): Promise<DirectoryCheck> {
  const lacking = parts.filter(({ any }) => !any.some((role) => roles.includes(role)))
  const held = roles.length === 0 ? 'no permissions' : roles.join(', ')
  const wanted = lacking.map((part) => part.ask).join(', ')
  if (lacking.length > 0)
    throw new DirectoryFault({
      step: 'permission',
      code: 'missing-roles',
      saw: `The token holds ${held}: not enough to read ${lacking.map(({ what }) => what).join(' and ')}.`,
      remedy: [
        `In API permissions add the application permissions (not delegated) ${wanted} of Microsoft Graph,`,
        'then choose “Grant admin consent”.',
      ].join(' '),
    })
  await client.get('/users?$top=1&$select=id', { signal, step: 'permission', roles: USER_ROLES })
  await client.get('/groups?$top=1&$select=id', { signal, step: 'permission', roles: GROUP_ROLES })
  const more = roles.filter((role) => /\.(ReadWrite|Send|FullControl)\b/.test(role))
  if (more.length > 0)
    return {
      step: 'permission',
      state: 'warning',
      saw: `The app may read what is needed, and more: ${more.join(', ')}.`,
      remedy: 'Take the permissions that write away: reading is enough.',
    }
  return passed('permission', `The token holds ${roles.join(', ')}.`)
}

async function listSome(
  client: GraphClient,
  roles: readonly string[],
  signal: AbortSignal,
): Promise<DirectoryCheck> {
  const answer = await client.get('/users?$top=25&$select=id,mail,proxyAddresses,userPrincipalName', {
    signal,
    step: 'list',
    roles: [...USER_ROLES, ...CONTACT_ROLES],
  })
  const users = objectsOf(objectOf(answer.body), 'value')
  const withMail = users.filter((user) => textOf(user, 'mail') !== null)
  if (users.length > 0 && withMail.length === 0)
    return {
      step: 'list',
      state: 'warning',
      saw: `The first ${users.length} people have no mail address in Entra ID.`,
      remedy: 'Check that mailboxes belong to this tenant; people without an address receive no mail here.',
    }
  const limits = notListedBy(roles).length
  return passed(
    'list',
    [
      `People can be listed: ${withMail[0] ? textOf(withMail[0], 'mail') : 'none yet'} is the first.`,
      `${limits} kinds of objects are not listed by Graph; the preview names them.`,
    ].join(' '),
  )
}

async function lookUp(
  settings: EntraSettings,
  web: Web,
  { address, signal }: { readonly address: string | null; readonly signal: AbortSignal },
): Promise<DirectoryCheck> {
  if (address === null)
    return { step: 'look-up', state: 'not-run', saw: 'No address was given to look up.', remedy: null }
  const entry = await createEntraReader(settings, web).lookUp(address, signal)
  if (entry === null)
    throw new DirectoryFault({
      step: 'look-up',
      code: 'unknown-address',
      saw: `Nobody in Entra ID has the address ${address}.`,
      remedy: 'Check the address. Dynamic distribution groups and public folders are not listed by Graph.',
    })
  return passed(
    'look-up',
    `${address} is ${entry.name} (${entry.kind}), with ${entry.aliases.length} further addresses.`,
  )
}
