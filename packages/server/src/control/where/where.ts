// Where is my mail (K1b): what reached us is listed; where nothing did, that is an answer too, with all that
// may explain it: MX records, ways past us, times we did not run, and what others of the same sender met.
import type { Message, MessageRow } from '@gatepost/contract/message.ts'
import type { WhereAnswer, WhereBounce, WhereClue, WhereQuestion } from '@gatepost/contract/where.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { deriveConnect } from '../connect/derive.ts'
import { observe } from '../connect/observe.ts'
import type { Observed } from '../connect/observed.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { primariesOf } from '../sender/store.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { readBounce } from './bounce.ts'
import { downtimesIn } from './store.ts'

export type WhereDeps = Pick<ControlDeps, 'store' | 'clock' | 'config'> & {
  readonly tracking: Pick<Tracking, 'listMessages' | 'getMessage'>
}

const HITS_MAX = 20
/** Hits whose delivery is looked up, one by one. */
const DETAILS_MAX = 10
const OTHERS_MAX = 5

export async function whereIsMail(
  scope: Scope,
  question: WhereQuestion,
  deps: WhereDeps,
): Promise<WhereAnswer> {
  const observed = await observe(scope.tenantId, deps)
  const bounce = question.bounce === '' ? null : await bounceOf(scope, question.bounce, observed, deps)
  const asked = withBounce(question, bounce)
  const isAsked = `${asked.sender}${asked.recipient}${asked.subject}` !== ''
  const { items, next } = isAsked
    ? await deps.tracking.listMessages(scope, { ...filterOf(asked), limit: HITS_MAX })
    : { items: [], next: null }
  const hits = await Promise.all(
    items.map((row, at) => (at < DETAILS_MAX ? detailed(scope, row, observed, deps) : plain(row))),
  )
  const clues = await cluesOf(scope, asked, { observed, isHit: items.length > 0 }, deps)
  return {
    answer: answerOf(asked, items, bounce),
    hits,
    moreHits: next !== null,
    clues,
    bounce,
  }
}

/** What the bounce says fills what was not asked. */
function withBounce(question: WhereQuestion, bounce: WhereBounce | null): WhereQuestion {
  if (bounce?.recipient == null || question.recipient !== '') return question
  return { ...question, recipient: bounce.recipient }
}

function filterOf({ sender, recipient, subject, from, to }: WhereQuestion) {
  return {
    ...(sender === '' ? {} : { sender }),
    ...(recipient === '' ? {} : { recipient }),
    ...(subject === '' ? {} : { search: subject }),
    from,
    to,
  }
}

function answerOf(asked: WhereQuestion, items: readonly MessageRow[], bounce: WhereBounce | null): string {
  const [newest] = items
  if (newest === undefined) {
    if (bounce !== null && bounce.by !== 'unreadable') return bounce.text
    const who = asked.sender === '' ? 'Such a message' : `A message of ${asked.sender}`
    return `${who} never reached us in this time.`
  }
  const count = items.length === 1 ? 'One attempt' : `${items.length} attempts`
  const status: { readonly [Status in MessageRow['status']]: string } = {
    accepted: 'was accepted and is on its way',
    delivered: 'was delivered',
    queued: 'waits to be delivered',
    deferred: 'is put off and will be tried again',
    held: 'is held until somebody releases it',
    refused: 'was refused',
    bounced: 'could not be delivered, and its sender was told where that was possible',
    discarded: 'was removed by a person',
  }
  return `${count} reached us; the newest ${status[newest.status]}.`
}

const plain = (row: MessageRow): WhereAnswer['hits'][number] => ({ ...row, handedTo: null, trace: null })

/** Adds whom it was handed to, and the line that finds it there. */
async function detailed(
  scope: Scope,
  row: MessageRow,
  { tenant }: Observed,
  { tracking }: WhereDeps,
): Promise<WhereAnswer['hits'][number]> {
  if (row.status !== 'delivered') return plain(row)
  const message = await tracking.getMessage(scope, row.id).catch(() => null)
  const last = message?.attempts.findLast(({ outcome }) => outcome === 'delivered')
  if (!message || !last) return plain(row)
  const handedTo = `${last.nextHop?.host ?? 'the next hop'}: ${last.reply.code} ${last.reply.text}`.trim()
  return { ...row, handedTo, trace: row.direction === 'inbound' ? traceLine(tenant, message) : null }
}

