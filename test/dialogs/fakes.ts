// A DNS, a spool and a settings holder in memory: the world around the edge under test.

import type { Directory, Holder } from '@gatepost/server/facts/sources.ts'
import { indexOf } from '@gatepost/server/link/directory.ts'
import type { ReplicaList, ReplicaValue } from '@gatepost/server/link/feed-page.ts'
import type { AcceptedReport, EdgeReport, RefusedReport } from '@gatepost/server/link/reports.ts'
import type { Dns, DnsAnswer, DnsRecordType } from '@gatepost/server/platform/dns-types.ts'
import type { TenantSettings } from '@gatepost/server/policy/settings.ts'
import {
  type Content,
  type ContentFile,
  type Envelope,
  type Spool,
  SpoolUnavailable,
} from '@gatepost/server/spool/spool.ts'

const SERVER = 'made-up'

/** Zones as a map of `name TYPE` to records. */
export class FakeDns implements Dns {
  readonly #records = new Map<string, unknown[]>()
  readonly #names = new Set<string>()
  readonly #failing = new Set<string>()
  queries = 0

  add(name: string, type: DnsRecordType, value: unknown): void {
    const key = `${name} ${type}`
    const records = this.#records.get(key)
    if (records) records.push(value)
    else this.#records.set(key, [value])
    this.#names.add(name)
  }

  fail(name: string): void {
    this.#failing.add(name)
  }

  query<Type extends DnsRecordType>(query: { readonly name: string; readonly type: Type }) {
    this.queries++
    const name = query.name.toLowerCase()
    const rest = { ttl: 300, authenticated: false, server: SERVER }
    const answer = (): DnsAnswer<Type> => {
      if (this.#failing.has(name)) return { kind: 'failed', why: 'time-out', server: SERVER }
      const records = this.#records.get(`${name} ${query.type}`)
      if (records) return { kind: 'found', records, ...rest } as unknown as DnsAnswer<Type>
      return { kind: this.#names.has(name) ? 'none' : 'absent', ...rest }
    }
    return Promise.resolve(answer())
  }

  authoritativeServers() {
    return Promise.resolve({ kind: 'failed' as const, why: 'not part of this world' })
  }

  async confirmedName(ip: string) {
    const answer = await this.query({ name: ip, type: 'PTR' })
    if (answer.kind === 'found') {
      return { kind: 'found' as const, name: answer.records[0]!, names: answer.records, ttl: answer.ttl }
    }
    return answer.kind === 'failed' ? { kind: 'failed' as const, why: answer.why } : { kind: 'none' as const }
  }
}

export type SpooledMessage = {
  readonly envelope: Envelope
  readonly content: Buffer
  readonly report: AcceptedReport
  readonly isFile: boolean
}

type SpoolMood = 'well' | 'full' | 'breaks'

/** Keeps what was committed; can be full, or break at the commit. */
export class FakeSpool implements Spool {
  readonly messages: SpooledMessage[] = []
  readonly refusals: RefusedReport[] = []
  readonly files: FakeFile[] = []
  mood: SpoolMood = 'well'
  commitDelay: Promise<void> = Promise.resolve()

  health() {
    return this.mood === 'full' ? { ok: false, why: 'no space left' } : { ok: true, why: null }
  }

  openContent(): Promise<ContentFile> {
    const file = new FakeFile(`content-${this.files.length}`)
    this.files.push(file)
    return Promise.resolve(file)
  }

  async commitMessage(envelope: Envelope, content: Content, report: AcceptedReport): Promise<void> {
    await this.commitDelay
    if (this.mood === 'breaks') throw new SpoolUnavailable('the disk refused')
    const bytes =
      content.kind === 'memory'
        ? Buffer.concat(content.chunks)
        : Buffer.concat(this.files.find(({ name }) => name === content.name)!.chunks)
    this.messages.push({ envelope, content: bytes, report, isFile: content.kind === 'file' })
  }

  report(reports: readonly EdgeReport[]): void {
    for (const report of reports) if (report.kind === 'refused') this.refusals.push(report)
  }

  settle(): Promise<void> {
    throw new Error('delivery is not part of this world')
  }

  due(): Promise<never[]> {
    return Promise.resolve([])
  }

  nextDueAt(): Promise<null> {
    return Promise.resolve(null)
  }

  async *readContent(messageId: string): AsyncIterable<Uint8Array> {
    const found = this.messages.find(({ envelope }) => envelope.id === messageId)
    if (found) yield found.content
  }

  retryNow(): Promise<number> {
    return Promise.resolve(0)
  }

  outbox(): Promise<never[]> {
    return Promise.resolve([])
  }

  outboxText() {
    return Promise.resolve({ json: '[]', count: 0, last: 0 })
  }

  acknowledge(): Promise<void> {
    return Promise.resolve()
  }

  counts() {
    return Promise.resolve({ messages: this.messages.length, queued: 0, held: 0, outbox: 0 })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

export class FakeFile implements ContentFile {
  readonly name: string
  /** There is none on a disk. */
  readonly path = '/nowhere'
  chunks: Uint8Array[] = []
  isDiscarded = false
  /** Octets after which the disk refuses. */
  refusesAfter = Number.POSITIVE_INFINITY

  constructor(name: string) {
    this.name = name
  }

  write(chunk: Uint8Array): Promise<void> {
    if (this.size + chunk.length > this.refusesAfter)
      return Promise.reject(new SpoolUnavailable('no space left'))
    this.chunks.push(chunk.slice())
    return new Promise((resolve) => setImmediate(resolve))
  }

  finish(): Promise<Content> {
    return Promise.resolve({ kind: 'file', name: this.name, size: this.size })
  }

  discard(): Promise<void> {
    this.isDiscarded = true
    this.chunks = []
    return Promise.resolve()
  }

  get size(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  }
}

/** The settings of some tenants, and their listed recipients as `address key` → source. */
export class FakeHolder implements Holder {
  readonly tenants: TenantSettings[] = []
  readonly recipients = new Map<string, string>()
  hasSnapshot = true
  hasReplica = true

  current(): Directory | null {
    if (!this.hasSnapshot) return null
    return indexOf(1, this.tenants)
  }

  recipientOf(_tenantId: string, addressKey: string) {
    if (!this.hasReplica) return { kind: 'unknown' as const, why: 'replica is being rebuilt' }
    const source = this.recipients.get(addressKey) ?? null
    return { kind: 'known' as const, value: { listed: source !== null, source } }
  }

  /** Entries of other lists: `list key` → value. */
  readonly entries = new Map<string, ReplicaValue>()

  entryOf(_tenantId: string, list: ReplicaList, key: string) {
    if (!this.hasReplica) return { kind: 'unknown' as const, why: 'replica is being rebuilt' }
    return { kind: 'known' as const, value: this.entries.get(`${list} ${key}`) ?? null }
  }
}
