// A read-only directory that answers as Active Directory does: sign-in, search page by page, StartTLS. Made
// of nothing but sockets, so that everybody has one.
import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { Certificate } from '../platform.ts'
import { childrenOf, type Element, elementAt, encode, encodeNumber, numberOf, TAG, textOf } from './ber.ts'
import { fits, type LdapEntry, valuesOf } from './filter.ts'

export type LdapServer = {
  readonly host: string
  /** In the clear and StartTLS. */
  readonly port: number
  /** TLS from the first octet; null without a certificate. */
  readonly tlsPort: number | null
  /** Searches answered so far. */
  readonly searches: () => number
  readonly stop: () => Promise<void>
}

export type LdapOptions = {
  readonly host?: string
  readonly port?: number
  readonly tlsPort?: number
  readonly base: string
  /** Who may read: by any of these names, with this password. */
  readonly account: { readonly names: readonly string[]; readonly password: string }
  readonly certificate: Certificate | null
  /** Everything below the base, as it is now. */
  readonly entries: () => readonly LdapEntry[]
}

const BIND = 0x60
const BIND_DONE = 0x61
const UNBIND = 0x42
const SEARCH = 0x63
const SEARCH_ENTRY = 0x64
const SEARCH_DONE = 0x65
const ABANDON = 0x50
const EXTENDED = 0x77
const EXTENDED_DONE = 0x78
const CONTROLS = 0xa0
const SIMPLE = 0x80

const SUCCESS = 0
const OPERATIONS_ERROR = 1
const PROTOCOL_ERROR = 2
const NO_SUCH_OBJECT = 32
const INVALID_CREDENTIALS = 49

const PAGED = '1.2.840.113556.1.4.319'
const START_TLS = '1.3.6.1.4.1.1466.20037'
/** Tells a reader that this is Active Directory (MS-ADTS §3.1.1.3.4.1.17). */
const ACTIVE_DIRECTORY = '1.2.840.113556.1.4.800'
/** A request is a name, a filter and a list of attributes. */
const REQUEST_OCTETS_MAX = 65_536
const CONNECTIONS_MAX = 64
const IDLE_MS = 120_000
const PAGE_MAX = 1_000
const BASE_SCOPE = 0
const ONE_LEVEL = 1

const WRONG_PASSWORD =
  '80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v4563'
const NOT_SIGNED_IN = {
  code: OPERATIONS_ERROR,
  text:
    '000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be ' +
    'completed on the connection., data 0, v4563',
} as const
const NOTHING_THERE = { code: NO_SUCH_OBJECT, text: '0000208D: NameErr' } as const

/** Starts a directory on loopback. Rejects if a port is taken. */
export async function startLdap(options: LdapOptions): Promise<LdapServer> {
  const host = options.host ?? '127.0.0.1'
  const sockets = new Set<Socket>()
  const state = { searches: 0 }
  const serve = (socket: Socket, isSecure: boolean): void => {
    if (sockets.size >= CONNECTIONS_MAX) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    const { certificate } = options
    const session = new Session(options, state)
    session.take(isSecure && certificate !== null ? secured(socket, certificate) : socket)
  }
  const plain = createServer((socket) => serve(socket, false))
  const port = await listening(plain, host, options.port ?? 0)
  const tls = options.certificate === null ? null : createServer((socket) => serve(socket, true))
  const servers = tls === null ? [plain] : [plain, tls]
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  }
  try {
    const tlsPort = tls === null ? null : await listening(tls, host, options.tlsPort ?? 0)
    return { host, port, tlsPort, searches: () => state.searches, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function listening(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function secured(socket: Socket, certificate: Certificate): TLSSocket {
  const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificate) })
  secure.on('error', () => secure.destroy())
  return secure
}

type Request = { readonly octets: Buffer; readonly id: number; readonly parts: readonly Element[] }

/** One connection: who signed in, and octets that are no whole request yet. */
class Session {
  readonly #options: LdapOptions
  readonly #state: { searches: number }
  #socket: Socket | null = null
  #waiting: Buffer = Buffer.alloc(0)
  #isSignedIn = false

  constructor(options: LdapOptions, state: { searches: number }) {
    this.#options = options
    this.#state = state
  }

  take(socket: Socket): void {
    this.#socket = socket
    this.#waiting = Buffer.alloc(0)
    socket.on('data', (octets: Buffer) => {
      try {
        this.#receive(octets)
      } catch {
        // What cannot be read ends the connection, as RFC 4511 §5.3 asks.
        socket.destroy()
      }
    })
  }

