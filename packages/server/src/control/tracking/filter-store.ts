// What the message centre's filters ask of a day: words of the index, and checks of what these found.
import type { MessageFilter } from '@gatepost/contract/message.ts'
import {
  type Expression,
  type ExpressionBuilder,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import type { TrackingSchema } from '#store/tracking-schema.ts'
import { dayOfId, idFloor } from './days.ts'
import { GROUP_WORDS_MAX, type GroupPeople } from './group-people-store.ts'
import type { TrackingStorage } from './tracking-store.ts'
import { allOf, anyOf, asciiDomain, cut, fold, queryWords, type WordTree } from './words.ts'

export type MessageQuery = MessageFilter & {
  readonly limit: number
  readonly after?: string | undefined
  /** Rows that arrived after this one, oldest first. */
  readonly since?: string | undefined
  /** Addresses that belong together, by each of them, folded: who asks for one means them all. */
  readonly aliases?: ReadonlyMap<string, readonly string[]> | undefined
  /** Who is in the group that was asked for. */
  readonly people?: GroupPeople | undefined
  /** Address keys of one person: messages to or from any of them. */
  readonly person?: readonly string[] | undefined
}

/** An id is made when its transaction begins, its row's time is that of the outcome: so far apart at most. */
export const ID_BEFORE_AT_MS = 3_600_000

export type MessageSelect = SelectQueryBuilder<TrackingSchema, 'tracking_message', object>
type Where = ExpressionBuilder<TrackingSchema, 'tracking_message'>
type Clause = Expression<SqlBool>

type Filtering = {
  readonly tenantId: string
  readonly query: MessageQuery
  /** The only rows whose words fit, where they are few: they are read straight away. */
  readonly few?: readonly number[] | null
  /** Rows that came later than this one. */
  readonly afterSeq?: number | undefined
}

/** The rows of one day that pass the filters. */
export function filtered(
  storage: Pick<TrackingStorage, 'builder' | 'found' | 'recipients' | 'among'>,
  day: number,
  { tenantId, query, few = null, afterSeq }: Filtering,
): MessageSelect {
  const { status, direction, from, to, search } = query
  const words = wordsWanted(query)
  let select: MessageSelect = storage.builder.selectFrom('tracking_message').where('day', '=', day)
  if (words !== null && few !== null) {
    // The sign keeps SQLite from walking all rows of the organisation in order, to find these few among them.
    select = select
      .where(sql<string>`+tenant_id`, '=', tenantId)
      .where('seq', 'in', sql<number>`(select value from json_each(${JSON.stringify(few)}))`)
  } else {
    select = select.where('tenant_id', '=', tenantId)
    if (words !== null) select = select.where('seq', 'in', storage.found({ day, tenantId, afterSeq }, words))
  }
  if (afterSeq !== undefined) select = select.where('seq', '>', afterSeq)
  if (status !== undefined) select = select.where('status', '=', status)
  if (direction !== undefined) select = select.where('direction', '=', direction)
  if (from !== undefined)
    select = select.where('at', '>=', from).where('id', '>=', idFloor(from - ID_BEFORE_AT_MS))
  if (to !== undefined) select = select.where('at', '<', to).where('id', '<', idFloor(to))
  for (const check of checksOf(query)) select = select.where(check)
  if (query.people !== undefined) select = select.where(isToOneOf(query.people, storage))
  if (query.person !== undefined) select = select.where(isOf(query.person, storage))
  const trimmed = search?.trim() ?? ''
  return dayOfId(trimmed) === null ? select : select.where('id', '=', trimmed)
}

/** What the index is asked; null when no filter is about words. */
export function wordsWanted(query: MessageQuery): WordTree | null {
  const { search = '', sender, recipient, ip, reason, policy, rule, aliases, people, person } = query
  const trees: WordTree[] = []
  if (person !== undefined) trees.push({ oneOf: person.map((address) => cut(fold(address))) })
  if (sender !== undefined) trees.push(personOf(sender).tree)
  if (recipient !== undefined) trees.push(anyOf(recipientsOf(query).map((one) => personOf(one).tree)))
  if (people !== undefined) trees.push({ oneOf: peopleWords(people) })
  if (ip !== undefined) trees.push(beginningOf(ip))
  // The words under which rows.ts keeps why a message went as it did.
  for (const [name, value] of Object.entries({ reason, policy, rule })) {
    if (value !== undefined) trees.push({ word: cut(`${name}:${value}`), isExact: true })
  }
  if (dayOfId(search.trim()) === null) {
    for (const tree of queryWords(search)) trees.push(withAliases(tree, aliases))
  }
  return trees.length === 0 ? null : allOf(trees)
}

/**
 * Each address is a look-up a day. Of a large group the domains are looked for, which are few: nearly all of
 * a page is soon found among the newest messages of these, and the check of the recipients does the rest.
 */
function peopleWords({ addresses, domains }: GroupPeople): readonly string[] {
  if (addresses.length <= GROUP_WORDS_MAX) return [...addresses, ...domains].map(cut)
  const own = addresses.map((address) => address.slice(address.lastIndexOf('@') + 1))
  return [...new Set([...own, ...domains].map(cut))]
}

/** A word may stand anywhere in a message: these say where it must. */
function checksOf(query: MessageQuery): readonly ((where: Where) => Clause)[] {
  const { sender, recipient, ip } = query
  const checks: ((where: Where) => Clause)[] = []
  if (sender !== undefined) {
    const { patterns } = personOf(sender)
    checks.push((where) => where.or([likeAny('reverse_path', patterns), likeAny('author', patterns)]))
  }
  if (recipient !== undefined) {
    const all = recipientsOf(query).map(personOf)
    checks.push((where) => where.or(all.map((one) => sentTo(where, one))))
  }
  if (ip !== undefined) {
    const { word, isExact } = beginningOf(ip)
    checks.push(() => likeAny('client_ip', [`${escaped(word)}${isExact ? '' : '%'}`]))
  }
  return checks
}

/** The first recipient has a column; where there are more, the body names them. */
function sentTo(where: Where, { patterns, tree }: Person): Clause {
  const more = patterns.map((pattern) => `%"forwardpath":"${pattern}${tree.isExact ? '"%' : ''}`)
  const isOneOfMany = where.and([where('recipient_count', '>', 1), likeAny('body', more)])
  return where.or([likeAny('forward_path', patterns), isOneOfMany])
}

/** The index says that somebody of a group is in the message; this, that it is a recipient. */
function isToOneOf(
  { addresses, domains }: GroupPeople,
  { recipients, among: amongTexts }: Pick<TrackingStorage, 'recipients' | 'among'>,
): Clause {
  const isOne = (address: RawBuilder<unknown>): Clause => {
    const among = addresses.length === 0 ? sql`1 = 0` : sql`${address} in ${amongTexts(addresses)}`
    const below = domains.map((domain) => sql`${address} like ${`%@${escaped(domain)}`} escape '\\'`)
    return sql<SqlBool>`(${sql.join([among, ...below], sql` or `)})`
  }
  const first = isOne(sql`lower(forward_path)`)
  const any = isOne(sql`lower(recipient.value ->> 'forwardPath')`)
  return sql<SqlBool>`(${first} or (recipient_count > 1 and exists (select 1 from ${recipients} where ${any})))`
}

/** To or from one of these addresses: the index would also find a message id that reads like one. */
function isOf(addresses: readonly string[], storage: Pick<TrackingStorage, 'recipients' | 'among'>): Clause {
  const among = storage.among(addresses)
  const isFrom = sql<SqlBool>`(lower(reverse_path) in ${among} or lower(author) in ${among})`
  return sql<SqlBool>`(${isFrom} or ${isToOneOf({ addresses, domains: [] }, storage)})`
}

function recipientsOf({ recipient = '', aliases }: MessageQuery): readonly string[] {
  return aliases?.get(fold(asciiDomain(recipient))) ?? [recipient]
}

type Word = Extract<WordTree, { readonly word: string }>
type Person = { readonly tree: Word; readonly patterns: readonly string[] }

/** `ann@acme.example`, `acme.example`, `@acme.example`, or the beginning of either with `*` at its end. */
function personOf(text: string): Person {
  const { word, isExact } = beginningOf(asciiDomain(text))
  const isDomain = word.startsWith('@') || !word.includes('@')
  const bare = word.startsWith('@') ? word.slice(1) : word
  const end = isExact ? '' : '%'
  const like = patternOf(asciiDomain(text))
  const patterns = isDomain ? [`%@${like}${end}`] : [`${like}${end}`]
  // Without an @ a beginning may be that of a person or of a domain.
  if (!isExact && isDomain && bare === word) patterns.push(`${like}%`)
  return { tree: { word: cut(bare), isExact }, patterns }
}

/**
 * What was typed as a pattern, without what marks a domain or a beginning. The databases fold other letters
 * than those of ASCII each in its own way, or not at all: any may stand there, the index knows which.
 */
function patternOf(text: string): string {
  const bare = text.normalize('NFC').toLowerCase().replace(/^@/, '').replace(/\*$/, '')
  return escaped(bare).replaceAll(NOT_ASCII, '%')
}

const NOT_ASCII = /[^\x20-\x7e]+/g

function beginningOf(text: string): Word {
  const folded = fold(text)
  return folded.endsWith('*')
    ? { word: folded.slice(0, -1), isExact: false }
    : { word: folded, isExact: true }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}

type TextColumn = 'reverse_path' | 'author' | 'forward_path' | 'client_ip' | 'body'

function likeAny(column: TextColumn, patterns: readonly string[]): Clause {
  const likes = patterns.map((pattern) => sql`lower(${sql.ref(column)}) like ${pattern} escape '\\'`)
  return sql<SqlBool>`(${sql.join(likes, sql` or `)})`
}

function withAliases(tree: WordTree, aliases: MessageQuery['aliases']): WordTree {
  const all = 'word' in tree ? aliases?.get(tree.word) : undefined
  return all === undefined ? tree : anyOf(all.map((alias) => ({ word: cut(fold(alias)), isExact: false })))
}
