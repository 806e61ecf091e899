// The JSON endpoints of the sandbox's page; tests drive the world through the same ones as people do.

import type { AnswerRule } from '../answers.ts'
import type { DnsFault } from '../dns-faults.ts'
import { type Events, isEventKind } from '../events.ts'
import { headerFields } from '../message-text.ts'
import type { ReceivedMessage } from '../received.ts'
import { isRecordType } from '../record.ts'
import type { HostName, World } from '../world.ts'
import { type ActionChanges, isActionKind } from '../world-actions.ts'
import { isEnvironment } from '../world-zones.ts'

export type ApiRequest = { readonly method: string; readonly path: string; readonly body: unknown }

/** `text` answers are plain text; `json` everything else. */
export type ApiAnswer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly text: string; readonly type: string }

/** What the page can act on. */
export type Stage = { readonly world: World; readonly events: Events }

type Fields = ReadonlyMap<string, unknown>

const TTL_MAX_S = 604_800
const TRACE_FIELDS = ['received', 'authentication-results', 'received-spf', 'return-path']
const TRACE_PREFIX = 'x-gatepost-'
const ACTION_FIELDS = ['sourceIp', 'helo', 'reversePath', 'author', 'to', 'subject', 'body'] as const

/** Handles one request under /api/. Faults of the caller are answers with 400 or 404 and a sentence. */
export async function handleApi({ world, events }: Stage, request: ApiRequest): Promise<ApiAnswer> {
  const fields: Fields = new Map(Object.entries(request.body ?? {}))
  const [, , noun = '', ...rest] = request.path.split('/')
  switch (`${request.method} ${noun}`) {
    case 'GET state':
      return { status: 200, json: stateOf(world) }
    case 'GET zone':
      return { status: 200, text: world.dns.zones.exportZone(), type: 'text/plain' }
    case 'POST zone':
      return importText(world, text(fields, 'text'))
    case 'POST publish':
      return publish(world, text(fields, 'text'))
    case 'PUT records':
      return setRecords(world, fields)
    case 'DELETE records':
      return removeRecords(world, fields)
    case 'PUT faults':
      return setFault(world, fields)
    case 'DELETE faults':
      world.dns.faults.clear(fields.has('name') ? text(fields, 'name') : undefined)
      return { status: 200, json: { faults: world.dns.faults.list() } }
    case 'GET queries':
      return { status: 200, json: { queries: world.dns.queries() } }
    case 'PUT environment':
      return changeEnvironment(world, text(fields, 'environment'))
    case 'PUT events':
      return setEvent(events, rest[0] ?? '', fields)
    case 'PUT cloud-header':
      return setCloudHeader(world, text(fields, 'value').trim())
    case 'PUT journal':
      return setJournal(world, text(fields, 'address').trim())
    case 'POST send':
      return send(world, fields)
    case 'PUT hosts':
      return changeHost(world, rest[0] ?? '', fields)
    case 'GET messages':
      return messages(world, rest)
    case 'DELETE messages':
      return withHost(world, rest[0] ?? '', (host) => {
        host.clear()
        return { status: 200, json: {} }
      })
    default:
      return fault(404, 'no such endpoint')
  }
}

function stateOf(world: World): unknown {
  const host = (name: HostName) => {
    const { name: hostName, host: ip, port, isDown, total, hasTls } = world.host(name)
    return { name: hostName, host: ip, port, down: isDown(), total: total(), tls: hasTls }
  }
  return {
    dns: world.dns.address,
    gateway: world.gateway(),
    mxPort: world.mxPort,
    environment: world.environment(),
    locked: world.isLocked(),
    journal: world.journalAddress(),
    hosts: { acme: host('acme'), cloud: host('cloud'), outside: host('outside') },
    records: world.dns.zones.list(),
    faults: world.dns.faults.list(),
  }
}

function importText(world: World, zone: string): ApiAnswer {
  const read = world.dns.zones.importZone(zone)
  return read.ok ? { status: 200, json: { sets: read.value } } : fault(400, read.fault)
}

function publish(world: World, pasted: string): ApiAnswer {
  const published = world.publish(pasted)
  return published.ok ? { status: 200, json: { published: published.value } } : fault(400, published.fault)
}

function setRecords(world: World, fields: Fields): ApiAnswer {
  const type = text(fields, 'type').toUpperCase()
  const ttl = fields.get('ttl') ?? 30
  const given = fields.get('values')
  if (!isRecordType(type)) return fault(400, 'the type is unknown')
  if (typeof ttl !== 'number' || !Number.isInteger(ttl) || ttl < 0 || ttl > TTL_MAX_S) {
    return fault(400, `the TTL is a whole number of seconds up to ${TTL_MAX_S}`)
  }
  if (!Array.isArray(given) || given.length === 0) return fault(400, 'give at least one value')
  const values = given.map(String)
  const set = { name: text(fields, 'name'), type, ttl, values }
  const checked = world.dns.zones.store.check(set)
  if (!checked.ok) return fault(400, `${set.name} ${type}: ${checked.fault}`)
  world.dns.zones.set(set.name, type, values, ttl)
  return { status: 200, json: { ...set, values: world.dns.zones.get(set.name, type) } }
}

