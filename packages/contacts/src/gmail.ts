// Sent mail of Google Workspace by the Gmail API: headers only (gmail.metadata), as each user in turn through
// a service account with domain-wide delegation.
import type { KeyObject } from 'node:crypto'
import { decodeEncodedWords } from '@gatepost/mail/encoded-word.ts'
import { addressBookPart, bookOf } from './address-book.ts'
import { automaticField, isAutomaticSubject } from './automatic.ts'
import { PEOPLE_SCOPE, readPeople } from './gmail-contacts.ts'
import { rsaKeyOf, signJwt } from './jwt.ts'
import { addressesOf, dateOf, LETTER_FIELDS, type Letter } from './letter.ts'
import { type Effects, type Page, type Part, type Source, SourceFault } from './source.ts'
import { type Answer, ask, type Json, numberOf, objectOf, objectsOf, textOf } from './web.ts'

export type GoogleEndpoints = {
  readonly token: string
  readonly gmail: string
  readonly admin: string
  readonly people: string
}

export const googleEndpoints: GoogleEndpoints = {
  token: 'https://oauth2.googleapis.com/token',
  gmail: 'https://gmail.googleapis.com',
  admin: 'https://admin.googleapis.com',
  people: 'https://people.googleapis.com',
}

export type GmailSettings = {
  readonly endpoints: GoogleEndpoints
  /** The service account's key as downloaded. */
  readonly keyJson: string
  /** An administrator, to list the users; not needed where mailboxes are named. */
  readonly adminEmail: string | null
  readonly mailboxes: readonly string[] | null
  /** Address books of the users are read, too. */
  readonly contacts?: boolean
}

export const GMAIL_SCOPE = 'https://www.googleapis.com/auth/gmail.metadata'
export const GMAIL_USERS_SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly'
/** Messages between two checkpoints. */
const PAGE_SIZE = 100
/** Each costs 5 of the 250 units that a user has a second. */
const AT_ONCE = 8
const PAGES_MAX = 100_000
const RENEW_BEFORE_MS = 120_000

type Mark = { readonly token: string | null; readonly lastId: string | null }

/** The source for one run. */
export function createGmail(settings: GmailSettings, effects: Effects): Source {
  const account = accountOf(settings.keyJson)
  const tokens = new Map<string, { readonly value: string; readonly endsAt: number }>()
  const tokenFor = async (subject: string, scope: string, signal: AbortSignal): Promise<string> => {
    const there = tokens.get(`${subject} ${scope}`)
    if (there !== undefined && there.endsAt - RENEW_BEFORE_MS > effects.now()) return there.value
    // One user at a time is read: tokens of others are of no use any more.
    tokens.clear()
    const fresh = await requestToken({ settings, account, subject, scope }, effects, signal)
    tokens.set(`${subject} ${scope}`, fresh)
    return fresh.value
  }
  const get = async (url: string, who: { subject: string; scope: string }, signal: AbortSignal) => {
    const askWith = async (): Promise<Answer> => {
      const bearer = await tokenFor(who.subject, who.scope, signal)
      return ask(effects, { url, headers: { authorization: `Bearer ${bearer}` } }, signal, isThrottle)
    }
    const answer = await askWith()
    if (answer.status !== 401) return answer
    tokens.clear()
    return askWith()
  }
  return {
    kind: 'gmail',
    parts: async (signal) => {
      const parts = await listUsers(settings, get, signal)
      return settings.contacts === true ? parts.flatMap((part) => [part, addressBookPart(part)]) : parts
    },
    read(part, from, signal) {
      const book = bookOf(part)
      if (book === null) return readSent({ settings, get, part, signal }, from)
      const { people } = settings.endpoints
      const faultOf = (answer: Answer): SourceFault => googleFault(answer, PEOPLE_SCOPE)
      return readPeople({ people, get, part: book, signal, faultOf })
    },
    close: () => Promise.resolve(),
  }
}

type Get = (url: string, who: { subject: string; scope: string }, signal: AbortSignal) => Promise<Answer>

/** Google says too many requests by 403, too. */
function isThrottle(answer: Answer): boolean {
  return answer.status === 403 && /rateLimitExceeded|userRateLimitExceeded|quotaExceeded/i.test(answer.text)
}

