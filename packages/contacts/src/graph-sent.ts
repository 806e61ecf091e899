// Sent items of Microsoft 365 by Graph: addresses, dates and subjects, with Mail.ReadBasic.All, which cannot
// read bodies.
import { addressBookPart, bookOf } from './address-book.ts'
import { isAutomaticSubject } from './automatic.ts'
import { createGraphClient, type GraphClient, type GraphSettings, graphFault } from './graph-client.ts'
import { readGraphBook } from './graph-contacts.ts'
import { dateOf, type Letter } from './letter.ts'
import { type Effects, type Page, type Part, type Source, SourceFault } from './source.ts'
import { type Answer, type Json, numberOf, objectOf, objectsOf, textOf } from './web.ts'

export type SentOptions = {
  /**
   * Messages sent later are left for the next run, so that a resumed run sees what an uninterrupted one sees.
   */
  readonly until: number
  readonly since: number | null
  /** Only these mailboxes; null for all. */
  readonly mailboxes: readonly string[] | null
  /** Address books of the mailboxes are read, too. */
  readonly contacts?: boolean
}

const PAGE_SIZE = 500
const USERS_PAGE_SIZE = 999
/** Pages of one mailbox: 10 million messages. */
const PAGES_MAX = 20_000
const PERMISSION = 'Mail.ReadBasic.All'

/** A mark: Graph's link for the next page, and where to begin when that link has expired. */
type Mark = { readonly next: string | null; readonly at: string | null; readonly ids: readonly string[] }

/** The source for one run. */
export function createGraphSent(settings: GraphSettings, options: SentOptions, effects: Effects): Source {
  const client = createGraphClient(settings, effects)
  return {
    kind: 'graph-sent',
    parts: async (signal) => {
      const parts = await listMailboxes(client, options, signal)
      return options.contacts === true ? parts.flatMap((part) => [part, addressBookPart(part)]) : parts
    },
    read(part, from, signal) {
      const book = bookOf(part)
      if (book !== null) return readGraphBook({ client, part: book, signal })
      return readMailbox({ client, options, part, signal }, from)
    },
    close: () => Promise.resolve(),
  }
}

async function listMailboxes(
  client: GraphClient,
  { mailboxes }: SentOptions,
  signal: AbortSignal,
): Promise<readonly Part[]> {
  const wanted = mailboxes === null ? null : new Set(mailboxes.map((name) => name.toLowerCase()))
  const parts = new Map<string, Part>()
  let link: string | null = `/users?$select=id,mail,userPrincipalName&$top=${USERS_PAGE_SIZE}`
  const seen = new Set<string>()
  while (link !== null) {
    if (seen.has(link)) throw circle()
    seen.add(link)
    const answer: Answer = await client.get(link, signal)
    if (answer.status !== 200) throw graphFault(answer, 'User.Read.All (or User.ReadBasic.All)')
    const body = objectOf(answer.json)
    for (const user of objectsOf(body, 'value')) {
      const id = textOf(user, 'id')
      const mail = textOf(user, 'mail')?.toLowerCase() ?? null
      if (id !== null && mail !== null && (wanted === null || wanted.has(mail)))
        parts.set(id, { id, title: mail })
    }
    link = textOf(body, '@odata.nextLink')
  }
  return [...parts.values()].sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0))
}

type Reading = {
  readonly client: GraphClient
  readonly options: SentOptions
  readonly part: Part
  readonly signal: AbortSignal
}

async function* readMailbox(reading: Reading, from: string | null): AsyncGenerator<Page> {
  const { client, options, part, signal } = reading
  let mark: Mark = from === null ? { next: null, at: null, ids: [] } : (JSON.parse(from) as Mark)
  const total = await countOf(reading)
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const isResumed = mark.next === null && mark.at !== null
    const answer = await client.get(mark.next ?? firstLink(part, options, mark.at), signal)
    if (isExpired(answer) && mark.next !== null) {
      mark = { ...mark, next: null }
      continue
    }
    if (answer.status !== 200) throw mailboxFault(answer)
    const body = objectOf(answer.json)
    if (body === null || !Array.isArray(body.value)) throw brokenPage()
    const items = objectsOf(body, 'value')
    const known = new Set(mark.ids)
    const fresh = isResumed ? items.filter((item) => !known.has(textOf(item, 'id') ?? '')) : items
    const next = textOf(body, '@odata.nextLink')
    if (next !== null && next === mark.next) throw circle()
    mark = { next, ...newestOf(items, mark) }
    const letters = fresh.map((item) => letterOf(item, part.title))
    yield { letters, seen: fresh.length, total, next: next === null ? null : JSON.stringify(mark) }
    if (next === null) return
  }
  throw circle()
}

