// Contacts out of sent mail (X1–X3): runs inside the gateway with their review, and the tool to download.
import * as z from 'zod'
import { Nothing, Program, pageOf, TenantPath, Time } from './common.ts'
import { BinaryFile, endpoint, TextFile } from './endpoint.ts'
import { SenderImport } from './sender.ts'

/** Runs that are kept; the oldest goes when one more begins. */
export const CONTACT_RUNS_MAX = 20
/** Mailboxes that one run may be told by name. */
export const CONTACT_MAILBOXES_MAX = 50_000
/** Pairs ticked or unticked in one go. */
export const CONTACT_TICKS_MAX = 1_000

const RunPath = TenantPath.extend({ contactRun: z.string().max(100).describe('Id of the run') })

export const ContactSource = z.enum(['gateway', 'graph-trace', 'graph-sent', 'gmail', 'imap'])
export type ContactSource = z.infer<typeof ContactSource>

const Secret = z.string().min(1).max(20_000)
const Books = z.boolean().default(false).describe('Address books are read, too')
const Mailboxes = z.array(z.string().trim().min(3).max(320)).max(CONTACT_MAILBOXES_MAX).default([])
const since = { since: Time.nullable().default(null).describe('Older mail does not count') }
/** A connector whose app has the right, or an app of its own. */
const graph = {
  ...since,
  connectorId: z.string().max(100).nullable().default(null).describe('A directory connector to Entra ID'),
  tenantDomain: z.string().trim().max(253).default(''),
  clientId: z.string().trim().max(100).default(''),
  cloud: z.enum(['global', 'us-government', 'us-dod', 'china']).default('global'),
  secret: Secret.nullable().default(null).describe('Client secret, or certificate and key as PEM'),
}

export const StartContacts = z.discriminatedUnion('source', [
  z.object({ source: z.literal('gateway'), ...since }),
  z.object({ source: z.literal('graph-trace'), ...graph }),
  z.object({ source: z.literal('graph-sent'), ...graph, mailboxes: Mailboxes, contacts: Books }),
  z.object({
    source: z.literal('gmail'),
    ...since,
    connectorId: z.string().max(100).nullable().default(null).describe('A directory connector to Google'),
    adminEmail: z.string().trim().max(320).default(''),
    secret: Secret.nullable().default(null).describe('The service account’s key, JSON'),
    mailboxes: Mailboxes,
    contacts: Books,
  }),
  z.object({
    source: z.literal('imap'),
    ...since,
    host: z.string().trim().min(1).max(253),
    port: z.int().min(1).max(65_535).default(993),
    encryption: z.enum(['tls', 'start-tls', 'none']).default('tls'),
    certificateName: z.string().trim().max(253).nullable().default(null),
    masterName: z.string().trim().min(1).max(320).describe('Account that may read all mailboxes'),
    masterWay: z.enum(['separator', 'authzid']).default('separator'),
    separator: z.string().min(1).max(5).default('*'),
    secret: Secret,
    /** Empty: every user of the organisation. */
    mailboxes: Mailboxes,
  }),
])
export type StartContacts = z.infer<typeof StartContacts>

export const ContactRun = z.object({
  id: z.string(),
  source: ContactSource,
  /** `stopped` and `failed` go on where they ended when they are resumed. */
  state: z.enum(['running', 'stopped', 'failed', 'complete']),
  /** What is read, for people: a host or an organisation, without secrets. */
  target: z.string(),
  since: Time.nullable(),
  startedAt: Time,
  startedBy: z.string(),
  finishedAt: Time.nullable(),
  /** Mailboxes or days; null until they are listed. */
  parts: z.int().nullable(),
  partsDone: z.int(),
  /** What is being read, and how far. */
  part: z.object({ title: z.string(), seen: z.int(), total: z.int().nullable() }).nullable(),
  messages: z.int(),
  /** Pairs of an internal and an external address, and how many of them are robots' and lists'. */
  contacts: z.int(),
  robots: z.int(),
  people: z.int(),
  leftOut: z.object({ automatic: z.int(), foreign: z.int(), old: z.int(), mailing: z.int() }),
  /** Parts that could not be read, with the first few by name. */
  skipped: z.int(),
  skippedParts: z.array(z.object({ title: z.string(), why: z.string() })),
  /** How long it may still take, by the pace so far; null while nobody can tell. */
  leftMs: z.int().nullable(),
  /** What it waits for; null when it does not. */
  waiting: z.string().nullable(),
  /** Why it failed, and what to do. */
  trouble: z.object({ saw: z.string(), remedy: z.string() }).nullable(),
})
export type ContactRun = z.infer<typeof ContactRun>

export const contactProgramNames = [
  'gatepost-contacts-windows-x64.exe',
  'gatepost-contacts-linux-x64',
  'gatepost-contacts.mjs',
] as const
export type ContactProgramName = (typeof contactProgramNames)[number]

export const ContactProgram = Program.extend({ name: z.enum(contactProgramNames) })
export type ContactProgram = z.infer<typeof ContactProgram>

const tag = 'Contacts'

export const listContactRuns = endpoint({
  name: 'listContactRuns',
  method: 'GET',
  path: '/v1/tenants/{tenant}/contact-runs',
  tag,
  allow: 'senders:read',
  summary: 'Collections of contacts, newest first, and the tool to download.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({
    items: z.array(ContactRun),
    version: z.string(),
    programs: z.array(ContactProgram),
    /** Connectors whose credentials a run may use. */
    connectors: z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(['entra', 'google']) })),
  }),
  status: 200,
  problems: ['not-found'],
})