async function listUsers(settings: GmailSettings, get: Get, signal: AbortSignal): Promise<readonly Part[]> {
  if (settings.mailboxes !== null)
    return [...new Set(settings.mailboxes.map((name) => name.toLowerCase()))]
      .sort()
      .map((name) => ({ id: name, title: name }))
  if (settings.adminEmail === null)
    throw new SourceFault({
      reach: 'fatal',
      saw: 'Neither mailboxes nor an administrator who may list them are named.',
      remedy: 'Name one of the two.',
    })
  const who = { subject: settings.adminEmail, scope: GMAIL_USERS_SCOPE }
  const titles = new Set<string>()
  let token: string | null = null
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const more: string = token === null ? '' : `&pageToken=${encodeURIComponent(token)}`
    const url = `${settings.endpoints.admin}/admin/directory/v1/users?customer=my_customer&maxResults=500&orderBy=email${more}`
    const answer = await get(url, who, signal)
    if (answer.status !== 200) throw googleFault(answer, GMAIL_USERS_SCOPE)
    const body = objectOf(answer.json)
    for (const user of objectsOf(body, 'users')) {
      const mail = textOf(user, 'primaryEmail')
      if (mail !== null && user.isMailboxSetup !== false) titles.add(mail.toLowerCase())
    }
    token = textOf(body, 'nextPageToken')
    if (token === null) break
  }
  return [...titles].sort().map((title) => ({ id: title, title }))
}

type Reading = {
  readonly settings: GmailSettings
  readonly get: Get
  readonly part: Part
  readonly signal: AbortSignal
}

async function* readSent(reading: Reading, from: string | null): AsyncGenerator<Page> {
  let mark: Mark = from === null ? { token: null, lastId: null } : (JSON.parse(from) as Mark)
  const total = await countOf(reading)
  let seekId: string | null = null
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { ids, next, isExpired } = await listIds(reading, mark.token)
    if (isExpired) {
      // The page's name was forgotten: the listing is walked again up to the last message that counted.
      seekId = mark.lastId
      mark = { token: null, lastId: mark.lastId }
      continue
    }
    const found = seekId === null ? -1 : ids.indexOf(seekId)
    const fresh = seekId === null ? ids : found === -1 ? [] : ids.slice(found + 1)
    if (found !== -1) seekId = null
    const letters = await lettersOf(reading, fresh)
    mark = { token: next, lastId: fresh.at(-1) ?? mark.lastId }
    if (seekId === null || next === null)
      yield { letters, seen: fresh.length, total, next: next === null ? null : JSON.stringify(mark) }
    if (next === null) return
  }
}

const who = ({ part }: Reading) => ({ subject: part.id, scope: GMAIL_SCOPE })

async function countOf(reading: Reading): Promise<number | null> {
  const url = `${reading.settings.endpoints.gmail}/gmail/v1/users/me/labels/SENT`
  const answer = await reading.get(url, who(reading), reading.signal)
  if (answer.status !== 200) throw mailboxFault(answer)
  return numberOf(objectOf(answer.json), 'messagesTotal')
}

async function listIds(reading: Reading, token: string | null) {
  const more = token === null ? '' : `&pageToken=${encodeURIComponent(token)}`
  // gmail.metadata forbids a search, so the label alone chooses.
  const url = `${reading.settings.endpoints.gmail}/gmail/v1/users/me/messages?labelIds=SENT&maxResults=${PAGE_SIZE}${more}`
  const answer = await reading.get(url, who(reading), reading.signal)
  if (answer.status === 400 && token !== null && /pageToken/i.test(answer.text))
    return { ids: [], next: null, isExpired: true }
  if (answer.status !== 200) throw mailboxFault(answer)
  const body = objectOf(answer.json)
  const ids = objectsOf(body, 'messages').map((item) => textOf(item, 'id') ?? '')
  return { ids: ids.filter((id) => id !== ''), next: textOf(body, 'nextPageToken'), isExpired: false }
}

async function lettersOf(reading: Reading, ids: readonly string[]): Promise<readonly Letter[]> {
  const letters: Letter[] = []
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = ids.slice(start, start + AT_ONCE).map((id) => letterOf(reading, id))
    letters.push(...(await Promise.all(some)).filter((letter) => letter !== null))
  }
  return letters
}

const HEADERS = LETTER_FIELDS.map((name) => `&metadataHeaders=${name}`).join('')