  #receive(octets: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, octets])
    for (;;) {
      if (this.#waiting.length > 0 && this.#waiting[0] !== TAG.sequence) throw new RangeError('no LDAP')
      const message = elementAt(this.#waiting, 0)
      if (message === null) break
      const request = Buffer.from(this.#waiting.subarray(0, message.end))
      this.#waiting = this.#waiting.subarray(message.end)
      const [id, ...parts] = childrenOf(request, message)
      this.#answer({ octets: request, id: numberOf(request, id), parts })
    }
    if (this.#waiting.length > REQUEST_OCTETS_MAX) throw new RangeError('the request is too long')
  }

  #answer(request: Request): void {
    const tag = request.parts[0]?.tag
    if (tag === BIND) this.#bind(request)
    else if (tag === SEARCH) this.#search(request)
    else if (tag === EXTENDED) this.#extended(request)
    else if (tag === UNBIND) this.#socket?.end()
    else if (tag !== ABANDON) throw new RangeError('this directory is read-only')
  }

  #bind({ octets, id, parts }: Request): void {
    const [, name, secret] = childrenOf(octets, parts[0]!)
    const { names, password } = this.#options.account
    const user = textOf(octets, name).toLowerCase()
    const given = secret?.tag === SIMPLE ? textOf(octets, secret) : null
    const isNobody = user === '' && given === ''
    const isKnown = names.some((one) => one.toLowerCase() === user) && given === password
    this.#isSignedIn = isKnown
    if (isKnown || isNobody) this.#send(id, result(BIND_DONE, SUCCESS))
    else this.#send(id, result(BIND_DONE, INVALID_CREDENTIALS, WRONG_PASSWORD))
  }

  #search({ octets, id, parts }: Request): void {
    this.#state.searches += 1
    const [base, scope, , limit, , , filter, wanted] = childrenOf(octets, parts[0]!)
    const at = textOf(octets, base)
    const depth = numberOf(octets, scope)
    if (filter === undefined || wanted === undefined) throw new RangeError('no search')
    const names = childrenOf(octets, wanted).map((name) => textOf(octets, name))
    if (at === '' && depth === BASE_SCOPE) {
      this.#send(id, entryOf(rootOf(this.#options), names))
      this.#send(id, result(SEARCH_DONE, SUCCESS))
      return
    }
    const all = [baseOf(this.#options), ...this.#options.entries()]
    const below = all.filter(({ dn }) => isWithin(dn, at, depth))
    if (!this.#isSignedIn || below.length === 0) {
      const refusal = this.#isSignedIn ? NOTHING_THERE : NOT_SIGNED_IN
      this.#send(id, result(SEARCH_DONE, refusal.code, refusal.text))
      return
    }
    const found = below.filter((entry) => fits(octets, filter, entry))
    const page = pageOf(octets, parts[1])
    const most = numberOf(octets, limit) || PAGE_MAX
    const from = page?.from ?? 0
    const size = Math.min(page?.size ?? most, PAGE_MAX)
    for (const entry of found.slice(from, from + size)) this.#send(id, entryOf(entry, names))
    const next = from + size < found.length ? String(from + size) : ''
    this.#send(id, result(SEARCH_DONE, SUCCESS), page === null ? null : pageControl(next))
  }

  #extended({ octets, id, parts }: Request): void {
    const [name] = childrenOf(octets, parts[0]!)
    const { certificate } = this.#options
    const socket = this.#socket
    const canStart =
      textOf(octets, name) === START_TLS && certificate !== null && !(socket instanceof TLSSocket)
    if (!canStart || socket === null) {
      this.#send(id, result(EXTENDED_DONE, PROTOCOL_ERROR, 'not available'))
      return
    }
    this.#send(id, result(EXTENDED_DONE, SUCCESS))
    socket.removeAllListeners('data')
    this.take(secured(socket, certificate))
  }

  #send(id: number, operation: Buffer, controls: Buffer | null = null): void {
    const parts = [encodeNumber(TAG.integer, id), operation, ...(controls === null ? [] : [controls])]
    this.#socket?.write(encode(TAG.sequence, ...parts))
  }
}

function result(tag: number, code: number, text = ''): Buffer {
  const matched = encode(TAG.octets, '')
  return encode(tag, encode(TAG.enumerated, Buffer.from([code])), matched, encode(TAG.octets, text))
}

function entryOf(entry: LdapEntry, names: readonly string[]): Buffer {
  const isAll = names.length === 0 || names.includes('*')
  const shown = isAll ? [...entry.attributes.keys()] : names
  const attributes = shown.flatMap((name) => {
    const values = valuesOf(entry, name)
    if (values.length === 0) return []
    const list = values.map((value) => encode(TAG.octets, value))
    return [encode(TAG.sequence, encode(TAG.octets, name), encode(0x31, ...list))]
  })
  return encode(SEARCH_ENTRY, encode(TAG.octets, entry.dn), encode(TAG.sequence, ...attributes))
}

function rootOf({ base }: LdapOptions): LdapEntry {
  return {
    dn: '',
    attributes: new Map([
      ['defaultNamingContext', [base]],
      ['namingContexts', [base]],
      ['supportedCapabilities', [ACTIVE_DIRECTORY]],
      ['supportedControl', [PAGED]],
      ['supportedLDAPVersion', ['3']],
    ]),
  }
}

function baseOf({ base }: LdapOptions): LdapEntry {
  return { dn: base, attributes: new Map([['objectClass', ['top', 'domain', 'domainDNS']]]) }
}

function isWithin(dn: string, base: string, scope: number): boolean {
  const [own, top] = [dn.toLowerCase(), base.toLowerCase()]
  if (scope === BASE_SCOPE) return own === top
  if (scope === ONE_LEVEL) return own.slice(own.indexOf(',') + 1) === top
  return own === top || own.endsWith(`,${top}`)
}

/** What the control of paged results asks for (RFC 2696): our cookie is the place to go on from. */
function pageOf(octets: Buffer, controls: Element | undefined): { from: number; size: number } | null {
  if (controls?.tag !== CONTROLS) return null
  for (const control of childrenOf(octets, controls)) {
    const [type, ...rest] = childrenOf(octets, control)
    const value = rest.find(({ tag }) => tag === TAG.octets)
    if (textOf(octets, type) !== PAGED || value === undefined) continue
    const inner = elementAt(octets, value.start)
    if (inner === null) return null
    const [size, cookie] = childrenOf(octets, inner)
    return { size: Math.max(1, numberOf(octets, size)), from: Number(textOf(octets, cookie)) || 0 }
  }
  return null
}

function pageControl(next: string): Buffer {
  const value = encode(TAG.sequence, encodeNumber(TAG.integer, 0), encode(TAG.octets, next))
  return encode(CONTROLS, encode(TAG.sequence, encode(TAG.octets, PAGED), encode(TAG.octets, value)))
}
