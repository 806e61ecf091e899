// The archive (J2): searching it, looking at a message, taking messages out. Every answer with content is
// noted in the audit log before it leaves.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { BinaryFile, endpoint } from './endpoint.ts'

const tag = 'Archive'
const EntryPath = TenantPath.extend({ archived: z.string() })
const ExportPath = TenantPath.extend({ archiveExport: z.string() })

/** What is worth telling of a message beside its content, with its words. */
export const archiveFlagWords = {
  undecipherable: 'Report could not be read',
  'no-envelope': 'Recipients may be missing',
  encrypted: 'Encrypted',
  old: 'Came late',
  tnef: 'Outlook format',
  returned: 'Came back',
  held: 'Was held',
  'partly-indexed': 'Partly searchable',
} as const
export const ArchiveFlag = z.enum(
  Object.keys(archiveFlagWords) as [keyof typeof archiveFlagWords, ...(keyof typeof archiveFlagWords)[]],
)
export type ArchiveFlag = z.infer<typeof ArchiveFlag>

export const ArchiveSource = z.enum(['gateway', 'journal'])
export const ArchiveDirection = z.enum(['inbound', 'outbound', 'internal'])

const Words = z.string().trim().max(300)
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])

/** What is looked for. Everything that is given must fit. */
export const ArchiveQuery = z.object({
  text: Words.optional().describe(
    'Words of subject, text and names of attachments; "in quotes" one behind the other; a star for a beginning',
  ),
  person: Words.optional().describe('An address, a domain as @acme.example, or a part of a name'),
  from: Words.optional(),
  to: Words.optional().describe(
    'Who got it: also blind copies and members of lists, where a journal told them',
  ),
  attachment: Words.optional().describe('Words of the name of an attachment'),
  hasAttachment: Flag.optional(),
  direction: ArchiveDirection.optional(),
  source: ArchiveSource.optional(),
  flag: ArchiveFlag.optional(),
  after: z.coerce.number().int().optional().describe('Written at this time or later, epoch milliseconds'),
  before: z.coerce.number().int().optional().describe('Written before this time, epoch milliseconds'),
  sizeMin: z.coerce.number().int().min(0).optional(),
  sizeMax: z.coerce.number().int().min(0).optional(),
})
export type ArchiveQuery = z.infer<typeof ArchiveQuery>

/** Why somebody looks; asked for where the organisation wants a reason. */
const Reason = z.object({ reason: z.string().trim().max(300).optional() })

export const ArchivePerson = z.object({
  address: z.string(),
  name: z.string().nullable(),
  as: z.enum(['from', 'to', 'cc', 'bcc', 'envelope']),
  expandedFrom: z.string().nullable(),
  forwardedFrom: z.string().nullable(),
})

export const ArchiveItem = z.object({
  id: z.string(),
  /** When it was written. */
  at: Time,
  archivedAt: Time,
  direction: ArchiveDirection,
  sources: z.array(ArchiveSource),
  subject: z.string(),
  author: z.string().nullable(),
  /** The first few; all of them stand in the message's own view. */
  recipients: z.array(z.string()),
  recipientCount: z.int(),
  attachments: z.array(z.string()),
  size: z.int(),
  flags: z.array(ArchiveFlag),
  /** Where the words were found. */
  snippet: z.array(z.object({ text: z.string(), isFound: z.boolean() })),
})
export type ArchiveItem = z.infer<typeof ArchiveItem>

export const searchArchive = endpoint({
  name: 'searchArchive',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/entries',
  tag,
  allow: 'messages:content',
  summary:
    'Archived messages that fit, the latest first, with the place where the words were found. Noted in the audit log.',
  params: TenantPath,
  query: ArchiveQuery.extend({
    ...Reason.shape,
    limit: z.coerce.number().int().min(1).max(100).default(25),
    cursor: z.string().optional(),
  }),
  body: Nothing,
  output: z.object({
    items: z.array(ArchiveItem),
    next: z.string().nullable(),
    /** Milliseconds that the search took. */
    tookMs: z.int(),
  }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'reason-needed'],
})

