// Searching and looking at archived messages: nobody does either without a line in the audit log, written
// before anything leaves.
import type {
  ArchivedMessage,
  ArchiveItem,
  ArchiveQuery,
  searchArchive as searchEndpoint,
} from '@gatepost/contract/archive.ts'
import type { OutputOf, QueryOf } from '@gatepost/contract/endpoint.ts'
import { ContentMissing } from '#platform/content-files.ts'
import { auditLook } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import type { ArchiveDeps } from './deps.ts'
import { mergePeople } from './extract.ts'
import type { ArchivedPerson } from './record.ts'
import { ContentSpoiled } from './seal.ts'
import { holdsOf, settingOf } from './store.ts'
import type { Cursor, FoundEntry } from './thread-wire.ts'
import type { Variant } from './variants.ts'

/** Recipients in a row of the list. */
const RECIPIENTS_SHOWN = 3
/** People in a message's view; the record has all. */
const PEOPLE_SHOWN_MAX = 10_000
const CURSOR = /^(\d{4}-\d{2})\.(\d{1,15})$/

export async function searchArchive(
  scope: Scope,
  asked: QueryOf<typeof searchEndpoint>,
  deps: ArchiveDeps,
): Promise<OutputOf<typeof searchEndpoint>> {
  const { limit, cursor, reason, ...query } = asked
  if ((await settingOf(deps.store.db, scope.tenantId)) === null) return { items: [], next: null, tookMs: 0 }
  await requireReason(scope, reason, deps)
  const began = deps.clock.now()
  const place = cursor === undefined ? null : cursorOf(cursor)
  await auditLook(
    scope,
    { action: 'archive.searched', subject: 'archive', at: began, of: { ...query, ...reasonOf(reason) } },
    deps,
  )
  const page = { query, limit, cursor: place, withSnippets: true }
  const { found, next } = await deps.archive.search(scope.tenantId, page)
  return {
    items: found.map(itemOf),
    next: next && `${next.month}.${next.seq}`,
    tookMs: Math.max(0, deps.clock.now() - began),
  }
}

/** Throws `not-found`, `reason-needed`, `content-spoiled`. */
export async function readArchived(
  scope: Scope,
  asked: { readonly id: string; readonly reason?: string | undefined },
  deps: ArchiveDeps,
): Promise<ArchivedMessage> {
  const found = await findEntry(scope, asked, deps)
  const { entry, additions } = found
  const content = await unspoiled(deps.archive.show(scope.tenantId, entry.digest))
  const people = mergePeople(entry.people, ...additions.map((one) => one.people))
  const { snippet: _, ...item } = itemOf(found)
  return {
    ...item,
    messageId: entry.messageId,
    date: entry.date,
    people: people.slice(0, PEOPLE_SHOWN_MAX).map(shownPerson),
    fault: entry.fault ?? null,
    copies: [entry, ...additions].map((copy) => ({
      source: copy.source,
      archivedAt: copy.archivedAt,
      people: copy.people.length,
    })),
    ...content,
    parts: [...content.parts],
    header: [...content.header],
    holds: [...found.heldBy],
    digest: entry.digest,
    variants: found.variants.map(({ sources, ...one }) => ({ ...one, sources: [...sources] })),
  }
}

/** The message octet for octet; the look is noted first. */
export async function readContent(
  scope: Scope,
  asked: { readonly id: string; readonly reason?: string | undefined },
  deps: ArchiveDeps,
): Promise<AsyncGenerator<Uint8Array>> {
  const { entry } = await findEntry(scope, { ...asked, action: 'archive.exported' }, deps)
  const content = deps.archive.content(scope.tenantId, entry.digest)
  // The first piece is opened here, so that a broken seal is a problem and not a file that ends early.
  const first = await unspoiled(content.next())
  return withFirst(first, content)
}

async function* withFirst(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.done === true) return
  yield first.value
  yield* rest
}