export const startContacts = endpoint({
  name: 'startContacts',
  method: 'POST',
  path: '/v1/tenants/{tenant}/contact-runs',
  tag,
  allow: 'senders:write',
  summary: 'Begins to collect contacts from sent mail; addresses and dates are read, never what was written.',
  params: TenantPath,
  query: Nothing,
  body: StartContacts,
  output: ContactRun,
  status: 202,
  problems: ['invalid-input', 'contacts-running', 'not-found'],
})

export const getContactRun = endpoint({
  name: 'getContactRun',
  method: 'GET',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}',
  tag,
  allow: 'senders:read',
  summary: 'How far a collection is.',
  params: RunPath,
  query: Nothing,
  body: Nothing,
  output: ContactRun,
  status: 200,
  problems: ['not-found'],
})

export const stopContacts = endpoint({
  name: 'stopContacts',
  method: 'POST',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}/stop',
  tag,
  allow: 'senders:write',
  summary: 'Stops a collection; what was found stays, and it can go on.',
  params: RunPath,
  query: Nothing,
  body: Nothing,
  output: ContactRun,
  status: 202,
  problems: ['not-found'],
})

export const resumeContacts = endpoint({
  name: 'resumeContacts',
  method: 'POST',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}/resume',
  tag,
  allow: 'senders:write',
  summary: 'Lets a stopped or failed collection go on where it ended.',
  params: RunPath,
  query: Nothing,
  /** A new secret, where the old one was the reason. */
  body: z.object({ secret: Secret.nullable().default(null) }),
  output: ContactRun,
  status: 202,
  problems: ['not-found', 'contacts-running', 'invalid-input'],
})

export const removeContactRun = endpoint({
  name: 'removeContactRun',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}',
  tag,
  allow: 'senders:write',
  summary: 'Removes a collection and what it found; imported entries stay.',
  params: RunPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

/** Which pairs are meant. Robots and lists are never among them. */
const Choice = z.object({
  countMin: z.coerce.number().int().min(1).max(1_000_000).default(1),
  /** The beginning of the user's or the external address. */
  search: z.string().trim().max(320).optional(),
})

export const Contact = z.object({
  user: z.string(),
  external: z.string(),
  count: z.int(),
  firstAt: Time.nullable(),
  lastAt: Time.nullable(),
  isTicked: z.boolean(),
})
export type Contact = z.infer<typeof Contact>

export const listContacts = endpoint({
  name: 'listContacts',
  method: 'GET',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}/contacts',
  tag,
  allow: 'senders:read',
  summary: 'What a collection found: who wrote to whom how often, the most frequent first.',
  params: RunPath,
  query: Choice.extend({
    limit: z.coerce.number().int().min(1).max(500).default(50),
    after: z.string().max(100).optional(),
  }),
  body: Nothing,
  output: pageOf(Contact).extend({
    /** Of all pairs that the filter finds. */
    ticked: z.int(),
  }),
  status: 200,
  problems: ['not-found'],
})

export const tickContacts = endpoint({
  name: 'tickContacts',
  method: 'POST',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}/ticks',
  tag,
  allow: 'senders:write',
  summary:
    'Ticks or unticks pairs for the import: by name, or every pair with an external address or domain.',
  params: RunPath,
  query: Nothing,
  body: z.object({
    isTicked: z.boolean(),
    pairs: z
      .array(z.object({ user: z.string().max(320), external: z.string().max(320) }))
      .max(CONTACT_TICKS_MAX)
      .default([]),
    /** External addresses or domains, for every user. */
    externals: z.array(z.string().trim().min(3).max(320)).max(CONTACT_TICKS_MAX).default([]),
  }),
  output: z.object({ changed: z.int() }),
  status: 200,
  problems: ['not-found'],
})

export const exportContacts = endpoint({
  name: 'exportContacts',
  method: 'GET',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}/csv',
  tag,
  allow: 'senders:read',
  summary: 'The ticked pairs as CSV: internal address, external address, PERMIT.',
  params: RunPath,
  query: Choice.omit({ search: true }),
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'contacts.csv' },
  status: 200,
  problems: ['not-found'],
})

export const importContacts = endpoint({
  name: 'importContacts',
  method: 'POST',
  path: '/v1/tenants/{tenant}/contact-runs/{contactRun}/imports',
  tag,
  allow: 'senders:write',
  summary:
    'Makes previews of the sender import out of the ticked pairs, 50,000 each; nothing is imported before they are committed.',
  params: RunPath,
  query: Nothing,
  body: Choice.omit({ search: true }),
  output: z.object({ items: z.array(SenderImport) }),
  status: 201,
  problems: ['not-found', 'file-unreadable', 'rows-over-limit'],
})

export const downloadContactsTool = endpoint({
  name: 'downloadContactsTool',
  method: 'GET',
  path: '/v1/contacts/programs/{program}',
  tag,
  allow: 'public',
  summary: 'The contacts tool: one script for Node, or a single executable.',
  params: z.object({ program: z.enum(contactProgramNames) }),
  query: Nothing,
  body: Nothing,
  output: BinaryFile,
  file: { mediaType: 'application/octet-stream', name: null },
  status: 200,
  problems: ['not-found', 'too-many-attempts'],
})
