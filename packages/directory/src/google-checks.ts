// The named tests of a connector to Google Workspace (C2), in order; the first that fails ends them.
import { type DirectoryCheck, DirectoryFault } from './entry.ts'
import { createGoogleReader, googleNotListed } from './google.ts'
import { createGoogleClient, type GoogleClient } from './google-client.ts'
import { type GoogleSettings, googleShapeFault } from './google-settings.ts'
import { objectOf, objectsOf, textOf } from './json.ts'
import { type CheckStep, checkScheme, runChecks } from './run-checks.ts'
import { ask, PATIENCE_MS, type Web } from './web.ts'
import { passed, resolveHosts } from './web-checks.ts'

/** Runs all tests. Faults become failed checks; only an abort rejects. */
export function checkGoogle(
  settings: GoogleSettings,
  web: Web,
  options: { readonly address: string | null; readonly signal: AbortSignal },
): Promise<readonly DirectoryCheck[]> {
  const { signal } = options
  const client = createGoogleClient(settings, web)
  const steps: CheckStep[] = [
    { step: 'resolve', run: () => resolveHosts([settings.endpoints.token, settings.endpoints.api], web) },
    { step: 'connect', run: () => connect(settings, web, signal) },
    { step: 'tls', run: async () => checkScheme([settings.endpoints.token, settings.endpoints.api]) },
    {
      step: 'sign-in',
      run: async () => {
        await client.signIn(signal)
        return passed('sign-in', `The service account reads as ${settings.adminEmail}.`)
      },
    },
    { step: 'permission', run: () => mayRead(client, settings, signal) },
    { step: 'list', run: () => listSome(client, settings, signal) },
    { step: 'look-up', run: () => lookUp(settings, web, options) },
  ]
  return runChecks(steps, { shape: googleShapeFault(settings), signal })
}

/** Any answer will do: without a token both refuse. */
async function connect(
  { endpoints }: GoogleSettings,
  web: Web,
  signal: AbortSignal,
): Promise<DirectoryCheck> {
  const patience = { leftMs: PATIENCE_MS }
  for (const url of [endpoints.token, `${endpoints.api}/admin/directory/v1/users`])
    await ask(web, { url, signal, step: 'connect' }, { patience })
  return passed('connect', 'Both hosts answer.')
}

/** Each part is asked for once, so that the missing right is named. */
async function mayRead(
  client: GoogleClient,
  settings: GoogleSettings,
  signal: AbortSignal,
): Promise<DirectoryCheck> {
  const customer = encodeURIComponent(settings.customer)
  const parts = [
    { what: 'people', path: `/users?customer=${customer}&maxResults=1` },
    { what: 'groups', path: `/groups?customer=${customer}&maxResults=1` },
    { what: 'organisational units', path: `/customer/${customer}/orgunits?type=all` },
  ]
  let units = 0
  for (const { what, path } of parts) {
    const answer = await client.get(path, { signal, step: 'permission', what }, [404])
    units = objectsOf(objectOf(answer.body), 'organizationUnits').length
  }
  const below = units === 0 ? '' : ` There are ${units} organisational units below the top.`
  return passed('permission', `People, groups and organisational units may be read.${below}`)
}

async function listSome(
  client: GoogleClient,
  settings: GoogleSettings,
  signal: AbortSignal,
): Promise<DirectoryCheck> {
  const path = `/users?customer=${encodeURIComponent(settings.customer)}&maxResults=25`
  const answer = await client.get(path, { signal, step: 'list', what: 'people' })
  const users = objectsOf(objectOf(answer.body), 'users')
  if (users.length === 0)
    return {
      step: 'list',
      state: 'warning',
      saw: 'The listing is empty.',
      remedy: 'Check that the administrator belongs to the Workspace whose people receive mail here.',
    }
  const first = textOf(users[0] ?? null, 'primaryEmail') ?? 'somebody without an address'
  return passed(
    'list',
    [
      `People can be listed: ${first} is the first.`,
      `${googleNotListed.length} kinds of addresses are not listed by Google; the preview names them.`,
    ].join(' '),
  )
}

async function lookUp(
  settings: GoogleSettings,
  web: Web,
  { address, signal }: { readonly address: string | null; readonly signal: AbortSignal },
): Promise<DirectoryCheck> {
  if (address === null)
    return { step: 'look-up', state: 'not-run', saw: 'No address was given to look up.', remedy: null }
  const entry = await createGoogleReader(settings, web).lookUp(address, signal)
  if (entry === null)
    throw new DirectoryFault({
      step: 'look-up',
      code: 'unknown-address',
      saw: `Nobody in this Workspace has the address ${address}.`,
      remedy: 'Check the address, and that it belongs to this customer.',
    })
  return passed(
    'look-up',
    `${address} is ${entry.name} (${entry.kind}), with ${entry.aliases.length} further addresses.`,
  )
}
