// The parts of the sandbox's page that change while one watches; each is drawn anew when the world moved.

import type { Directories } from '../directories.ts'
import type { QueryLogged } from '../dns.ts'
import type { Events } from '../events.ts'
import type { MailHost } from '../mail-host.ts'
import type { HostName, World } from '../world.ts'
import { ACTIONS, type ActionDone } from '../world-actions.ts'
import type { RecordSet } from '../zones.ts'
import { drawEnvironment, drawEvents, drawGuide, drawPeople, drawRules, drawSends } from './drive.ts'
import { breakable, html, icon, type Markup } from './markup.ts'

export type PageContext = {
  readonly world: World
  readonly directories: Directories | null
  readonly events: Events
  readonly consoleUrl: () => string
}

export const PART_NAMES = [
  'environment',
  'guide',
  'sends',
  'attempts',
  'mailboxes',
  'outside',
  'events',
  'people',
  'rules',
  'records',
  'faults',
  'queries',
] as const
export type PartName = (typeof PART_NAMES)[number]

const MESSAGES_SHOWN = 50
const QUERIES_SHOWN = 25
const ATTEMPTS_SHOWN = 8

export function isPartName(text: string): text is PartName {
  return (PART_NAMES as readonly string[]).includes(text)
}

export function drawPart(name: PartName, context: PageContext): Markup {
  const { world, directories } = context
  switch (name) {
    case 'environment':
      return drawEnvironment(world)
    case 'guide':
      return drawGuide(context)
    case 'sends':
      return drawSends(world)
    case 'events':
      return drawEvents(context.events)
    case 'people':
      return drawPeople(directories)
    case 'rules':
      return drawRules(world)
    case 'attempts':
      return drawAttempts(world.actions())
    case 'mailboxes':
      return drawMailboxes(world)
    case 'outside':
      return drawInbox('outside', world.outside)
    case 'records':
      return drawRecords(world)
    case 'faults':
      return drawFaults(world)
    case 'queries':
      return drawQueries(world.dns.queries())
  }
}

function drawAttempts(done: readonly ActionDone[]): Markup {
  if (done.length === 0)
    return html`<p class="empty">Nothing was sent yet. The gateway’s replies appear here.</p>`
  const rows = done.slice(0, ATTEMPTS_SHOWN).map((attempt) => {
    const title = ACTIONS.find((action) => action.kind === attempt.kind)?.title ?? attempt.kind
    const { outcome, said } = outcomeOf(attempt)
    const replies = attempt.result.replies.map(
      (reply) =>
        html`<div><dt>${reply.command}</dt><dd>${reply.code} ${reply.status ?? ''} ${reply.text}</dd></div>`,
    )
    return html`<li data-key="${attempt.messageId}"><div class="row-head"><b>${title}</b>${outcome}</div>
      <p class="mono">${said}</p>
      <details><summary>${timeOf(attempt.at)} · ${attempt.sourceIp} · every reply</summary>
      <dl class="replies">${replies}</dl></details></li>`
  })
  return html`<ul class="rows">${rows}</ul>`
}

/** The word for the outcome, and the reply that decided. */
function outcomeOf({ result }: ActionDone): { readonly outcome: Markup; readonly said: string } {
  const last = result.replies.filter((reply) => reply.command !== 'QUIT')
  const deciding = result.accepted
    ? last.at(-1)
    : (last.findLast((reply) => reply.code >= 400) ?? last.at(-1))
  const said =
    deciding === undefined
      ? (result.fault ?? '')
      : `${deciding.code} ${deciding.status ?? ''} ${deciding.text}`
  if (result.accepted)
    return { outcome: html`<span class="state info">${icon('accepted')}Accepted</span>`, said }
  if (result.fault !== null) {
    return {
      outcome: html`<span class="state bad">${icon('failed')}Broke off</span>`,
      said: `${said} ${result.fault}`,
    }
  }
  const deferred = (deciding?.code ?? 500) < 500
  const word = deferred ? html`${icon('deferred')}Deferred` : html`${icon('refused')}Refused`
  return { outcome: html`<span class="state ${deferred ? 'warn' : 'bad'}">${word}</span>`, said }
}

/** In a hybrid both halves have mailboxes. */
function drawMailboxes(world: World): Markup {
  switch (world.environment()) {
    case 'on-premises':
      return drawInbox('acme', world.acme)
    case 'hybrid':
      return html`${drawInbox('acme', world.acme)}${drawInbox('cloud', world.cloud)}`
    default:
      return drawInbox('cloud', world.cloud)
  }
}