export const ArchivedMessage = ArchiveItem.omit({ snippet: true }).extend({
  messageId: z.string().nullable(),
  date: z.string().nullable(),
  people: z.array(ArchivePerson),
  /** Why a journal report was not read. */
  fault: z.string().nullable(),
  /** Every copy that came: from where, and when. */
  copies: z.array(z.object({ source: ArchiveSource, archivedAt: Time, people: z.int() })),
  text: z.string().nullable(),
  /** As it was written, never to be put into a page as it is: see the console's mail view. */
  html: z.string().nullable(),
  /** The text was longer than is shown. */
  isCut: z.boolean(),
  parts: z.array(
    z.object({
      path: z.string(),
      name: z.string(),
      type: z.string(),
      size: z.int(),
      isInline: z.boolean(),
      /** The part that it is packed in, such as winmail.dat; null where it stands by itself. */
      within: z.string().nullable(),
    }),
  ),
  header: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Holds that keep it. */
  holds: z.array(z.string()),
  /** Address of the content: HMAC-SHA-256 under the key of the archive. */
  digest: z.string(),
  /** Entries of the same message with other words, such as a footer that a host added. */
  variants: z.array(
    z.object({ id: z.string(), sources: z.array(ArchiveSource), archivedAt: Time, size: z.int() }),
  ),
})
export type ArchivedMessage = z.infer<typeof ArchivedMessage>

export const getArchived = endpoint({
  name: 'getArchived',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/entries/{archived}',
  tag,
  allow: 'messages:content',
  summary: 'One archived message with its people, text and parts. Noted in the audit log.',
  params: EntryPath,
  query: Reason,
  body: Nothing,
  output: ArchivedMessage,
  status: 200,
  problems: ['not-found', 'reason-needed', 'archive-off', 'content-spoiled'],
})

export const getArchivedContent = endpoint({
  name: 'getArchivedContent',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/entries/{archived}/content',
  tag,
  allow: 'messages:export',
  summary: 'One archived message octet for octet (EML). Noted in the audit log.',
  params: EntryPath,
  query: Reason,
  body: Nothing,
  output: BinaryFile,
  file: { mediaType: 'message/rfc822', name: 'message.eml' },
  status: 200,
  problems: ['not-found', 'reason-needed', 'archive-off', 'content-spoiled'],
})

export const exportFormats = ['zip', 'mbox'] as const
/** Messages of one export: larger ones are cut by date. */
export const EXPORT_MESSAGES_MAX = 50_000

export const ArchiveExport = z.object({
  id: z.string(),
  format: z.enum(exportFormats),
  query: ArchiveQuery,
  reason: z.string().nullable(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  done: z.int(),
  total: z.int(),
  bytes: z.int(),
  /** Messages that fit beyond the most that one export holds. */
  leftOut: z.int(),
  error: z.string().nullable(),
  createdAt: Time,
  createdBy: z.string(),
  finishedAt: Time.nullable(),
  expiresAt: Time,
})
export type ArchiveExport = z.infer<typeof ArchiveExport>

export const listArchiveExports = endpoint({
  name: 'listArchiveExports',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/exports',
  tag,
  allow: 'messages:export',
  summary: 'Exports with their progress; files are kept for a week.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(ArchiveExport) }),
  status: 200,
  problems: ['not-found'],
})

export const startArchiveExport = endpoint({
  name: 'startArchiveExport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/archive/exports',
  tag,
  allow: 'messages:export',
  summary: 'Writes what fits a search to one file: a zip of EML files, or mbox. Noted in the audit log.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ format: z.enum(exportFormats).default('zip'), query: ArchiveQuery, ...Reason.shape }),
  output: ArchiveExport,
  status: 202,
  problems: ['not-found', 'invalid-input', 'reason-needed', 'archive-off', 'limit-reached'],
})

export const getArchiveExport = endpoint({
  name: 'getArchiveExport',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/exports/{archiveExport}',
  tag,
  allow: 'messages:export',
  summary: 'One export with its progress.',
  params: ExportPath,
  query: Nothing,
  body: Nothing,
  output: ArchiveExport,
  status: 200,
  problems: ['not-found'],
})

export const cancelArchiveExport = endpoint({
  name: 'cancelArchiveExport',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/archive/exports/{archiveExport}',
  tag,
  allow: 'messages:export',
  summary: 'Stops an export, or removes its file.',
  params: ExportPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const downloadArchiveExport = endpoint({
  name: 'downloadArchiveExport',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/exports/{archiveExport}/file',
  tag,
  allow: 'messages:export',
  summary: 'The file of an export that is done.',
  params: ExportPath,
  query: Nothing,
  body: Nothing,
  output: BinaryFile,
  file: { mediaType: 'application/octet-stream', name: 'archive-export.zip' },
  status: 200,
  problems: ['not-found'],
})
