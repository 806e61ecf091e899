// Control's end of the link: HTTP on a local socket that only we may open (decisions 32); paths in
// protocol.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import * as z from 'zod'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import { removeFile, restrictFile } from '#platform/files.ts'
import { type ArchivedUpload, type ArchiveSink, type ReportedMailSink, readUpload } from './archive-upload.ts'
import { BodyRooms, BodyTooLong } from './body-room.ts'
import { FetchedContent } from './content-orders.ts'
import { ExplainedShape } from './explain-orders.ts'
import { GreylistDecided, GreylistListed } from './greylist-orders.ts'
import { MeasurementBoard, Measurements } from './measurements.ts'
import { type Everywhere, OrderDesk } from './order-desk.ts'
import type { Order, OrderResult } from './orders.ts'
import { LINK_VERSION, LONG_POLL_MS, linkPaths } from './protocol.ts'
import type { Publisher } from './publisher.ts'
import { QueueActed, QueueListed } from './queue-orders.ts'
import { QueueTotalled } from './queue-totals.ts'
import { NotABatch } from './report-batch.ts'
import { SelfProbed } from './self-orders.ts'
import { TlsProbed } from './tls-orders.ts'

/** Where reports go. The body is the text of a `ReportBatch`, checked by whoever stores it. */
export type ReportSink = {
  /**
   * Resolves when stored, with what to acknowledge; rejects when storage fails or the batch is unreadable.
   */
  take(body: Buffer): Promise<{ readonly node: string; readonly slot: number; readonly acknowledged: number }>
}

/** A batch of the largest reports; a body above it is a mistake. */
const BODY_BYTES_MAX = 64_000_000
const HEADER_BYTES_MAX = 16_384
/** Bodies come from this machine: a slow one is broken. */
const REQUEST_MS_MAX = 60_000

const ProbeResult = z.object({
  check: z.enum([
    'resolve',
    'connect',
    'greeting',
    'tls',
    'login',
    'recipient',
    'unknown-recipient',
    'message',
  ]),
  state: z.enum(['passed', 'failed', 'warning', 'not-run']),
  saw: z.string(),
  remedy: z.string().nullable(),
  durationMs: z.number(),
})
const OrderResultShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('probe-route'), results: z.array(ProbeResult).max(50) }),
  z.object({ kind: z.literal('submit'), messageId: z.string().max(200) }),
  z.object({ kind: z.literal('retry'), recipients: z.int() }),
  TlsProbed,
  SelfProbed,
  QueueListed,
  QueueTotalled,
  QueueActed,
  FetchedContent,
  GreylistListed,
  GreylistDecided,
  ExplainedShape,
  z.object({ kind: z.literal('backup'), isDone: z.boolean(), messages: z.int() }),
  z.object({ kind: z.literal('failed'), why: z.string() }),
]) satisfies z.ZodType<OrderResult>

const Asker = z.object({
  node: z.string().min(1).max(200),
  slot: z.coerce.number().int().min(0).max(4096),
})
const SnapshotQuery = Asker.extend({ have: z.coerce.number().int() })
const FeedQuery = z.object({ after: z.coerce.number().int(), fill: z.string().max(2_000).optional() })

type Options = {
  readonly socketPath: string
  readonly publisher: Publisher
  readonly reports: ReportSink
  /** Null where nothing is archived. */
  readonly archive?: ArchiveSink | null
  /** Null where nobody learns from reports. */
  readonly reported?: ReportedMailSink | null
  readonly clock: Clock
  readonly emit: Emit
  readonly unreachable: (why: string) => Error
}

type Answer = { readonly status: number; readonly body?: unknown; readonly text?: string }

export class LinkServer {
  readonly #rooms = new BodyRooms(BODY_BYTES_MAX)
  readonly #options: Options
  readonly #desk: OrderDesk
  readonly #board: MeasurementBoard
  readonly #http: Server
  readonly #stopped = new AbortController()

  constructor(options: Options) {
    this.#options = options
    this.#desk = new OrderDesk(options)
    this.#board = new MeasurementBoard(options.clock)
    this.#http = createServer({ maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: REQUEST_MS_MAX })
    this.#http.on('request', (request, response) => void this.#handle(request, response))
  }