/** Refuses where nothing is archived, and where a reason is asked for and none was given. */
export async function requireReason(
  { tenantId }: Pick<Scope, 'tenantId'>,
  reason: string | undefined,
  { store }: Pick<ArchiveDeps, 'store'>,
): Promise<void> {
  const setting = await settingOf(store.db, tenantId)
  if (setting === null) throw problem('archive-off', 'Nothing is archived yet. Switch archiving on first.')
  if (setting.ask_reason === 1 && (reason ?? '') === '') throw problem('reason-needed')
}

async function findEntry(
  scope: Scope,
  asked: { readonly id: string; readonly reason?: string | undefined; readonly action?: string },
  deps: ArchiveDeps,
): Promise<FoundEntry & { readonly heldBy: readonly string[]; readonly variants: readonly Variant[] }> {
  const { id, reason, action = 'archive.read' } = asked
  // A single message of an organisation without an archive is not there, whoever else has one of that id.
  if ((await settingOf(deps.store.db, scope.tenantId)) === null) throw notArchived()
  await requireReason(scope, reason, deps)
  const holds = (await holdsOf(deps.store.db, scope.tenantId)).filter(({ ended_at }) => ended_at === null)
  const queries = holds.map(({ query }) => JSON.parse(query) as ArchiveQuery)
  const found = await deps.archive.entry(scope.tenantId, id, queries)
  if (found === null) throw notArchived()
  const { subject } = found.entry
  const of = { id, subject, ...reasonOf(reason) }
  await auditLook(scope, { action, subject: `archived message ${id}`, at: deps.clock.now(), of }, deps)
  return { ...found, heldBy: found.holds.map((index) => holds[index]!.name) }
}

function notArchived(): Error {
  return problem('not-found', 'There is no such message in the archive.')
}

function reasonOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined || reason === '' ? {} : { reason }
}

export function cursorOf(cursor: string): Cursor {
  const found = CURSOR.exec(cursor)
  if (found === null) throw invalidInput([{ path: '/cursor', message: 'This is no place in a list.' }])
  return { month: found[1]!, seq: Number(found[2]) }
}

export function itemOf({ entry, additions, snippet }: FoundEntry): ArchiveItem {
  const people = mergePeople(entry.people, ...additions.map((one) => one.people))
  const recipients = people.filter(({ as }) => as !== 'from').map(({ address }) => address)
  const copies = [entry, ...additions]
  return {
    id: entry.id,
    at: entry.at,
    archivedAt: entry.archivedAt,
    direction: entry.direction,
    sources: [...new Set(copies.map(({ source }) => source))],
    subject: entry.subject,
    author: entry.author,
    recipients: recipients.slice(0, RECIPIENTS_SHOWN),
    recipientCount: recipients.length,
    attachments: [...entry.attachments],
    size: entry.size,
    flags: [...flagsOf(copies)],
    snippet: snippet.map(({ text, isFound }) => ({ text, isFound })),
  }
}

/** Where another copy told the envelope, nobody is missing any more. */
function flagsOf(
  copies: readonly Pick<FoundEntry['entry'], 'flags' | 'source'>[],
): ReadonlySet<FoundEntry['entry']['flags'][number]> {
  const flags = new Set(copies.flatMap((copy) => copy.flags))
  if (copies.some((copy) => !copy.flags.includes('no-envelope'))) flags.delete('no-envelope')
  return flags
}

function shownPerson({ address, name, as, expandedFrom, forwardedFrom }: ArchivedPerson) {
  return {
    address,
    name: name ?? null,
    as,
    expandedFrom: expandedFrom ?? null,
    forwardedFrom: forwardedFrom ?? null,
  }
}

async function unspoiled<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ContentSpoiled) && !(error instanceof ContentMissing)) throw error
    throw problem('content-spoiled', `The content cannot be shown: ${error.message}. Verify the archive.`)
  }
}
