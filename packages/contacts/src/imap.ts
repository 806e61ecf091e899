// Sent mail of any IMAP server: headers of the folder marked \Sent (RFC 6154), read without marking anything.
// The one file that knows imapflow.
import type { FetchMessageObject, ImapFlow, ListResponse } from 'imapflow'
import { LETTER_FIELDS, letterOfHeader } from './letter.ts'
import { type Page, type Part, type Source, SourceFault } from './source.ts'
import { networkFault } from './web.ts'

export type ImapMailbox = {
  /** The user's address, also the login where none is given. */
  readonly address: string
  readonly login: string | null
  /** Null where a master account signs in for everybody. */
  readonly password: string | null
}

export type ImapSettings = {
  readonly host: string
  readonly port: number
  /** `none` only for servers on this machine or in one's own network. */
  readonly encryption: 'tls' | 'start-tls' | 'none'
  /** The name that the certificate must have, where it is not the host's. */
  readonly certificateName: string | null
  readonly authority: string | null
  /**
   * A master account: `login` as Dovecot takes it, `{user}*master` by default, or SASL PLAIN with an
   * authorisation identity, as Cyrus takes it.
   */
  readonly master: {
    readonly userName: string
    readonly password: string
    readonly way: 'separator' | 'authzid'
    readonly separator: string
  } | null
  readonly mailboxes: readonly ImapMailbox[]
  /** A folder by name, where the server marks none. */
  readonly folder: string | null
}

export type ImapOptions = { readonly since: number | null }

/** Headers between two checkpoints. */
const PAGE_SIZE = 500
const CONNECT_MS_MAX = 30_000
const SOCKET_MS_MAX = 120_000
/** A header field that we ask for is far below; a server that sends more is not believed. */
const RESPONSE_BYTES_MAX = 16 * 1024 * 1024

/** Servers lock out whoever comes with a wrong password for one mailbox after the other. */
const REFUSED_MAX = 3

/** A mark: the folder's validity and the last message read (RFC 3501 §2.3.1.1). */
type Mark = { readonly validity: string; readonly uid: number }

/** The source for one run. */
export function createImap(settings: ImapSettings, options: ImapOptions): Source {
  const byAddress = new Map(settings.mailboxes.map((box) => [box.address.trim().toLowerCase(), box]))
  const names = [...byAddress.keys()].sort()
  const guard = createGuard(settings)
  return {
    kind: 'imap',
    parts: () => Promise.resolve(names.map((name) => ({ id: name, title: name }))),
    async *read(part, from, signal) {
      const box = byAddress.get(part.id)
      if (box === undefined)
        throw new SourceFault({
          reach: 'part',
          saw: `${part.title} is not in the list any more.`,
          remedy: 'Give the same list of mailboxes to resume.',
        })
      const client = await guard(() => connect(settings, box, signal))
      const stop = (): void => client.close()
      signal.addEventListener('abort', stop, { once: true })
      try {
        yield* readFolder({ client, settings, options, part, signal }, from)
        await client.logout().catch(() => undefined)
      } catch (error) {
        throw faultOf(error, settings, part.title)
      } finally {
        signal.removeEventListener('abort', stop)
        client.close()
      }
    },
    close: () => Promise.resolve(),
  }
}

/** Ends the run where one password for all is refused from the first mailbox on. */
function createGuard({ master, mailboxes }: ImapSettings) {
  const isShared = master !== null || new Set(mailboxes.map(({ password }) => password)).size === 1
  let refused = 0
  let isIn = false
  return async (signIn: () => Promise<ImapFlow>): Promise<ImapFlow> => {
    try {
      const client = await signIn()
      isIn = true
      return client
    } catch (error) {
      if (!(error instanceof SourceFault) || error.reach !== 'part') throw error
      refused += 1
      if (isIn || !isShared || refused < REFUSED_MAX) throw error
      throw new SourceFault({
        reach: 'fatal',
        saw: `${error.saw} So it went with the first ${refused} mailboxes.`,
        remedy: `${error.remedy} Nothing else was tried, so that nobody is locked out.`,
      })
    }
  }
}

type Reading = {
  readonly client: ImapFlow
  readonly settings: ImapSettings
  readonly options: ImapOptions
  readonly part: Part
  readonly signal: AbortSignal
}