  /**
   * Opens the socket (0600). A file left by a dead process is replaced: the data folder's lock makes us the
   * only one.
   */
  async listen(): Promise<void> {
    const { socketPath } = this.#options
    removeFile(socketPath)
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(socketPath, resolve)
    })
    restrictFile(socketPath)
  }

  /** Ends open polls and closes the socket. */
  async close(): Promise<void> {
    this.#stopped.abort()
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve())
      this.#http.closeIdleConnections()
      setTimeout(() => this.#http.closeAllConnections(), 500).unref()
    })
  }

  edges() {
    return this.#desk.edges()
  }

  version(): number {
    return this.#options.publisher.version()
  }

  coveringVersion(): number {
    return this.#options.publisher.coveringVersion()
  }

  /** When the newest version was published, in epoch milliseconds. */
  publishedAt(): number {
    return this.#options.publisher.publishedAt()
  }

  /** The last reading of each edge. */
  board(): MeasurementBoard {
    return this.#board
  }

  settingsChanged(): void {
    this.#options.publisher.settingsChanged()
  }

  order(order: Order, signal: AbortSignal = this.#stopped.signal): Promise<OrderResult> {
    return this.#desk.place(order, null, signal)
  }

  orderFor(place: { readonly node: string; readonly slot: number }, order: Order): Promise<OrderResult> {
    return this.#desk.place(order, place, this.#stopped.signal)
  }

  /** Gives an order to every edge known, each with an id of its own; who does not answer is named. */
  orderAll(order: Order, waitMs: number): Promise<Everywhere> {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(waitMs)])
    return this.#desk.placeEverywhere(order, signal)
  }

  /** Names an edge that should be there, so that it is missed when it is not. */
  expect(node: string, slot: number): void {
    this.#desk.expect(node, slot)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, this.#stopped.signal])
    try {
      send(response, await this.#answer(request, signal))
    } catch (error) {
      if (gone.signal.aborted) return
      const isShape =
        error instanceof z.ZodError ||
        error instanceof SyntaxError ||
        error instanceof BodyTooLong ||
        error instanceof NotABatch
      if (isShape) this.#options.emit('link.rejected', { path: request.url, why: error.message })
      else this.#options.emit('control.request.failed', { what: `link ${request.url}`, error })
      send(response, { status: isShape ? 400 : 500, body: { why: (error as Error).message } })
    }
  }

  async #answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const spoken = request.headers['gatepost-link']
    if (spoken !== undefined && Number(spoken) > LINK_VERSION) {
      const why = `Control speaks link version ${LINK_VERSION}, this edge ${spoken}: update control first.`
      return { status: 426, body: { why } }
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://link')
    const query = Object.fromEntries(searchParams)
    if (request.method === 'POST' && pathname === linkPaths.archive) return this.#archive(request)
    if (request.method === 'POST') return this.#takeBody(pathname, request)
    if (pathname === linkPaths.snapshot) return this.#snapshot(SnapshotQuery.parse(query), signal)
    if (pathname === linkPaths.feed) return this.#feed(FeedQuery.parse(query), signal)
    if (pathname === linkPaths.orders) return this.#orders(Asker.parse(query), signal)
    if (pathname.startsWith(linkPaths.shard)) {
      const text = await this.#options.publisher.shard(pathname.slice(linkPaths.shard.length))
      return text === null ? { status: 404 } : { status: 200, text }
    }
    return { status: 404 }
  }

  async #snapshot({ node, slot, have }: z.infer<typeof SnapshotQuery>, signal: AbortSignal): Promise<Answer> {
    const { publisher } = this.#options
    const edge = this.#desk.heard(node, slot, have)
    edge.polls += 1
    try {
      const isOther = await publisher.otherVersion(have, LONG_POLL_MS, signal)
      return isOther && !signal.aborted ? { status: 200, body: publisher.index() } : { status: 204 }
    } finally {
      edge.polls -= 1
      edge.seenAt = this.#options.clock.now()
    }
  }

  async #feed({ after, fill }: z.infer<typeof FeedQuery>, signal: AbortSignal): Promise<Answer> {
    if (fill !== undefined && after >= 0) {
      return { status: 200, body: await this.#options.publisher.fillPage(after, fill) }
    }
    const page = await this.#options.publisher.feedPage(after, LONG_POLL_MS, signal)
    return page ? { status: 200, body: page } : { status: 204 }
  }

  async #orders({ node, slot }: z.infer<typeof Asker>, signal: AbortSignal): Promise<Answer> {
    const orders = await this.#desk.take(node, slot, signal)
    return orders.length > 0 ? { status: 200, body: { orders } } : { status: 204 }
  }

  /** Streamed: a large message is never whole in this process. */
  async #archive(request: IncomingMessage): Promise<Answer> {
    const { archive, reported } = this.#options
    const { upload, chunks } = await readUpload(request)
    if (upload.as === 'report') {
      if (!reported) return { status: 503, body: { why: 'nobody takes reports here' } }
      await reported.take(upload, chunks)
      return { status: 200, body: { kept: true } }
    }
    if (!archive) return { status: 503, body: { why: 'nothing is archived here' } }
    const taken = await archive.take(upload as ArchivedUpload, chunks)
    // An archive that was destroyed meanwhile has no place for it, and the row must not wait for ever.
    return { status: 200, body: { kept: taken !== null } }
  }

  async #takeBody(pathname: string, request: IncomingMessage): Promise<Answer> {
    const { body, release } = await this.#rooms.read(request)
    try {
      return await this.#take(pathname, body)
    } finally {
      release()
    }
  }

  async #take(pathname: string, body: Buffer): Promise<Answer> {
    if (pathname === linkPaths.reports) {
      const { node, slot, acknowledged } = await this.#options.reports.take(body)
      this.#desk.heard(node, slot)
      return { status: 200, body: { acknowledged } }
    }
    if (pathname === linkPaths.metrics) {
      this.#board.take(Measurements.parse(JSON.parse(body.toString('utf8'))))
      return { status: 204 }
    }
    const result = /^\/v1\/orders\/([\w-]{1,100})\/result$/.exec(pathname)
    if (!result) return { status: 404 }
    this.#desk.settle(result[1]!, OrderResultShape.parse(JSON.parse(body.toString('utf8'))))
    return { status: 204 }
  }
}

function send(response: ServerResponse, { status, body, text }: Answer): void {
  if (response.headersSent || response.destroyed) return
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body))
  response.writeHead(status, content === undefined ? {} : { 'content-type': 'application/json' })
  response.end(content)
}