function removeRecords(world: World, fields: Fields): ApiAnswer {
  const type = text(fields, 'type').toUpperCase()
  if (type !== '' && !isRecordType(type)) return fault(400, 'the type is unknown')
  world.dns.zones.remove(text(fields, 'name'), isRecordType(type) ? type : undefined)
  return { status: 200, json: {} }
}

function setFault(world: World, fields: Fields): ApiAnswer {
  const kind = text(fields, 'kind')
  const delayMs = fields.get('delayMs')
  const name = text(fields, 'name').trim()
  if (name === '') return fault(400, 'name what shall fail')
  let one: DnsFault
  if (kind === 'servfail' || kind === 'timeout' || kind === 'refused') one = { kind }
  else if (kind === 'delay')
    one = { kind, delayMs: typeof delayMs === 'number' ? Math.min(delayMs, 60_000) : 1000 }
  else return fault(400, 'kind is servfail, refused, timeout or delay')
  world.dns.faults.set(name, one, { below: fields.get('below') === true })
  return { status: 200, json: { faults: world.dns.faults.list() } }
}

function changeEnvironment(world: World, environment: string): ApiAnswer {
  if (!isEnvironment(environment)) {
    return fault(400, 'environment is on-premises, microsoft-365, hybrid or google-workspace')
  }
  world.setEnvironment(environment)
  return { status: 200, json: { environment } }
}

async function setEvent(events: Events, kind: string, fields: Fields): Promise<ApiAnswer> {
  if (!isEventKind(events, kind)) return fault(404, 'no such event')
  const on = fields.get('on') !== false
  await events.set(kind, on)
  const event = events.list().find((one) => one.kind === kind)
  // Before Connect there is no proof that somebody could delete.
  if (on && event?.isOn === false)
    return fault(409, 'nothing happened: there is nothing of the kind yet, so go on with Connect first')
  return { status: 200, json: event }
}

/** An empty value takes the rule away. */
function setCloudHeader(world: World, value: string): ApiAnswer {
  if (value !== '' && !/^[\x21-\x7e]{16,200}$/.test(value))
    return fault(400, 'copy the header value in Connect first: it is one word of 16 letters or more')
  world.setCloudHeader(value === '' ? null : value)
  return { status: 200, json: {} }
}

function setJournal(world: World, address: string): ApiAnswer {
  if (address !== '' && !/^[^\s@<>]+@[^\s@<>]+$/.test(address))
    return fault(400, 'copy the journal address in Connect first')
  world.setJournalAddress(address === '' ? null : address)
  return { status: 200, json: { address: world.journalAddress() } }
}

async function send(world: World, fields: Fields): Promise<ApiAnswer> {
  const kind = text(fields, 'kind')
  if (!isActionKind(kind)) return fault(400, 'no such kind of message')
  const given = ACTION_FIELDS.filter((name) => typeof fields.get(name) === 'string')
  const changes: ActionChanges = Object.fromEntries(given.map((name) => [name, text(fields, name)]))
  return { status: 200, json: await world.act(kind, changes) }
}

/**
 * `script` is a list of answer rules; a test writes them, so their form is its own affair beyond the verb.
 */
async function changeHost(world: World, name: string, fields: Fields): Promise<ApiAnswer> {
  const script = fields.get('script')
  const rules = Array.isArray(script)
    ? script.filter((rule): rule is AnswerRule => typeof rule?.verb === 'string')
    : null
  return withHost(world, name, async (host) => {
    if (typeof fields.get('down') === 'boolean') await host.setDown(fields.get('down') === true)
    if (rules !== null) host.script(...rules)
    return { status: 200, json: { down: host.isDown(), script: host.rules() } }
  })
}

function messages(world: World, [name = '', id]: readonly string[]): ApiAnswer | Promise<ApiAnswer> {
  return withHost(world, name, (host) => {
    if (id === undefined)
      return { status: 200, json: { total: host.total(), messages: host.messages().map(summary) } }
    const message = host.message(id.replace(/\.eml$/, ''))
    if (message === null) return fault(404, 'no such message')
    const raw = message.content.toString('utf8')
    if (id.endsWith('.eml')) return { status: 200, text: raw, type: 'message/rfc822' }
    return { status: 200, json: { ...summary(message), traceFields: traceFields(message), raw } }
  })
}

function summary(message: ReceivedMessage): Record<string, unknown> {
  const { content, ...rest } = message
  return { ...rest, bytes: content.length }
}

function traceFields(message: ReceivedMessage): string[] {
  return headerFields(message.content)
    .filter(
      ({ name }) => TRACE_FIELDS.includes(name.toLowerCase()) || name.toLowerCase().startsWith(TRACE_PREFIX),
    )
    .map(({ name, value }) => `${name}: ${value}`)
}

function withHost<Result>(
  world: World,
  name: string,
  use: (host: ReturnType<World['host']>) => Result,
): Result | ApiAnswer {
  return name === 'acme' || name === 'cloud' || name === 'outside'
    ? use(world.host(name))
    : fault(404, 'the hosts are acme, cloud and outside')
}

function text(fields: Fields, name: string): string {
  const value = fields.get(name)
  return typeof value === 'string' ? value : ''
}

function fault(status: number, sentence: string): ApiAnswer {
  return { status, json: { fault: sentence } }
}
