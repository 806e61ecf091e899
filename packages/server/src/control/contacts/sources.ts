// Makes the source of a run: by a connector's credentials where the run names one, else by its own, sealed.
import { createGmail, googleEndpoints } from '@gatepost/contacts/gmail.ts'
import { type GraphSettings, graphClouds } from '@gatepost/contacts/graph-client.ts'
import { createGraphSent } from '@gatepost/contacts/graph-sent.ts'
import { createGraphTrace } from '@gatepost/contacts/graph-trace.ts'
import { createImap } from '@gatepost/contacts/imap.ts'
import { type Source, SourceFault } from '@gatepost/contacts/source.ts'
import { ConnectorSettings } from '@gatepost/contract/directory.ts'
import { DirectoryFault } from '@gatepost/directory/entry.ts'
import { webOf } from '../directory/kinds/web.ts'
import { usesProviderApp, withProviderApp } from '../directory/provider-app.ts'
import { openSecret } from '../directory/secret.ts'
import { connectorsOf, findConnector } from '../directory/store.ts'
import { targetsOf } from '../directory/target.ts'
import type { ContactDeps } from './deps.ts'
import { createGatewaySource } from './gateway-source.ts'
import type { ContactSettings } from './settings.ts'
import { type ContactRunRow, primaryAddresses } from './store.ts'

const COLUMN = 'contact_run.secret'

type Place = { readonly tenantId: string; readonly id: string }

export function sealRunSecret(
  secret: string,
  place: Place,
  { secrets }: Pick<ContactDeps, 'secrets'>,
): string {
  return secrets.seal(secret, { ...place, column: COLUMN })
}

/** Connectors whose app or service account may be lent to a run. */
export async function lendingConnectors(tenantId: string, { store }: Pick<ContactDeps, 'store'>) {
  const rows = await connectorsOf(store.db, tenantId)
  return rows.flatMap(({ id, name, kind, secret, settings }) =>
    (kind === 'entra' || kind === 'google') && (secret !== null || usesProviderApp({ settings }))
      ? [{ id, name, kind }]
      : [],
  )
}

/** The source of a run. Throws `SourceFault`. */
export async function sourceOf(row: ContactRunRow, deps: ContactDeps): Promise<Source> {
  const settings = JSON.parse(row.settings) as ContactSettings
  const { until } = row
  const { since } = settings
  const effects = webOf(deps)
  switch (settings.source) {
    case 'gateway':
      return createGatewaySource(row.tenant_id, { since, until }, deps.tracking)
    case 'graph-trace':
      return createGraphTrace(await graphOf(row, settings, deps), { since, until }, effects)
    case 'graph-sent': {
      const mailboxes = settings.mailboxes.length === 0 ? null : settings.mailboxes
      // Runs that began before there was such an option have none.
      const contacts = settings.contacts ?? false
      const options = { since, until, mailboxes, contacts }
      return createGraphSent(await graphOf(row, settings, deps), options, effects)
    }
    case 'gmail': {
      const { keyJson, adminEmail } = await googleOf(row, settings, deps)
      const { googleToken, googleApi } = deps.config.directories
      const endpoints = {
        token: googleToken ?? googleEndpoints.token,
        gmail: googleApi ?? googleEndpoints.gmail,
        admin: googleApi ?? googleEndpoints.admin,
        people: googleApi ?? googleEndpoints.people,
      }
      const mailboxes = settings.mailboxes.length === 0 ? null : settings.mailboxes
      const contacts = settings.contacts ?? false
      return createGmail({ endpoints, keyJson, adminEmail, mailboxes, contacts }, effects)
    }
    case 'imap':
      return imapOf(row, settings, deps)
  }
}

type Of<Kind extends ContactSettings['source']> = Extract<ContactSettings, { readonly source: Kind }>

function ownSecret(row: ContactRunRow, { secrets }: ContactDeps): string {
  if (row.secret !== null)
    return secrets.open(row.secret, { tenantId: row.tenant_id, column: COLUMN, id: row.id })
  throw new SourceFault({
    reach: 'fatal',
    saw: 'The secret of this collection is gone.',
    remedy: 'Give it again to go on.',
  })
}

async function lent(row: ContactRunRow, connectorId: string, { store, secrets }: ContactDeps) {
  const connector = await findConnector(store.db, row.tenant_id, connectorId)
  if (connector !== null) {
    const own = {
      settings: ConnectorSettings.parse(JSON.parse(connector.settings)),
      secret: openSecret(connector, secrets),
    }
    const { settings, secret } = await withProviderApp(row.tenant_id, own, { store, secrets }).catch(toFault)
    if (secret !== null) return { settings, secret }
  }
  throw new SourceFault({
    reach: 'fatal',
    saw: 'The directory connector that lends its credentials is gone.',
    remedy: 'Begin a new collection.',
  })
}

/** Words of a directory for a collection. */
function toFault(error: unknown): never {
  if (!(error instanceof DirectoryFault)) throw error
  throw new SourceFault({ reach: 'fatal', saw: error.saw, remedy: error.remedy })
}

async function graphOf(
  row: ContactRunRow,
  settings: Of<'graph-trace'> | Of<'graph-sent'>,
  deps: ContactDeps,
): Promise<GraphSettings> {
  const { entraLogin, entraGraph } = deps.config.directories
  const endpointsOf = (cloud: keyof typeof graphClouds) => ({
    login: entraLogin ?? graphClouds[cloud].login,
    graph: entraGraph ?? graphClouds[cloud].graph,
  })
  if (settings.connectorId !== null) {
    const from = await lent(row, settings.connectorId, deps)
    if (from.settings.kind === 'entra') {
      const { cloud, tenantDomain, clientId } = from.settings
      return { endpoints: endpointsOf(cloud), tenant: tenantDomain, clientId, secret: from.secret }
    }
  }
  const { cloud, tenantDomain, clientId } = settings
  return { endpoints: endpointsOf(cloud), tenant: tenantDomain, clientId, secret: ownSecret(row, deps) }
}

async function googleOf(row: ContactRunRow, settings: Of<'gmail'>, deps: ContactDeps) {
  if (settings.connectorId !== null) {
    const from = await lent(row, settings.connectorId, deps)
    if (from.settings.kind === 'google') return { keyJson: from.secret, adminEmail: from.settings.adminEmail }
  }
  const adminEmail = settings.adminEmail === '' ? null : settings.adminEmail
  return { keyJson: ownSecret(row, deps), adminEmail }
}

async function imapOf(row: ContactRunRow, settings: Of<'imap'>, deps: ContactDeps): Promise<Source> {
  const { host, port, encryption, certificateName, masterName, masterWay, separator } = settings
  // Our own doors and closed networks are no mail servers of an organisation (decisions 40).
  const [target] = await targetsOf(host, port, deps).catch(toFault)
  const addresses =
    settings.mailboxes.length > 0 ? settings.mailboxes : await primaryAddresses(deps.store.db, row.tenant_id)
  if (addresses.length === 0)
    throw new SourceFault({
      reach: 'fatal',
      saw: 'The organisation has no users yet, and no mailboxes were named.',
      remedy: 'Add users first, or name the mailboxes.',
    })
  const master = { userName: masterName, password: ownSecret(row, deps), way: masterWay, separator }
  return createImap(
    {
      host: target?.address ?? host,
      port,
      encryption,
      // We connect to the address that was judged; the certificate is checked for the name that was typed.
      certificateName: certificateName ?? (target?.address === host ? null : host),
      authority: null,
      master,
      mailboxes: addresses.map((address) => ({ address, login: null, password: null })),
      folder: null,
    },
    { since: settings.since },
  )
}
