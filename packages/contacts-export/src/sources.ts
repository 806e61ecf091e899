// Makes a source out of what the tool was told: asks for what is missing when somebody sits there.
import { createEws } from '@gatepost/contacts/ews.ts'
import { createGmail, googleEndpoints } from '@gatepost/contacts/gmail.ts'
import { type GraphSettings, graphClouds } from '@gatepost/contacts/graph-client.ts'
import { createGraphSent } from '@gatepost/contacts/graph-sent.ts'
import { createGraphTrace } from '@gatepost/contacts/graph-trace.ts'
import { createImap, type ImapMailbox } from '@gatepost/contacts/imap.ts'
import { createMaildir } from '@gatepost/contacts/maildir.ts'
import { createMbox } from '@gatepost/contacts/mbox.ts'
import type { Effects, Source, SourceKind } from '@gatepost/contacts/source.ts'
import { createTrackingLog } from '@gatepost/contacts/tracking-log.ts'
import { domainsOf, readMailboxes } from './mailboxes.ts'
import { type Given, namesIn, sinceOf, WrongOption } from './options.ts'
import { files, readText, type Terminal } from './platform.ts'
import { readSecret } from './secret.ts'

export type Chosen = {
  readonly source: Source
  /** Domains that the mailboxes lie in; empty where the source names none. */
  readonly domains: readonly string[]
  /** What must stay the same for a run to be resumed; no secret. */
  readonly identity: readonly string[]
}

type Context = {
  readonly given: Given
  readonly terminal: Terminal
  readonly effects: Effects
  /** When the run began: what was sent later belongs to the next. */
  readonly until: number
}

/** Kinds that know address books. */
const WITH_BOOKS: ReadonlySet<SourceKind> = new Set(['graph-sent', 'ews', 'gmail'])

/** A run with address books is another run than one without. */
const bookMark = ({ given }: Context): readonly string[] => (given.isOn('contacts') ? ['+contacts'] : [])

/** The source of a kind. Throws `WrongOption` and `SourceFault`. */
export async function makeSource(kind: SourceKind, context: Context): Promise<Chosen> {
  if (context.given.isOn('contacts') && !WITH_BOOKS.has(kind))
    throw new WrongOption(`--contacts goes with ${[...WITH_BOOKS].join(', ')}: ${kind} has no address books.`)
  switch (kind) {
    case 'graph-trace':
    case 'graph-sent':
      return graph(kind, context)
    case 'ews':
      return ews(context)
    case 'gmail':
      return gmail(context)
    case 'imap':
      return imap(context)
    case 'tracking-log':
    case 'mbox':
    case 'maildir':
      return ofFiles(kind, context)
    case 'gateway':
      throw new WrongOption('The gateway’s own outbound log is read by the gateway: see Senders, Collect.')
  }
}

/** An option, or the answer to a question. */
async function needed({ given, terminal }: Context, name: string, question: string): Promise<string> {
  const text = given.text(name)
  if (text !== null) return text
  if (!terminal.isInteractive) throw new WrongOption(`--${name} is missing: ${question}.`)
  const typed = (await terminal.ask(`${question}: `)).trim()
  if (typed === '') throw new WrongOption(`--${name} is missing.`)
  return typed
}

async function listed(context: Context): Promise<readonly ImapMailbox[] | null> {
  const path = context.given.text('mailboxes')
  if (path === null) return null
  const text = await readText(path).catch(() => {
    throw new WrongOption(`The file ${path} cannot be read.`)
  })
  return readMailboxes(text)
}

async function neededList(context: Context): Promise<readonly ImapMailbox[]> {
  const boxes = await listed(context)
  if (boxes !== null) return boxes
  const path = await needed(context, 'mailboxes', 'File with the mailboxes, one address a line')
  return readMailboxes(
    await readText(path).catch(() => {
      throw new WrongOption(`The file ${path} cannot be read.`)
    }),
  )
}

const addressesOf = (boxes: readonly ImapMailbox[]): readonly string[] => boxes.map(({ address }) => address)

async function authorityOf({ given }: Context): Promise<string | null> {
  const path = given.text('authority')
  if (path === null) return null
  return readText(path).catch(() => {
    throw new WrongOption(`The file ${path} cannot be read.`)
  })
}

async function graph(kind: 'graph-trace' | 'graph-sent', context: Context): Promise<Chosen> {
  const { given, effects, until, terminal } = context
  const clouds = Object.keys(graphClouds) as (keyof typeof graphClouds)[]
  const tenant = await needed(context, 'tenant', 'Tenant (a domain or its id)')
  const clientId = await needed(context, 'client-id', 'Application (client) id')
  const boxes = kind === 'graph-sent' ? await listed(context) : null
  const secret = await readSecret(given.text('secret-file'), 'Client secret', terminal)
  const endpoints = graphClouds[given.oneOf('cloud', clouds, 'global')]
  const settings: GraphSettings = { endpoints, tenant, clientId, secret }
  const since = sinceOf(given)
  const mailboxes = boxes === null ? null : addressesOf(boxes)
  const source =
    kind === 'graph-trace'
      ? createGraphTrace(settings, { until, since }, effects)
      : createGraphSent(settings, { until, since, mailboxes, contacts: given.isOn('contacts') }, effects)
  return {
    source,
    domains: domainsOf(mailboxes ?? []),
    identity: [tenant, clientId, ...(mailboxes ?? []), ...bookMark(context)],
  }
}