function drawInbox(name: HostName, host: MailHost): Markup {
  const down = host.isDown()
  const state = down
    ? html`<span class="state bad">${icon('failed')}Down</span>`
    : html`<span class="state ok">${icon('done')}Up</span>`
  const head = html`<div class="bar">
  <span class="mono">${breakable(host.name)}, ${breakable(`${host.host}:${host.port}`)}</span>${state}
    <span class="grow"></span>
    <button type="button" class="small" data-host="${name}"
    data-down="${down ? 'false' : 'true'}">${down ? 'Start host' : 'Stop host'}</button>
    <button type="button" class="small" data-empty="${name}">Empty mailbox</button></div>`
  const messages = host.messages().slice(-MESSAGES_SHOWN).reverse()
  if (messages.length === 0) return html`${head}<p class="empty">No message yet.</p>`
  const rows = messages.map(
    (message) => html`<tr data-key="${message.id}"><td>
      <button type="button" class="link" data-message="${name}/${message.id}">
      ${message.subject || 'no subject'}</button></td>
      <td>${breakable(message.from)}</td><td>${breakable(message.forwardPaths.join(', '))}</td>
      <td class="number">${message.content.length}</td><td class="number">${timeOf(message.at)}</td></tr>`,
  )
  const caption = `Messages of ${host.name}`
  return html`${head}<div class="scroll" tabindex="0" role="region"
  aria-label="Table: ${caption}"><table aria-label="${caption}"><thead><tr><th>Subject</th>
  <th>From</th><th>To</th>
    <th class="number">Bytes</th><th class="number">Time</th></tr></thead><tbody>${rows}</tbody></table></div>
    <p class="note">${host.total()} came, ${messages.length} shown</p>`
}

function drawRecords(world: World): Markup {
  const rows = world.dns.zones
    .list()
    .sort(byInterest)
    .map((set) => {
      const key = JSON.stringify({ ...set, values: set.values.join('\n') })
      return html`<tr><td class="mono">${breakable(set.name)}</td><td class="mono">${set.type}</td>
      <td class="number">${set.ttl}</td>
      <td class="mono value">${set.values.map((value) => html`<div>${value}</div>`)}</td>
      <td class="acts"><button type="button" class="small" data-edit="${key}"
      aria-label="Edit ${set.name} ${set.type}">Edit</button>
      <button type="button" class="small" data-remove="${set.name} ${set.type}"
      aria-label="Delete ${set.name} ${set.type}">Delete</button></td></tr>`
    })
  return html`<div class="scroll tall" tabindex="0" role="region" aria-label="All records">
  <table aria-label="DNS records"><thead><tr><th>Name</th><th>Type</th>
    <th class="number">TTL</th><th>Value</th><th><span class="hidden">Actions</span></th></tr></thead>
    <tbody>${rows}</tbody></table></div>`
}

/** What people change comes first, names of addresses last; inside, the order of the zones stays. */
function byInterest(a: RecordSet, b: RecordSet): number {
  const rank = ({ name }: RecordSet) => {
    if (/(^|\.)acme\.example$/.test(name)) return 0
    if (/(^|\.)gatepost\.example$/.test(name)) return 1
    return name.endsWith('.arpa') ? 3 : 2
  }
  return rank(a) - rank(b)
}

function drawFaults(world: World): Markup {
  const faults = world.dns.faults.list()
  if (faults.length === 0) return html`<p class="empty">Every name answers as it should.</p>`
  const rows = faults.map(
    ({ name, fault, below }) => html`<li><div class="row-head"><span class="mono">${breakable(name)}</span>
      <span class="state warn">${fault.kind}${below ? ' and below' : ''}</span>
      <button type="button" class="small" data-mend="${name}">Mend</button></div></li>`,
  )
  return html`<ul class="rows">${rows}</ul>`
}

function drawQueries(queries: readonly QueryLogged[]): Markup {
  if (queries.length === 0) return html`<p class="empty">Nobody asked for a name yet.</p>`
  const rows = queries
    .slice(-QUERIES_SHOWN)
    .reverse()
    .map(
      (query) => html`<tr><td class="mono">${breakable(query.name)}</td><td class="mono">${query.type}</td>
        <td>${query.outcome}</td><td class="number">${timeOf(query.at)}</td></tr>`,
    )
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: questions asked">
  <table aria-label="Questions asked"><thead><tr><th>Name</th><th>Type</th>
  <th>Answer</th>
    <th class="number">Time</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}
