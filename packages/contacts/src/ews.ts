// Sent Items of Exchange on-premises by its web service (2007 SP1 and later), in the name of each mailbox.
// Exchange Online is refused: its EWS is shut.
import { isAutomaticItemClass, isAutomaticSubject } from './automatic.ts'
import { createEwsHttp, type EwsHttp, type EwsLogin } from './ews-http.ts'
import { findItems, getItems } from './ews-soap.ts'
import { dateOf, type Letter } from './letter.ts'
import { type Effects, type Page, type Part, type Source, SourceFault } from './source.ts'
import { attributeOf, childOf, childrenOf, nodeOf, parseXml, textAt, type Xml } from './xml.ts'

export type EwsSettings = {
  /** `https://mail.acme.example/EWS/Exchange.asmx`. */
  readonly url: string
  readonly login: EwsLogin
  readonly mailboxes: readonly string[]
  /** PEM of the organisation's own certificate authority; null for the public ones. */
  readonly authority: string | null
}

export type EwsOptions = { readonly until: number; readonly since: number | null }

/** Items between two checkpoints; Exchange's own limit is 1,000 and its throttling dislikes large answers. */
const PAGE_SIZE = 200
const TRIES_MAX = 4
const REST_IN_PLACE_MS_MAX = 60_000

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
  const names = [...new Set(settings.mailboxes.map((name) => name.trim().toLowerCase()))].sort()
  return {
    kind: 'ews',
    parts: () => Promise.resolve(names.map((name) => ({ id: name, title: name }))),
    read: (part, from, signal) => readSent({ http, options, effects, part, signal }, from),
    close: async () => http.close(),
  }
}

type Reading = {
  readonly http: EwsHttp
  readonly options: EwsOptions
  readonly effects: Pick<Effects, 'now' | 'pause'>
  readonly part: Part
  readonly signal: AbortSignal
}

