// What the archive says to its threads, and what they answer.
import type { ArchiveQuery } from '@gatepost/contract/archive.ts'
import type { ArchiveCheck } from '@gatepost/contract/archive-settings.ts'
import type { StoreOptions } from './content-store.ts'
import type { Copy, Head } from './ledger.ts'
import type { AdditionRecord, EntryRecord } from './record.ts'
import type { Variant } from './variants.ts'

/**
 * `prepare`: reads and seals what comes. `write`: enters it. `read`: searches and shows. `check`: goes
 * through everything once.
 */
export type ThreadStart = {
  readonly role: 'prepare' | 'write' | 'read' | 'check'
  readonly indexFolder: string
  readonly temporaryFolder: string
  readonly content: StoreOptions
}

/** An edge's word about a message that is to be archived. */
export type UploadMeta = {
  readonly delivery: string
  readonly tenantId: string
  /** `journal` is what came to the journal address or its alternate. */
  readonly as: 'gateway' | 'journal'
  readonly direction: 'inbound' | 'outbound'
  readonly reversePath: string | null
  readonly forwardPaths: readonly string[]
  readonly isHeld: boolean
  readonly receivedAt: number
  readonly size: number
}

/** An organisation as the threads need it: its secret in base64, and what is its own. */
export type TenantWord = {
  readonly tenantId: string
  readonly secret: string
  readonly domains: readonly string[]
}

/** Where the next page begins. */
export type Cursor = { readonly month: string; readonly seq: number }

export type RetentionWord = {
  /** Null: for ever. */
  readonly days: number | null
  readonly rules: readonly {
    readonly kind: 'domain' | 'address'
    readonly value: string
    readonly days: number
  }[]
  readonly holds: readonly ArchiveQuery[]
}

export type FoundEntry = {
  readonly seq: number
  readonly entry: EntryRecord
  readonly additions: readonly AdditionRecord[]
  readonly snippet: readonly { readonly text: string; readonly isFound: boolean }[]
}

export type ShownContent = {
  readonly text: string | null
  readonly html: string | null
  readonly isCut: boolean
  readonly parts: readonly {
    readonly path: string
    readonly name: string
    readonly type: string
    readonly size: number
    readonly isInline: boolean
    /** The part that it is packed in. */
    readonly within: string | null
  }[]
  readonly header: readonly { readonly name: string; readonly value: string }[]
}

export type DayCount = {
  /** Days since 1970. */
  readonly day: number
  readonly gateway: number
  readonly journal: number
  readonly both: number
  readonly onlyGateway: number
  readonly onlyJournal: number
  readonly internal: number
}

export type CheckFault = ArchiveCheck['faults'][number]
export type CheckResult = {
  readonly records: number
  readonly contents: number
  readonly octets: number
  readonly faults: readonly CheckFault[]
}

export type Taken = {
  readonly kind: 'new' | 'merged' | 'known'
  readonly id: string | null
  readonly head: Head
  readonly flagged: boolean
}

/** Questions by kind, with their answers. */
export type Asked = {
  prepare: {
    in: { tenant: TenantWord; meta: UploadMeta; content: Uint8Array }
    out: { readonly copy: Copy; readonly sealed: Uint8Array }
  }
  take: { in: { tenant: TenantWord; now: number; copy: Copy; sealed: Uint8Array }; out: Taken }
  /** Brings all words of an organisation into the index that wait. */
  settle: { in: { tenant: TenantWord }; out: null }
  'grow-begin': { in: { upload: number; tenant: TenantWord }; out: null }
  'grow-chunk': { in: { upload: number; chunk: Uint8Array }; out: null }
  'grow-end': { in: { upload: number; meta: UploadMeta; now: number }; out: Taken }
  'grow-discard': { in: { upload: number }; out: null }
  search: {
    in: {
      tenant: TenantWord
      query: ArchiveQuery
      limit: number
      cursor: Cursor | null
      withSnippets: boolean
    }
    out: { readonly found: readonly FoundEntry[]; readonly next: Cursor | null }
  }
  count: { in: { tenantId: string; query: ArchiveQuery; max: number }; out: number }
  entry: {
    in: { tenantId: string; entryId: string; holds: readonly ArchiveQuery[] }
    out: (FoundEntry & { readonly holds: readonly number[]; readonly variants: readonly Variant[] }) | null
  }
  show: { in: { tenant: TenantWord; digest: string }; out: ShownContent }
  totals: {
    in: { tenantId: string }
    out: { entries: number; octets: number; oldestAt: number | null; newestAt: number | null }
  }
  days: { in: { tenantId: string; from: number; to: number }; out: readonly DayCount[] }
  purge: {
    in: { tenant: TenantWord; retention: RetentionWord; now: number; why: 'retention' | 'erased' }
    out: { readonly removed: number; readonly kept: number; readonly head: Head }
  }
  destroy: { in: { tenantId: string }; out: null }
  check: { in: { tenant: TenantWord; head: Head }; out: CheckResult }
  close: { in: Record<never, never>; out: null }
}

export type Question = { [Kind in keyof Asked]: { kind: Kind; id: number } & Asked[Kind]['in'] }[keyof Asked]
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: 'spoiled' | 'missing' | 'other'; readonly error: string }