/** The mail host's own search, ready to paste. */
export function traceLine(
  { environment }: Pick<Observed['tenant'], 'environment'>,
  { messageIdField, forwardPath }: Pick<Message, 'messageIdField' | 'forwardPath'>,
): string | null {
  if (messageIdField === null) return null
  // It comes from the sender, and goes into a shell of the reader.
  const id = messageIdField.replace(/["'`$\r\n]/g, '')
  const to = (forwardPath ?? '').replace(/["'`$\r\n]/g, '')
  switch (environment) {
    case 'microsoft-365':
      return `Get-MessageTraceV2 -MessageId '${id}'${to === '' ? '' : ` -RecipientAddress '${to}'`}`
    case 'on-premises':
    case 'hosted':
      return `Get-TransportService | Get-MessageTrackingLog -MessageId '${id}' | Sort-Object Timestamp`
    case 'hybrid':
      return `Get-MessageTraceV2 -MessageId '${id}'; on Exchange: Get-MessageTrackingLog -MessageId '${id}'`
    case 'google-workspace':
      return `Admin console › Reporting › Email Log Search › Message ID: ${id}`
    default:
      return `Message-ID: ${id}`
  }
}

async function bounceOf(
  scope: Scope,
  pasted: string,
  observed: Observed,
  { tracking, config }: WhereDeps,
): Promise<WhereBounce> {
  const nextHops = observed.routes.map(({ host }) => host)
  const bounce = readBounce(pasted, { hostname: config.hostname, nextHops })
  if (bounce.messageId === null) return bounce
  // Another organisation's message is not told of, not even that it exists.
  const message = await tracking.getMessage(scope, bounce.messageId).catch(() => null)
  if (message === null) return { ...bounce, messageId: null }
  return { ...bounce, means: bounce.means ?? message.verdict }
}

type Seen = { readonly observed: Observed; readonly isHit: boolean }

async function cluesOf(
  scope: Scope,
  asked: WhereQuestion,
  { observed, isHit }: Seen,
  deps: WhereDeps,
): Promise<WhereClue[]> {
  const clues: WhereClue[] = []
  const [downtimes, recipient, others] = await Promise.all([
    downtimesIn(deps.store.db, { from: asked.from, until: asked.to }),
    recipientClue(scope, asked.recipient, observed, deps),
    isHit ? [] : othersOf(scope, asked, deps),
  ])
  if (recipient !== null) clues.push(recipient)
  if (!isHit) clues.push(...wayClues(observed, asked.recipient), ...others)
  for (const { from, until } of downtimes) {
    const minutes = Math.max(1, Math.round((until - from) / 60_000))
    const text =
      `This gateway did not run for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} from ` +
      `${new Date(from).toISOString().slice(0, 16).replace('T', ' ')} UTC. Senders try again for days.`
    clues.push({ kind: 'warning', text, page: null })
  }
  if (!isHit && downtimes.length === 0) {
    clues.push({ kind: 'good', text: 'This gateway ran all the time.', page: null })
  }
  return clues
}

/** Whether mail for the recipient comes here at all, and what may pass by. */
function wayClues(observed: Observed, recipient: string): WhereClue[] {
  const clues: WhereClue[] = []
  const name = recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase()
  const domains = observed.domains.filter((domain) => recipient === '' || domain.name === name)
  if (recipient !== '' && domains.length === 0) {
    const text = `${name} is no domain of this organisation: mail for it does not come here.`
    return [{ kind: 'bad', text, page: 'domains' }]
  }
  for (const { name: domain, mx } of domains) {
    if (mx.look === null) {
      clues.push({
        kind: 'info',
        text: `The MX of ${domain} was not looked at yet.`,
        page: 'connect/modify-mx',
      })
    } else if (mx.leftovers.length > 0) {
      const text = `The MX of ${domain} also leads to ${mx.leftovers.map(({ exchange }) => exchange).join(', ')}: it may have gone there.`
      clues.push({ kind: 'bad', text, page: 'connect/modify-mx' })
    } else {
      clues.push({ kind: 'good', text: `The MX of ${domain} leads here.`, page: null })
    }
  }
  const lock = deriveConnect(observed).steps.find(({ name: step }) => step === 'secure-inbound')
  if (lock !== undefined && lock.state !== 'done' && lock.state !== 'locked') {
    const text = 'Your mail host may take mail past this gateway: look there as well.'
    clues.push({ kind: 'warning', text, page: 'connect/secure-inbound' })
  }
  return clues
}

async function recipientClue(
  { tenantId }: Scope,
  recipient: string,
  observed: Observed,
  { store }: WhereDeps,
): Promise<WhereClue | null> {
  if (!recipient.includes('@')) return null
  const key = addressKey(recipient)
  const domain = observed.domains.find(({ name }) => key.endsWith(`@${name}`))
  if (domain === undefined) return null
  const primary = (await primariesOf(store.db, tenantId, [key], store.dialect)).get(key)
  if (primary === undefined) {
    const isRefused = domain.recipientMode === 'known' || domain.recipientMode === 'directory'
    const text = `Nobody has the address ${key}${isRefused ? ': mail for it is refused' : ''}.`
    return { kind: isRefused ? 'bad' : 'warning', text, page: 'users' }
  }
  if (primary === key) return null
  return { kind: 'info', text: `${key} is another address of ${primary}.`, page: `users/${primary}` }
}

/** Others of the sender's domain in that time: what they met is likely what this one met. */
async function othersOf(scope: Scope, asked: WhereQuestion, { tracking }: WhereDeps): Promise<WhereClue[]> {
  const domain = asked.sender.slice(asked.sender.lastIndexOf('@') + 1).trim()
  if (domain === '') return []
  const { from, to } = asked
  const { items } = await tracking.listMessages(scope, { sender: domain, from, to, limit: OTHERS_MAX })
  if (items.length === 0) {
    return [{ kind: 'info', text: `Nothing of ${domain} reached us in this time.`, page: null }]
  }
  const refused = items.filter(({ status }) => status === 'refused' || status === 'deferred')
  if (refused.length === 0) {
    return [{ kind: 'info', text: `Other mail of ${domain} came in this time.`, page: null }]
  }
  const reason = refused[0]!.reason
  const text = `Other mail of ${domain} was refused or put off in this time: ${reason}`
  return [{ kind: 'warning', text, page: `messages/${refused[0]!.id}` }]
}