async function* readSent(reading: Reading, from: string | null): AsyncGenerator<Page> {
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

/** The response message of a question with one answer. */
async function answerTo(reading: Reading, question: string, name: string): Promise<Xml | null> {
  for (let attempt = 1; ; attempt += 1) {
    const body = await soap(reading, question)
    const message = childOf(body, `${name}Response`, 'ResponseMessages', `${name}ResponseMessage`)
    if (message === null) throw strange('An answer of Exchange holds no response.')
    if (attributeOf(message, 'ResponseClass') !== 'Error') return message
    const fault = faultOf(textAt(message, 'ResponseCode') ?? '', message)
    if (fault.reach !== 'passing' || attempt === TRIES_MAX) throw fault
    await rest(reading, fault, attempt)
  }
}

/** Asks, and again while the server is busy. */
async function soap(reading: Reading, question: string): Promise<Xml | null> {
  const { http, part, signal } = reading
  // Exchange finds the mailbox's own server by this.
  const headers = { 'x-anchormailbox': part.id, 'user-agent': 'gatepost-contacts' }
  for (let attempt = 1; ; attempt += 1) {
    const answer = await http.post(question, headers, signal)
    const body = childOf(parseXml(answer.text), 'Envelope', 'Body')
    const soapFault = childOf(body, 'Fault')
    if (answer.status === 200 && body !== null && soapFault === null) return body
    const code = codeOf(soapFault)
    const fault = code === null ? statusFault(answer.status, answer.restMs) : faultOf(code, soapFault)
    if (fault.reach !== 'passing' || attempt === TRIES_MAX) throw fault
    await rest(reading, { restMs: answer.restMs ?? fault.restMs, ...pick(fault) }, attempt)
  }
}

const pick = ({ saw, remedy }: SourceFault) => ({ saw, remedy })

async function rest(
  { effects, signal }: Reading,
  of: { readonly restMs: number | null; readonly saw: string; readonly remedy: string },
  attempt: number,
): Promise<void> {
  const restMs = of.restMs ?? 1_000 * 2 ** attempt
  if (restMs > REST_IN_PLACE_MS_MAX) throw new SourceFault({ reach: 'passing', ...of, restMs })
  await effects.pause(restMs, signal)
  signal.throwIfAborted()
}

/** The code of a SOAP fault, wherever its server writes it. */
function codeOf(fault: Xml | null): string | null {
  if (fault === null) return null
  const detail = childOf(fault, 'detail')
  const code = textAt(detail, 'ResponseCode') ?? textAt(fault, 'faultcode')
  return code === null ? 'unknown' : code.replace(/^.*:/, '')
}

function statusFault(status: number, restMs: number | null): SourceFault {
  const isPassing = status === 429 || status >= 500
  return new SourceFault({
    reach: isPassing ? 'passing' : 'fatal',
    saw: `Exchange answers ${status}.`,
    remedy: isPassing
      ? 'The server is busy. The run goes on from where it is.'
      : 'Check the address: it ends in /EWS/Exchange.asmx.',
    restMs,
  })
}

const codes = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(names.flatMap((line) => line.split(' ')).map((name) => `Error${name}`))

const BUSY = codes(
  'ServerBusy TimeoutExpired MailboxStoreUnavailable InternalServerTransientError ConnectionFailed',
  'TooManyObjectsOpened ExceededConnectionCount MailboxMoveInProgress InternalServerError',
)
const NO_MAILBOX = codes(
  'NonExistentMailbox MissingEmailAddress NoMailbox FolderNotFound InvalidSmtpAddress AccountDisabled',
  'MailboxFailover NonPrimarySmtpAddress CannotFindUser',
)

/** What an error of Exchange means for the run. */
export function faultOf(code: string, node: Xml | null): SourceFault {
  const said = (textAt(node, 'MessageText') ?? textAt(childOf(node, 'detail'), 'Message') ?? '').slice(0, 300)
  const saw = `Exchange says ${code}. ${said}`.trim()
  if (BUSY.has(code))
    return new SourceFault({
      reach: 'passing',
      saw,
      remedy: 'The server is busy. The run goes on from where it is.',
      restMs: backOffOf(node),
    })
  if (NO_MAILBOX.has(code))
    return new SourceFault({
      reach: 'part',
      saw,
      remedy: 'There is no such mailbox here; the others are read.',
    })
  if (/Impersonat/i.test(code))
    return new SourceFault({
      reach: 'fatal',
      saw,
      remedy:
        'Give the account the role: New-ManagementRoleAssignment -Name Gatepost ' +
        '-Role ApplicationImpersonation -User <account>. It counts after some minutes.',
    })
  if (code === 'ErrorAccessDenied')
    return new SourceFault({ reach: 'part', saw, remedy: 'The account may not read this mailbox.' })
  return new SourceFault({
    reach: 'fatal',
    saw,
    remedy: 'Search for the code at Microsoft; the run can be resumed.',
  })
}

/** How long the server asks to be left alone: BackOffMilliseconds, beside the code in either form. */
function backOffOf(node: Xml | null): number | null {
  for (const at of [childOf(node, 'MessageXml'), childOf(node, 'detail', 'MessageXml')])
    for (const value of childrenOf(at, 'Value')) {
      const text = nodeOf(value)
      if (attributeOf(text, 'Name') !== 'BackOffMilliseconds') continue
      const ms = Number(text?.['#text'])
      if (Number.isFinite(ms)) return Math.max(0, ms)
    }
  return null
}

function throwIfSerious(code: string, node: Xml | null): void {
  if (/^Error(ItemNotFound|ItemCorrupt|MimeContentInvalid|MessageSizeExceeded|CorruptData)$/.test(code))
    return
  throw faultOf(code, node)
}

const strange = (saw: string) =>
  new SourceFault({ reach: 'passing', saw, remedy: 'The page is asked for again.' })