async function* readFolder(reading: Reading, from: string | null): AsyncGenerator<Page> {
  const { client, settings, options, part, signal } = reading
  const folder = sentFolder(await client.list(), settings.folder)
  if (folder === null && settings.folder !== null)
    throw new SourceFault({
      reach: 'part',
      saw: `${part.title} has no folder called ${settings.folder}.`,
      remedy: 'Write it as the server does, with all folders above it; or leave it out.',
    })
  if (folder === null) {
    yield { letters: [], seen: 0, total: 0, next: null }
    return
  }
  const opened = await client.mailboxOpen(folder, { readOnly: true })
  const validity = String(opened.uidValidity)
  const mark = from === null ? null : (JSON.parse(from) as Mark)
  if (mark !== null && mark.validity !== validity)
    throw new SourceFault({
      reach: 'part',
      saw: `The folder ${folder} was rebuilt by the server while the run was stopped.`,
      remedy: 'What was read of it counts; the rest was left out.',
    })
  const after = mark?.uid ?? 0
  const query = {
    uid: `${after + 1}:*`,
    ...(options.since === null ? {} : { since: new Date(options.since) }),
  }
  const found = (await client.search(query, { uid: true })) || []
  // `N:*` always names the last message, also when it is older.
  const uids = found.filter((uid) => uid > after).sort((a, b) => a - b)
  for (let start = 0; start < uids.length; start += PAGE_SIZE) {
    signal.throwIfAborted()
    const some = uids.slice(start, start + PAGE_SIZE)
    const messages = await fetchHeaders(client, some)
    const last = some.at(-1) ?? after
    const isLast = start + PAGE_SIZE >= uids.length
    yield {
      letters: messages.flatMap((message) => {
        const at = dateIn(message)
        const letter = message.headers && letterOfHeader(message.headers, { owner: part.title, at })
        return letter ? [letter] : []
      }),
      seen: some.length,
      total: opened.exists,
      next: isLast ? null : JSON.stringify({ validity, uid: last } satisfies Mark),
    }
  }
  if (uids.length === 0) yield { letters: [], seen: 0, total: opened.exists, next: null }
}

async function fetchHeaders(client: ImapFlow, uids: readonly number[]): Promise<FetchMessageObject[]> {
  const query = { uid: true, internalDate: true, headers: [...LETTER_FIELDS] }
  const messages = await client.fetchAll(rangeOf(uids), query, { uid: true })
  return messages.sort((a, b) => a.uid - b.uid)
}

/** `1:4,7` for 1, 2, 3, 4, 7: short enough for any server. */
export function rangeOf(uids: readonly number[]): string {
  const ranges: string[] = []
  for (let start = 0; start < uids.length; ) {
    let end = start
    while (end + 1 < uids.length && uids[end + 1] === uids[end]! + 1) end += 1
    ranges.push(start === end ? String(uids[start]) : `${uids[start]}:${uids[end]}`)
    start = end + 1
  }
  return ranges.join(',')
}

function dateIn({ internalDate }: FetchMessageObject): number | null {
  if (internalDate === undefined) return null
  const at = new Date(internalDate).getTime()
  return Number.isNaN(at) ? null : at
}

/** The folder that somebody named, the one the server marks, or the one that is called so. */
export function sentFolder(
  folders: readonly Pick<ListResponse, 'path' | 'specialUse' | 'flags'>[],
  named: string | null,
): string | null {
  if (named !== null) return folders.find(({ path }) => path === named)?.path ?? null
  return folders.find(({ specialUse, flags }) => specialUse === '\\Sent' || flags.has('\\Sent'))?.path ?? null
}

async function connect(settings: ImapSettings, box: ImapMailbox, signal: AbortSignal): Promise<ImapFlow> {
  const { host, port, encryption, certificateName, authority } = settings
  // Loaded when the first mailbox is read: most installations never read one.
  const { ImapFlow: Client } = await import('imapflow')
  const client = new Client({
    host,
    port,
    secure: encryption === 'tls',
    ...(encryption === 'tls' ? {} : { doSTARTTLS: encryption === 'start-tls' }),
    ...(certificateName === null ? {} : { servername: certificateName }),
    tls: { ...(authority === null ? {} : { ca: authority }) },
    auth: authOf(settings, box),
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: SOCKET_MS_MAX,
    maxLiteralSize: RESPONSE_BYTES_MAX,
    maxResponseSize: RESPONSE_BYTES_MAX * 2,
    maxLineLength: RESPONSE_BYTES_MAX,
  })
  // A broken connection also rejects what waits for it; without a listener it would end the process.
  client.on('error', () => undefined)
  const stop = (): void => client.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await client.connect()
    return client
  } catch (error) {
    client.close()
    signal.throwIfAborted()
    throw faultOf(error, settings, box.address)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function authOf({ master }: ImapSettings, box: ImapMailbox) {
  const user = box.login ?? box.address
  if (master === null || box.password !== null) return { user, pass: box.password ?? '' }
  if (master.way === 'authzid')
    return { user: master.userName, pass: master.password, authzid: user, loginMethod: 'AUTH=PLAIN' as const }
  return { user: `${user}${master.separator}${master.userName}`, pass: master.password }
}

function faultOf(error: unknown, { host, port, master }: ImapSettings, title: string): SourceFault {
  if (error instanceof SourceFault) return error
  if (error instanceof Error && 'authenticationFailed' in error && error.authenticationFailed === true) {
    const said = 'responseText' in error && typeof error.responseText === 'string' ? error.responseText : ''
    const isBusy = 'serverResponseCode' in error && error.serverResponseCode === 'UNAVAILABLE'
    return new SourceFault({
      // RFC 5530: the server cannot look the account up just now.
      reach: isBusy ? 'passing' : 'part',
      saw: `${host} refuses the sign-in for ${title}. ${said.slice(0, 200)}`.trim(),
      remedy:
        master === null
          ? 'Check login and password: in the list, or the one for all.'
          : 'Check the master account, and that it may read this mailbox.',
    })
  }
  if (error instanceof Error && /STARTTLS/.test(error.message))
    return new SourceFault({
      reach: 'fatal',
      saw: `${host}:${port} offers no STARTTLS.`,
      remedy:
        'Choose tls with the port for it, mostly 993; or no encryption, for a server on this machine alone.',
    })
  return networkFault(`${host}:${port}`, error)
}
