// One message in full: its explanation, the facts it was judged by, and each delivery attempt.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { getMessage } from '@gatepost/contract/message.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { DeliveryReport } from '#link/reports.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { HeldMailNote, HeldOutcomeNote } from '../hold/notes.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { bodyOf, type MessageBody } from './body.ts'
import { comingsOf } from './comings-store.ts'
import { dayOfId } from './days.ts'
import { shownFacts } from './fact-words.ts'
import { rowOf } from './list-store.ts'
import { remediesOf, todayOf } from './remedies.ts'
import { decisionOf, type Record } from './replay.ts'
import { recipientStatus } from './status.ts'
import type { TrackingStorage } from './tracking-store.ts'
import { shownSteps, smallestChangeOf, verdictOf } from './why.ts'

export type Message = OutputOf<typeof getMessage>

/** Attempts shown; the first hundred and the newest tell the story of five days of retries. */
const ATTEMPTS_MAX = 500

/** Throws `not-found` when this tenant has no such message. */
export async function readMessage(
  scope: Scope,
  id: string,
  { storage, settings }: { readonly storage: TrackingStorage; readonly settings: TenantSettings | null },
): Promise<Message> {
  const { row, attempts } = await rowsOf(scope, id, storage)
  const body = bodyOf(row.body)
  const story = {
    tenantId: scope.tenantId,
    status: row.status,
    reversePath: row.reverse_path,
    forwardPath: row.forward_path,
    body,
    attempts,
  }
  const again = replayed({ ...story, at: row.at, direction: row.direction }, settings)
  return {
    ...rowOf(row),
    messageIdField: body.messageIdField,
    origin: body.origin,
    client: body.client,
    reply: body.reply,
    verdict: verdictOf(story),
    smallestChange: again.remedies[0]?.text ?? smallestChangeOf(story),
    ...again,
    settingsRevision: body.settingsRevision,
    recipients: body.recipients.map(({ forwardPath, explanation, message }, index) => ({
      forwardPath,
      status: recipientStatus(row.statuses, index),
      // What the message's policies said for this one alone comes behind its own steps.
      explanation: shownSteps([...explanation, ...(message?.explanation ?? [])]),
    })),
    explanation: shownSteps(body.explanation),
    facts: factsOf(body, scope.tenantId),
    attempts: attempts.map((attempt) => attemptOf(attempt, body)),
    comings: await comingsOf(
      scope,
      { ...rowOf(row), recipients: body.recipients.map(({ forwardPath }) => forwardPath) },
      storage,
    ),
  }
}

/** What today's settings say, and what would help. A record of an older release may lack what that needs. */
function replayed(record: Record, settings: TenantSettings | null): Pick<Message, 'remedies' | 'today'> {
  try {
    const decision = settings && decisionOf(record)
    if (!decision) return { remedies: [], today: null }
    return { remedies: remediesOf(decision, settings), today: todayOf(decision, settings) }
  } catch {
    return { remedies: [], today: null }
  }
}

/** Which edge holds a message. Throws `not-found`. */
export async function placeOfMessage(
  scope: Scope,
  id: string,
  storage: TrackingStorage,
): Promise<{ readonly node: string; readonly slot: number }> {
  const { row } = await rowsOf(scope, id, storage)
  return { node: row.node, slot: row.slot }
}

/** A message that was accepted, as held mail is noted by it; null when this tenant has no such. */
export async function heldAnewIn(
  { tenantId, messageId, indexes, at, by, text }: HeldOutcomeNote,
  storage: TrackingStorage,
): Promise<HeldMailNote[]> {
  const scope: Scope = { tenantId, actor: { kind: 'system', name: 'Gatepost' }, from: 'internal' }
  const found = await rowsOf(scope, messageId, storage).catch(() => null)
  if (found === null) return []
  const { row } = found
  const { recipients } = bodyOf(row.body)
  return indexes.flatMap((index) => {
    const recipient = recipients[index]?.forwardPath
    if (recipient === undefined) return []
    return {
      tenantId,
      messageId,
      index,
      recipient,
      mailbox: addressKey(recipient),
      class: by === null ? 'undeliverable' : 'by-person',
      because: text === '' ? 'held' : text,
      ruleName: null,
      score: null,
      author: row.author,
      reversePath: row.reverse_path,
      subject: row.subject,
      size: row.size ?? 0,
      direction: row.direction === 'outbound' ? 'outbound' : 'inbound',
      at,
      newAuthor: null,
      isFirstContact: false,
    }
  })
}

async function rowsOf(scope: Scope, id: string, storage: TrackingStorage) {
  const day = dayOfId(id)
  if (day === null) throw problem('not-found')
  const message = storage.builder
    .selectFrom('tracking_message')
    .selectAll()
    .where('day', '=', day)
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
  const [row] = await storage.read(day, message.compile())
  if (!row) throw problem('not-found')
  const attempts = storage.builder
    .selectFrom('tracking_attempt')
    .select('body')
    .where('day', '=', day)
    .where('message_id', '=', id)
    .where('tenant_id', '=', scope.tenantId)
    .orderBy('at')
    .orderBy('id')
    .limit(ATTEMPTS_MAX)
  const bodies = (await storage.read(day, attempts.compile())).map(({ body }) => body)
  // The first one may have come with the message; files of before have no such column.
  if (row.attempt && !bodies.includes(row.attempt)) bodies.push(row.attempt)
  return { row, attempts: bodies.map((body) => JSON.parse(body) as DeliveryReport).sort(byTime) }
}

function byTime(one: DeliveryReport, other: DeliveryReport): number {
  return one.at - other.at || (one.id < other.id ? -1 : 1)
}

/** The facts of the message and those of its recipients, each once. */
function factsOf(body: MessageBody, tenantId: string): Message['facts'] {
  const seen = new Map<string, Message['facts'][number]>()
  for (const facts of [body.facts, ...body.recipients.map((recipient) => recipient.facts)]) {
    for (const fact of shownFacts(facts, tenantId)) seen.set(`${fact.name} ${fact.value}`, fact)
  }
  return [...seen.values()]
}

function attemptOf(attempt: DeliveryReport, { recipients }: MessageBody): Message['attempts'][number] {
  const { at, outcome, nextAttemptAt, nextHop, tls, reply, dsnId, by } = attempt
  return {
    at,
    attempt: attempt.attempt,
    recipients: attempt.recipients.map((index) => recipients[index]?.forwardPath ?? `recipient ${index + 1}`),
    outcome,
    nextAttemptAt,
    nextHop,
    tls,
    reply,
    durationMs: Math.round(attempt.durationMs),
    dsnId,
    ...(attempt.signatures === undefined ? {} : { signatures: [...attempt.signatures] }),
    ...(attempt.unsigned === undefined ? {} : { unsigned: attempt.unsigned }),
    ...(attempt.banner === undefined ? {} : { banner: attempt.banner }),
    ...(by === undefined ? {} : { by }),
  }
}