async function countOf({ client, part, signal }: Reading): Promise<number | null> {
  const path = `/users/${encodeURIComponent(part.id)}/mailFolders/sentitems?$select=totalItemCount`
  const answer = await client.get(path, signal)
  if (answer.status !== 200) throw mailboxFault(answer)
  return numberOf(objectOf(answer.json), 'totalItemCount')
}

const SELECT = 'id,sentDateTime,from,sender,toRecipients,ccRecipients,bccRecipients,subject'

function firstLink(part: Part, { until, since }: SentOptions, at: string | null): string {
  const start = at ?? new Date(since ?? 0).toISOString()
  const query = new URLSearchParams({
    $select: SELECT,
    $orderby: 'sentDateTime',
    $filter: `sentDateTime ge ${start} and sentDateTime lt ${new Date(until).toISOString()}`,
    $top: String(PAGE_SIZE),
  })
  return `/users/${encodeURIComponent(part.id)}/mailFolders/sentitems/messages?${query}`
}

/** Where to begin anew when the link expires: the newest moment seen, and what was seen of that moment. */
function newestOf(items: readonly Json[], before: Mark): Pick<Mark, 'at' | 'ids'> {
  const at = textOf(items.at(-1) ?? null, 'sentDateTime')
  if (at === null) return { at: before.at, ids: before.ids }
  const ids = items
    .filter((item) => textOf(item, 'sentDateTime') === at)
    .map((item) => textOf(item, 'id') ?? '')
  return { at, ids: before.at === at ? [...before.ids, ...ids] : ids }
}

function letterOf(item: Json, owner: string): Letter {
  const people = ['toRecipients', 'ccRecipients', 'bccRecipients'].flatMap((name) => objectsOf(item, name))
  const meeting = textOf(item, 'meetingMessageType')
  const isAnswer = meeting !== null && /accepted|declined|tentativ/i.test(meeting)
  return {
    author: addressOf(objectOf(item.from)) ?? addressOf(objectOf(item.sender)),
    owner,
    recipients: people.map(addressOf).filter((address) => address !== null),
    at: dateOf(textOf(item, 'sentDateTime') ?? ''),
    isAutomatic: isAnswer || isAutomaticSubject(textOf(item, 'subject') ?? ''),
  }
}

const addressOf = (recipient: Json | null): string | null =>
  textOf(objectOf(recipient?.emailAddress), 'address')

const EXPIRED = /^(syncStateNotFound|syncStateInvalid|resyncRequired|.*expired.*|.*SkipToken.*)$/i

/** Whether Graph forgot where we were: 410, or its words for it. */
function isExpired(answer: Answer): boolean {
  if (answer.status === 410) return true
  return answer.status === 400 && EXPIRED.test(codeOf(answer))
}

const codeOf = (answer: Answer): string => textOf(objectOf(objectOf(answer.json)?.error), 'code') ?? ''

/** Users without a mailbox are no reason to stop; a missing permission is. */
function mailboxFault(answer: Answer): SourceFault {
  const code = codeOf(answer)
  if (answer.status === 404 || /MailboxNotEnabled|MailboxNotSupported|ResourceNotFound/i.test(code))
    return new SourceFault({
      reach: 'part',
      saw: `There is no mailbox in Microsoft 365 (${code === '' ? answer.status : code}).`,
      remedy: 'Mailboxes on-premises are read by EWS.',
    })
  if (answer.status === 403 && /ErrorAccessDenied/i.test(code))
    return new SourceFault({
      reach: 'part',
      saw: 'The app may not read this mailbox (ErrorAccessDenied).',
      remedy: `Check the app’s scope in Exchange (RBAC for Applications) and ${PERMISSION}.`,
    })
  return graphFault(answer, PERMISSION)
}

const circle = () =>
  new SourceFault({
    reach: 'fatal',
    saw: 'The listing of Microsoft Graph leads in a circle.',
    remedy: 'A proxy may alter answers. Try again; the run can be resumed.',
  })

const brokenPage = () =>
  new SourceFault({
    reach: 'passing',
    saw: 'A page of Microsoft Graph holds no list.',
    remedy: 'The page is asked for again.',
  })