async function ews(context: Context): Promise<Chosen> {
  const { given, effects, until, terminal } = context
  const url = await needed(context, 'url', 'Address of EWS (https://…/EWS/Exchange.asmx)')
  // Without a list the server is asked which mailboxes there are.
  const boxes = await listed(context)
  const userName = await needed(context, 'user', 'Account (CORP\\name)')
  const login = {
    method: given.oneOf('sign-in', ['ntlm', 'basic'], 'ntlm'),
    userName,
    password: await readSecret(given.text('secret-file'), `Password of ${userName}`, terminal),
  } as const
  const mailboxes = boxes === null ? null : addressesOf(boxes)
  const settings = { url, login, mailboxes, authority: await authorityOf(context) }
  const options = { until, since: sinceOf(given), contacts: given.isOn('contacts') }
  return {
    source: createEws(settings, options, effects),
    domains: domainsOf(mailboxes ?? []),
    identity: [url, ...(mailboxes ?? []), ...bookMark(context)],
  }
}

async function gmail(context: Context): Promise<Chosen> {
  const { effects } = context
  const key = await needed(context, 'key', 'File with the service account’s key (JSON)')
  const keyJson = await readText(key).catch(() => {
    throw new WrongOption(`The file ${key} cannot be read.`)
  })
  const boxes = await listed(context)
  const mailboxes = boxes === null ? null : addressesOf(boxes)
  const adminEmail = mailboxes === null ? await needed(context, 'admin', 'An administrator’s address') : null
  const contacts = context.given.isOn('contacts')
  const source = createGmail(
    { endpoints: googleEndpoints, keyJson, adminEmail, mailboxes, contacts },
    effects,
  )
  const domains = domainsOf(mailboxes ?? (adminEmail === null ? [] : [adminEmail]))
  return { source, domains, identity: [adminEmail ?? '', ...(mailboxes ?? []), ...bookMark(context)] }
}

async function imap(context: Context): Promise<Chosen> {
  const { given, terminal } = context
  const host = await needed(context, 'host', 'IMAP server')
  const encryption = given.oneOf('encryption', ['tls', 'start-tls', 'none'], 'tls')
  const port = given.count('port', { min: 1, max: 65_535, otherwise: encryption === 'tls' ? 993 : 143 })
  const boxes = await neededList(context)
  const masterName = given.text('master')
  const needsSecret = masterName !== null || boxes.some(({ password }) => password === null)
  const question = masterName === null ? 'Password of the mailboxes' : `Password of ${masterName}`
  const secret = needsSecret ? await readSecret(given.text('secret-file'), question, terminal) : ''
  const master =
    masterName === null
      ? null
      : {
          userName: masterName,
          password: secret,
          way: given.oneOf('master-way', ['separator', 'authzid'], 'separator'),
          separator: given.text('master-separator') ?? '*',
        }
  const mailboxes = boxes.map((box) => (master === null ? { ...box, password: box.password ?? secret } : box))
  const source = createImap(
    {
      host,
      port,
      encryption,
      certificateName: given.text('certificate-name'),
      authority: await authorityOf(context),
      master,
      mailboxes,
      folder: given.text('folder'),
    },
    { since: sinceOf(given) },
  )
  const addresses = addressesOf(boxes)
  return { source, domains: domainsOf(addresses), identity: [host, String(port), ...addresses] }
}

async function ofFiles(kind: 'tracking-log' | 'mbox' | 'maildir', context: Context): Promise<Chosen> {
  const { given } = context
  const listedPaths = given.texts('path')
  const paths = listedPaths.length > 0 ? listedPaths : [await needed(context, 'path', 'File or folder')]
  const owner = given.text('owner')
  const domains = domainsOf(owner === null ? [] : [owner.toLowerCase()])
  const source =
    kind === 'tracking-log'
      ? createTrackingLog(paths, files)
      : kind === 'mbox'
        ? createMbox(paths, { owner, files })
        : createMaildir(paths, { owner, files })
  return { source, domains, identity: [owner ?? '', ...paths] }
}

/**
 * The organisation's domains: told, or those of the mailboxes. Throws `WrongOption` where neither is there.
 */
export async function ownDomainsOf(context: Context, chosen: Chosen): Promise<readonly string[]> {
  const told = namesIn(context.given.text('own-domains'))
  if (told.length > 0) return [...new Set(told)].sort()
  if (chosen.domains.length > 0) return chosen.domains
  return namesIn(await needed(context, 'own-domains', 'Your own domains, separated by commas'))
}