async function letterOf(reading: Reading, id: string): Promise<Letter | null> {
  const url = `${reading.settings.endpoints.gmail}/gmail/v1/users/me/messages/${encodeURIComponent(id)}?format=metadata${HEADERS}`
  const answer = await reading.get(url, who(reading), reading.signal)
  // Deleted between listing and reading.
  if (answer.status === 404) return null
  if (answer.status !== 200) throw mailboxFault(answer)
  const body = objectOf(answer.json)
  const fields = objectsOf(objectOf(body?.payload), 'headers').map(fieldOf)
  const written = (names: readonly string[]): readonly string[] =>
    fields.filter(({ nameLower }) => names.includes(nameLower)).flatMap(({ value }) => addressesOf(value))
  const internal = Number(textOf(body, 'internalDate') ?? Number.NaN)
  const subject = decodeEncodedWords(fields.find(({ nameLower }) => nameLower === 'subject')?.value ?? '')
  return {
    author: written(['from'])[0] ?? null,
    owner: reading.part.title,
    recipients: written(['to', 'cc', 'bcc']),
    at: Number.isNaN(internal)
      ? dateOf(fields.find(({ nameLower }) => nameLower === 'date')?.value ?? '')
      : internal,
    isAutomatic: automaticField(fields) !== null || isAutomaticSubject(subject),
  }
}

function fieldOf(header: Json): { readonly nameLower: string; readonly value: string } {
  return { nameLower: (textOf(header, 'name') ?? '').toLowerCase(), value: textOf(header, 'value') ?? '' }
}

type Account = { readonly clientEmail: string; readonly keyId: string; readonly key: KeyObject }

function accountOf(keyJson: string): Account {
  const body = objectOf(safeJson(keyJson))
  const clientEmail = textOf(body, 'client_email')
  const key = rsaKeyOf(textOf(body, 'private_key') ?? '')
  if (clientEmail !== null && key !== null)
    return { clientEmail, keyId: textOf(body, 'private_key_id') ?? '', key }
  throw new SourceFault({
    reach: 'fatal',
    saw: 'The service account’s key cannot be read.',
    remedy: 'Give the JSON file that Google offered when the key was made.',
  })
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The JWT bearer grant (RFC 7523 §2.1) with the user as subject. */
async function requestToken(
  of: {
    readonly settings: GmailSettings
    readonly account: Account
    readonly subject: string
    readonly scope: string
  },
  effects: Effects,
  signal: AbortSignal,
): Promise<{ readonly value: string; readonly endsAt: number }> {
  const { settings, account, subject, scope } = of
  const url = settings.endpoints.token
  const assertion = signJwt({
    algorithm: 'RS256',
    header: { kid: account.keyId },
    claims: { iss: account.clientEmail, sub: subject, scope, aud: url },
    key: account.key,
    nowMs: effects.now(),
    lifeSeconds: 600,
  })
  const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await ask(effects, { url, method: 'POST', headers, body: form.toString() }, signal)
  const body = objectOf(answer.json)
  const value = textOf(body, 'access_token')
  if (answer.status === 200 && value !== null)
    return { value, endsAt: effects.now() + (numberOf(body, 'expires_in') ?? 3600) * 1000 }
  const code = textOf(body, 'error') ?? String(answer.status)
  if (code === 'invalid_grant')
    throw new SourceFault({
      reach: 'part',
      saw: `Google knows no user ${subject} for this service account (invalid_grant).`,
      remedy: 'The user is suspended or gone, or this machine’s clock is wrong.',
    })
  throw new SourceFault({
    reach: 'fatal',
    saw: `Google refuses the service account’s sign-in (${code}).`,
    remedy: `Authorise its client id under Security, API controls, Domain-wide delegation for exactly: ${scope}`,
  })
}

/** A user without Gmail is no reason to stop. */
function mailboxFault(answer: Answer): SourceFault {
  if (answer.status === 400 && /failedPrecondition|Mail service not enabled/i.test(answer.text))
    return new SourceFault({
      reach: 'part',
      saw: 'Gmail is not switched on for this user.',
      remedy: 'Nothing to do where the user has no mailbox at Google.',
    })
  return googleFault(answer, GMAIL_SCOPE)
}

function googleFault(answer: Answer, scope: string): SourceFault {
  const said = (textOf(objectOf(objectOf(answer.json)?.error), 'message') ?? '').slice(0, 300)
  const isDenied = answer.status === 401 || answer.status === 403
  return new SourceFault({
    reach: answer.status >= 500 ? 'passing' : 'fatal',
    saw: `Google answers ${answer.status}. ${said}`.trim(),
    remedy: isDenied
      ? `Switch the API on in the project, and authorise the scope ${scope} for the service account.`
      : 'Search for the words at Google; the run can be resumed.',
  })
}
