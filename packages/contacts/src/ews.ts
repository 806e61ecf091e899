// Sent Items of Exchange on-premises by its web service (2007 SP1 and later), in the name of each mailbox.
// Exchange Online is refused: its EWS is shut.

import { addressBookPart, bookOf } from './address-book.ts'
import { isAutomaticItemClass, isAutomaticSubject } from './automatic.ts'
import { answerTo, type Reading, soap, throwIfSerious } from './ews-ask.ts'
import { readBook } from './ews-contacts.ts'
import { createEwsHttp, type EwsLogin } from './ews-http.ts'
import { listMailboxes } from './ews-mailboxes.ts'
import { findItems, getItems } from './ews-soap.ts'
import { dateOf, type Letter } from './letter.ts'
import { type Effects, type Page, type Part, type Source, SourceFault } from './source.ts'
import { attributeOf, childOf, childrenOf, nodeOf, textAt, type Xml } from './xml.ts'

export type EwsSettings = {
  /** `https://mail.acme.example/EWS/Exchange.asmx`. */
  readonly url: string
  readonly login: EwsLogin
  /** Null asks the server which mailboxes there are. */
  readonly mailboxes: readonly string[] | null
  /** PEM of the organisation's own certificate authority; null for the public ones. */
  readonly authority: string | null
}

export type EwsOptions = {
  readonly until: number
  readonly since: number | null
  /** Address books of the mailboxes are read, too. */
  readonly contacts?: boolean
}

/** Items between two checkpoints; Exchange's own limit is 1,000 and its throttling dislikes large answers. */
const PAGE_SIZE = 200

/** Where Exchange Online answers, in every cloud. */
const ONLINE: readonly string[] = [
  'office365.com',
  'office365.us',
  'office.com',
  'outlook.com',
  'outlook.cn',
  'exchange.microsoft.com',
]

/** Why an address may not be read by EWS; null when it may. */
export function onlineRefusal(url: string): SourceFault | null {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  if (!ONLINE.some((domain) => host === domain || host.endsWith(`.${domain}`))) return null
  return new SourceFault({
    reach: 'fatal',
    saw: `${host} is Exchange Online, whose EWS is blocked since 2026-10-01 and ends on 2027-04-01.`,
    remedy: 'Use Microsoft Graph instead: --source graph-trace, then --source graph-sent.',
  })
}

/** The source for one run. Throws `SourceFault` for Exchange Online. */
export function createEws(
  settings: EwsSettings,
  options: EwsOptions,
  effects: Pick<Effects, 'now' | 'pause'>,
): Source {
  const refusal = onlineRefusal(settings.url)
  if (refusal !== null) throw refusal
  const http = createEwsHttp(settings.url, settings.login, {
    authority: settings.authority,
    now: effects.now,
  })
  const partsOf = (names: readonly string[]): readonly Part[] =>
    [...new Set(names.map((name) => name.trim().toLowerCase()))].sort().flatMap((name) => {
      const part = { id: name, title: name }
      return options.contacts === true ? [part, addressBookPart(part)] : [part]
    })
  const whole = { id: '', title: '' }
  return {
    kind: 'ews',
    parts: async (signal) =>
      partsOf(settings.mailboxes ?? (await listMailboxes({ http, effects, part: whole, signal }))),
    read(part, from, signal) {
      const book = bookOf(part)
      if (book !== null) return readBook({ http, effects, part: book, signal })
      return readSent({ http, options, effects, part, signal }, from)
    },
    close: async () => http.close(),
  }
}

type SentReading = Reading & { readonly options: EwsOptions }

async function* readSent(reading: SentReading, from: string | null): AsyncGenerator<Page> {
  const { part, options } = reading
  let offset = from === null ? 0 : Number(from)
  for (;;) {
    const question = findItems({ mailbox: part.id, offset, max: PAGE_SIZE, ...options })
    const found = childOf(await answerTo(reading, question, 'FindItem'), 'RootFolder')
    const ids = itemsIn(childOf(found, 'Items')).flatMap((item) => {
      const id = attributeOf(childOf(item, 'ItemId'), 'Id')
      return id === null ? [] : [id]
    })
    const letters = ids.length === 0 ? [] : await lettersOf(reading, ids)
    const isLast = attributeOf(found, 'IncludesLastItemInRange') !== 'false' || ids.length === 0
    offset = Number(attributeOf(found, 'IndexedPagingOffset') ?? offset + ids.length)
    const total = Number(attributeOf(found, 'TotalItemsInView') ?? Number.NaN)
    yield {
      letters,
      seen: ids.length,
      total: Number.isNaN(total) ? null : total,
      next: isLast ? null : String(offset),
    }
    if (isLast) return
  }
}

async function lettersOf(reading: Reading, ids: readonly string[]): Promise<readonly Letter[]> {
  const body = await soap(reading, getItems(reading.part.id, ids))
  const messages = childrenOf(childOf(body, 'GetItemResponse', 'ResponseMessages'), 'GetItemResponseMessage')
  return messages.flatMap((message) => {
    const node = nodeOf(message)
    // An item deleted between the two questions answers with an error of its own.
    if (attributeOf(node, 'ResponseClass') === 'Error') {
      throwIfSerious(textAt(node, 'ResponseCode') ?? '', node)
      return []
    }
    return itemsIn(childOf(node, 'Items')).map((item) => letterOf(item, reading.part.title))
  })
}

/** Items of any kind, in the order of their kinds. */
function itemsIn(items: Xml | null): readonly Xml[] {
  if (items === null) return []
  return Object.keys(items)
    .filter((name) => !name.startsWith('@') && !name.startsWith('#'))
    .flatMap((name) => childrenOf(items, name).map(nodeOf))
    .filter((item) => item !== null)
}

function letterOf(item: Xml, owner: string): Letter {
  const itemClass = textAt(item, 'ItemClass') ?? 'IPM.Note'
  return {
    author: addressOf(childOf(item, 'From', 'Mailbox')),
    owner,
    recipients: ['ToRecipients', 'CcRecipients', 'BccRecipients'].flatMap((name) =>
      childrenOf(childOf(item, name), 'Mailbox').flatMap((mailbox) => {
        const address = addressOf(nodeOf(mailbox))
        return address === null ? [] : [address]
      }),
    ),
    at: dateOf(textAt(item, 'DateTimeSent') ?? ''),
    isAutomatic: isAutomaticItemClass(itemClass) || isAutomaticSubject(textAt(item, 'Subject') ?? ''),
  }
}

/** Addresses of the internet only: EX routing is inside, and a list is nobody. */
function addressOf(mailbox: Xml | null): string | null {
  if (/^(?:PublicDL|PrivateDL|GroupMailbox)$/.test(textAt(mailbox, 'MailboxType') ?? '')) return null
  const routing = textAt(mailbox, 'RoutingType') ?? 'SMTP'
  return routing.toUpperCase() === 'SMTP' ? textAt(mailbox, 'EmailAddress') : null
}
