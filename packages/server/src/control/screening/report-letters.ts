// Reports by letter (H1): people forward a message to spam@, phish@ or notspam@, an edge brings it here, it
// is unwrapped and learned from, and a short letter says what became of it.
import type { ReportKind } from '@gatepost/contract/spam.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { decodeEncodedWords } from '@gatepost/mail/encoded-word.ts'
import { firstField } from '@gatepost/mail/header.ts'
import { parseMime } from '@gatepost/mail/mime.ts'
import type { ReportedMailSink, Upload } from '#link/archive-upload.ts'
import { readerLanguage } from '../digest/reader-language.ts'
import { mailLetter } from '../letter.ts'
import { Problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { primariesOf } from '../sender/store.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { addressesOfUsers, findUser, hasUsers } from '../user/store.ts'
import { copyOf, type ReportDeps } from './report-delivered.ts'
import { type ReportLine, reportWords } from './report-words.ts'
import { learnReported, noteReport, reportsToday } from './reports.ts'
import { isLetterKnown } from './reports-store.ts'
import { ourIdOf, type Unwrapped, unwrapReport } from './unwrap-report.ts'

export type ReportLetterDeps = ReportDeps &
  Pick<ControlDeps, 'emit'> & { readonly tracking: Pick<Tracking, 'getMessage' | 'listMessages'> }

/** Of a letter so much is read: twenty messages with their beginnings. */
const LETTER_OCTETS_MAX = 16 * 1_048_576
/** Messages of one author in which the quoted one is looked for. */
const CANDIDATES = 100
const DAY_MS = 86_400_000
const TRACKED_DAYS = 30
const KINDS: ReadonlyMap<string, ReportKind> = new Map([
  ['spam', 'spam'],
  ['phish', 'phish'],
  ['notspam', 'wanted'],
])

/** Takes what edges bring. A letter that nobody can make sense of is answered, never asked for again. */
export function reportIntake(deps: ReportLetterDeps): ReportedMailSink {
  return {
    async take(upload, chunks) {
      const letter = await beginningOf(chunks)
      const scope = scopeOf(upload)
      if (await isLetterKnown(deps.store.db, upload.tenantId, upload.delivery)) return
      const mailbox = await mailboxOfReporter(upload, deps)
      const lines = await takeLetter(scope, { upload, letter, mailbox }, deps)
      if (lines.length > 0) await answer(upload, lines, deps)
    },
  }
}

type Letter = { readonly upload: Upload; readonly letter: Uint8Array; readonly mailbox: string | null }

async function takeLetter(
  scope: Scope,
  { upload, letter, mailbox }: Letter,
  deps: ReportLetterDeps,
): Promise<readonly ReportLine[]> {
  const kind = kindOf(upload)
  const about = { kind, way: 'letter', letter: upload.delivery } as const
  const plain = { author: null, subject: subjectOf(letter) }
  if (mailbox === null) {
    const unknown = { ...about, ...plain, mailbox: keyOf(upload), outcome: 'unknown-reporter' } as const
    const { isTold } = await reportsToday(scope, unknown.mailbox, deps)
    await noteReport(scope, { ...unknown, outcome: isTold ? 'limit' : 'unknown-reporter' }, deps)
    return isTold ? [] : [{ ...plain, kind, outcome: 'unknown-reporter' }]
  }
  const { left, isTold } = await reportsToday(scope, mailbox, deps)
  if (left === 0) {
    if (!isTold) await noteReport(scope, { ...about, ...plain, mailbox, outcome: 'limit' }, deps)
    return isTold ? [] : [{ ...plain, kind, outcome: 'limit' }]
  }
  const found = safelyUnwrapped(letter).slice(0, left)
  if (found.length === 0) {
    await noteReport(scope, { ...about, ...plain, mailbox, outcome: 'unreadable' }, deps)
    return [{ ...plain, kind, outcome: 'unreadable' }]
  }
  const lines: ReportLine[] = []
  for (const one of found) {
    const learned = await learn(scope, { one, kind, mailbox }, deps)
    await noteReport(scope, { ...about, ...learned, mailbox }, deps)
    lines.push({ ...learned, kind })
  }
  return lines
}

type Learned = Pick<ReportLine, 'author' | 'subject' | 'outcome'> & {
  readonly messageId: string | null
  readonly lessonId: string | null
}

/**
 * What the letter itself holds is learned from; a quotation leads to the copy we keep, where there is one.
 */
async function learn(
  scope: Scope,
  { one, kind, mailbox }: { readonly one: Unwrapped; readonly kind: ReportKind; readonly mailbox: string },
  deps: ReportLetterDeps,
): Promise<Learned> {
  if (one.kind === 'unreadable') {
    return { author: null, subject: one.name, outcome: 'unreadable', messageId: null, lessonId: null }
  }
  const own = await addressesOf(scope.tenantId, mailbox, deps)
  if (one.kind === 'attached') {
    const messageId = await knownId(scope, { content: one.content, own }, deps)
    const lesson = await learnReported(scope, { kind, content: one.content }, deps)
    return linesOf(lesson, { messageId, outcome: 'learned', author: null, subject: null })
  }
  const message = await quotedMessage(scope, { ...one, mailbox }, deps)
  const copy = message === null ? null : await copyOf(scope, message, deps)
  const messageId = message?.id ?? null
  const { author, subject } = one
  if (copy !== null) {
    const lesson = await learnReported(
      scope,
      { kind, content: copy, reversePath: message?.reversePath },
      deps,
    )
    return linesOf(lesson, { messageId, outcome: 'learned', author, subject })
  }
  const lesson = await learnReported(scope, { kind, content: one.content, onlyWords: true }, deps)
  return linesOf(lesson, { messageId, outcome: 'words-learned', author, subject })
}

function linesOf(
  lesson: Awaited<ReturnType<typeof learnReported>>,
  about: Omit<Learned, 'lessonId'>,
): Learned {
  if (lesson === null) return { ...about, outcome: 'limit', lessonId: null }
  const { id, author, subject } = lesson
  return { ...about, author: author ?? about.author, subject: subject ?? about.subject, lessonId: id }
}

/** The message of tracking by our own Received field, where the person had it. */
async function knownId(
  scope: Scope,
  { content, own }: { readonly content: Uint8Array; readonly own: ReadonlySet<string> },
  { tracking, config }: ReportLetterDeps,
): Promise<string | null> {
  const id = ourIdOf(content, config.hostname)
  const message = id === null ? null : await tracking.getMessage(scope, id).catch(nullIfRefused)
  const isTheirs = message?.recipients.some(({ forwardPath }) => own.has(keyOr(forwardPath)))
  return isTheirs ? id : null
}

function nullIfRefused(error: unknown): null {
  if (error instanceof Problem) return null
  throw error
}

/** The newest message of this author with this subject that the person got. */
async function quotedMessage(
  scope: Scope,
  quoted: { readonly author: string | null; readonly subject: string; readonly mailbox: string },
  { tracking, clock }: ReportLetterDeps,
) {
  if (quoted.author === null) return null
  const { items } = await tracking.listMessages(scope, {
    recipient: quoted.mailbox,
    sender: quoted.author,
    direction: 'inbound',
    from: clock.now() - TRACKED_DAYS * DAY_MS,
    limit: CANDIDATES,
  })
  const wanted = bare(quoted.subject)
  const found = items.find(({ subject, status }) => status !== 'refused' && bare(subject ?? '') === wanted)
  return found ?? null
}

/** Whose report it is: a user by any address, or anybody where the organisation has no list of users. */
async function mailboxOfReporter(
  { tenantId, reversePath }: Upload,
  { store }: Pick<ReportLetterDeps, 'store'>,
): Promise<string | null> {
  const key = keyOr(reversePath)
  const primary = (await primariesOf(store.db, tenantId, [key], store.dialect)).get(key)
  if (primary !== undefined) return primary
  return (await hasUsers(store.db, tenantId)) ? null : key
}

async function addressesOf(
  tenantId: string,
  mailbox: string,
  { store }: Pick<ReportLetterDeps, 'store'>,
): Promise<ReadonlySet<string>> {
  const user = await findUser(store.db, tenantId, mailbox)
  const all = user === null ? [] : await addressesOfUsers(store.db, tenantId, [user.id])
  return new Set([mailbox, ...all.map(({ address_key: key }) => key)])
}

/** To the person, in their language. A letter that does not go is no reason to learn anew. */
async function answer(
  { tenantId, reversePath }: Upload,
  lines: readonly ReportLine[],
  deps: ReportLetterDeps,
): Promise<void> {
  if (reversePath === null) return
  const language = await readerLanguage(deps.store.db, tenantId, reversePath)
  const text = reportWords[language](lines)
  await mailLetter({ tenantId, to: [reversePath], ...text }, deps).catch((error: unknown) => {
    deps.emit('control.request.failed', { what: 'answering a report', error })
  })
}

function safelyUnwrapped(letter: Uint8Array): readonly Unwrapped[] {
  try {
    return unwrapReport(letter)
  } catch {
    // Whatever a stranger put into a mail, its letter would come again for ever.
    return []
  }
}

function kindOf({ forwardPaths }: Upload): ReportKind {
  const [first = ''] = forwardPaths
  return KINDS.get(first.slice(0, Math.max(0, first.indexOf('@'))).toLowerCase()) ?? 'spam'
}

function scopeOf({ tenantId, reversePath }: Upload): Scope {
  return { tenantId, actor: { kind: 'system', name: keyOr(reversePath) }, from: 'internal' }
}

function keyOf({ reversePath }: Upload): string {
  return keyOr(reversePath)
}

function keyOr(address: string | null): string {
  return address === null || address === '' ? 'nobody' : addressKey(address)
}

function subjectOf(letter: Uint8Array): string {
  const { header } = parseMime(letter.subarray(0, 65_536), { parts: 1, depth: 1 }).root
  return decodeEncodedWords(firstField(header, 'subject')?.value ?? '').slice(0, 300)
}

/** A subject without what forwarding and answering put before it. */
function bare(subject: string): string {
  return subject
    .replace(/^(?:\s*(?:re|aw|fw|fwd|wg|tr|rv|i|enc|doorst)\s*:)+/i, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

/** Reads to the end, so that the edge is not left in the middle of it. */
async function beginningOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    if (size < LETTER_OCTETS_MAX) kept.push(chunk)
    size += chunk.length
  }
  return Buffer.concat(kept).subarray(0, LETTER_OCTETS_MAX)
}
