// The one file that knows ldapts: it gets a socket that is ready, and gives back plain entries and plain
// refusals. One client is one connection: a broken one is never quietly made anew, for a list would go on
// unsigned.
import type { Socket } from 'node:net'
import { Client, type Entry, Filter, ResultCodeError } from 'ldapts'
import { DirectoryFault, type DirectoryStep } from '../entry.ts'
import { cutFault, refusalFault } from './faults.ts'
import { ANSWER_MS } from './options.ts'

/** An entry with every value as text (or bytes where asked for), under names in lower case. */
export type LdapEntry = {
  readonly dn: string
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly bytes: ReadonlyMap<string, Buffer>
}

export type LdapSearch = {
  readonly base: string
  readonly scope: 'base' | 'sub'
  readonly filter: string
  readonly attributes: readonly string[]
}

export type LdapPage = { readonly entries: readonly LdapEntry[]; readonly referrals: readonly string[] }

/** Active Directory and many others answer with at most 1,000. */
const PAGE_SIZE = 500
/** Bytes of one answer: a page of 500 entries is below a megabyte, a group of many members a few. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024
/** Identifiers that are no text. */
const BINARY = ['objectGUID', 'objectSid']

export class LdapClient {
  readonly #client: Client
  readonly #socket: Socket
  #answerBytes = 0

  constructor(socket: Socket) {
    this.#socket = socket
    let isTaken = false
    this.#client = new Client({
      url: 'ldap://directory',
      timeout: ANSWER_MS,
      connectTimeout: ANSWER_MS,
      strictDN: false,
      createConnection: () => {
        if (isTaken || socket.destroyed) throw new Error('The connection was lost')
        isTaken = true
        return socket
      },
    })
    socket.on('data', (chunk: Buffer) => {
      this.#answerBytes += chunk.length
      if (this.#answerBytes > ANSWER_BYTES_MAX) socket.destroy(new Error('the answer is too long'))
    })
  }

  /**
   * Signs in. An empty password is refused here: servers take it as anonymous and say yes (RFC 4513 §5.1.2).
   */
  async signIn(userName: string, password: string): Promise<void> {
    if (password === '') throw new DirectoryFault(NO_PASSWORD)
    await this.#guarded('sign-in', () => this.#client.bind(userName, password))
  }

  /** All entries of a search, page after page; referrals are told and never followed. */
  async *pages(
    step: DirectoryStep,
    { base, scope, filter, attributes }: LdapSearch,
  ): AsyncGenerator<LdapPage> {
    const options = {
      scope,
      filter,
      attributes: [...attributes],
      explicitBufferAttributes: BINARY,
      paged: { pageSize: PAGE_SIZE },
    }
    const pages = this.#client.searchPaginated(base, options)
    for (;;) {
      const page = await this.#guarded(step, () => pages.next())
      if (page.done) return
      const { searchEntries, searchReferences } = page.value
      yield { entries: searchEntries.map(entryOf), referrals: searchReferences }
    }
  }

  /** A few entries without paging: at most `max`, more are left off. */
  async some(step: DirectoryStep, search: LdapSearch, max: number): Promise<readonly LdapEntry[]> {
    const { base, scope, filter, attributes } = search
    const options = {
      scope,
      filter,
      attributes: [...attributes],
      explicitBufferAttributes: BINARY,
      sizeLimit: max,
    }
    const { searchEntries } = await this.#guarded(step, () => this.#client.search(base, options))
    return searchEntries.map(entryOf)
  }

  /** Never throws: whoever closes has what was wanted, or tells of another fault. */
  async close(): Promise<void> {
    await this.#client.unbind().catch(() => {})
    this.#socket.destroy()
  }

  async #guarded<Result>(step: DirectoryStep, work: () => Promise<Result>): Promise<Result> {
    this.#answerBytes = 0
    try {
      return await work()
    } catch (error) {
      throw faultOf(step, error)
    }
  }
}

/** Writes a value into a filter so that it stays a value (RFC 4515 §3, abuse case 68). */
export function filterValue(text: string): string {
  return Filter.escape(text)
}

/** Bytes as a filter's value. */
export function filterBytes(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
}

const NO_PASSWORD = {
  step: 'sign-in',
  code: 'no-password',
  saw: 'The password is empty.',
  remedy: 'Enter the password. Many servers take an empty one as “anybody” and say yes.',
} as const

function faultOf(step: DirectoryStep, error: unknown): DirectoryFault {
  if (error instanceof DirectoryFault) return error
  if (error instanceof ResultCodeError) {
    const text = error.message.replace(/ Code: 0x[0-9a-f]+$/, '')
    return refusalFault(step, { result: error.code, text })
  }
  const why = error instanceof Error ? error.message : String(error)
  if (/filter/i.test(why))
    return new DirectoryFault({
      step,
      code: 'filter-syntax',
      saw: `The filter cannot be read: ${why.split('\n')[0]}.`,
      remedy: 'Write it like (memberOf=CN=Mail users,OU=Groups,DC=corp,DC=example).',
    })
  return cutFault(step, why.replace(/ Message type: .*/s, ''))
}

function entryOf(entry: Entry): LdapEntry {
  const values = new Map<string, readonly string[]>()
  const bytes = new Map<string, Buffer>()
  for (const [name, value] of Object.entries(entry)) {
    if (name === 'dn') continue
    const key = name.toLowerCase()
    const list = Array.isArray(value) ? value : [value]
    const [first] = list
    if (Buffer.isBuffer(first)) bytes.set(key, first)
    else values.set(key, list as string[])
  }
  return { dn: entry.dn, values, bytes }
}
