// Mail that was delivered or is held is reported as spam or as wanted by its entry in the message centre: the
// copy comes from the archive or from the edge that holds it, and only a lesson is kept of it.
import type { SpamKind, SpamLesson } from '@gatepost/contract/spam.ts'
import { ContentMissing } from '#platform/content-files.ts'
import type { ArchiveDeps } from '../archive/deps.ts'
import { ContentSpoiled } from '../archive/seal.ts'
import { settingOf } from '../archive/store.ts'
import type { FoundEntry } from '../archive/thread-wire.ts'
import { fetchContent } from '../hold/preview.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { teachSpam } from './learn.ts'

export type ReportDeps = ArchiveDeps & { readonly tracking: Pick<Tracking, 'getMessage'> }

type CopyAsked = Pick<Awaited<ReturnType<Tracking['getMessage']>>, 'id' | 'at' | 'status' | 'author'>

/** What a message says stands at its beginning. */
const OCTETS = 262_144
const DAY_MS = 86_400_000
/** The archive files a message under the time it was written, which spam dates as it likes within a month. */
const WRITTEN_BEFORE_MS = 31 * DAY_MS
const WRITTEN_AFTER_MS = 2 * DAY_MS
const PAGE = 100
/** Mail of one author in that time that is gone through. */
const PAGES_MAX = 20

/**
 * Teaches one message of the message centre. Throws `not-found` where there is no such message,
 * `no-copy` where nothing of it is kept, `not-allowed` for mail that did not come from outside.
 */
export async function reportMessage(
  scope: Scope,
  { messageId, kind }: { readonly messageId: string; readonly kind: SpamKind },
  deps: ReportDeps,
): Promise<SpamLesson> {
  const message = await deps.tracking.getMessage(scope, messageId)
  if (message.direction !== 'inbound') {
    throw problem('not-allowed', 'Only mail that came from outside is reported as spam or as wanted.')
  }
  const copy = await copyOf(scope, message, deps)
  if (copy === null && message.status === 'held')
    throw problem('no-copy', 'It is held, and its copy cannot be fetched just now. Try again later.')
  if (copy === null) {
    throw problem(
      'no-copy',
      'Nothing of it is kept here: it is not held and not in the archive. ' +
        'Save it from a mail program and show it to Spam lessons.',
    )
  }
  return teachSpam(scope, { kind, origin: 'report', content: copy, reversePath: message.reversePath }, deps)
}

/** What is kept of a message: at the edge that holds it, else in the archive. Null: nothing. */
export async function copyOf(scope: Scope, message: CopyAsked, deps: ReportDeps): Promise<Uint8Array | null> {
  const content = message.status === 'held' ? await heldCopy(scope, message.id, deps) : null
  return content ?? (await archivedCopy(scope, message, deps))
}

async function heldCopy(scope: Scope, messageId: string, deps: ReportDeps): Promise<Uint8Array | null> {
  try {
    return (await fetchContent(scope, { messageId, octets: OCTETS }, deps)).octets
  } catch {
    // Released meanwhile, or an edge that is silent: the archive may have it.
    return null
  }
}

async function archivedCopy(
  { tenantId }: Scope,
  message: CopyAsked,
  { store, archive }: ReportDeps,
): Promise<Uint8Array | null> {
  if ((await settingOf(store.db, tenantId)) === null) return null
  const query = {
    direction: 'inbound' as const,
    after: message.at - WRITTEN_BEFORE_MS,
    before: message.at + WRITTEN_AFTER_MS,
    ...(message.author === null ? {} : { from: message.author }),
  }
  let cursor: FoundPage['next'] = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const asked: FoundPage = await archive.search(tenantId, {
      query,
      limit: PAGE,
      cursor,
      withSnippets: false,
    })
    const found = asked.found.find((one) => isOf(one, message.id))
    if (found !== undefined) return beginningOf(archive.content(tenantId, found.entry.digest))
    if (asked.next === null) return null
    cursor = asked.next
  }
  return null
}

type FoundPage = Awaited<ReturnType<ArchiveDeps['archive']['search']>>

/** The delivery to the archive bears the name of the message. */
function isOf({ entry, additions }: FoundEntry, messageId: string): boolean {
  return entry.delivery === messageId || additions.some(({ delivery }) => delivery === messageId)
}

async function beginningOf(content: AsyncGenerator<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of content) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= OCTETS) break
    }
  } catch (error) {
    if (error instanceof ContentMissing || error instanceof ContentSpoiled) return null
    throw error
  }
  return Buffer.concat(chunks).subarray(0, OCTETS)
}
