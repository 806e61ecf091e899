// Tables of tracking, alike in SQLite (a file a day) and PostgreSQL (a partition a day).
import type { Generated } from 'kysely'

type MessageTable = {
  /** Order of arrival, for the live tail. */
  readonly seq: Generated<number>
  readonly day: number
  readonly id: string
  /** Empty where no tenant is known: only operators may see those. */
  readonly tenant_id: string
  readonly at: number
  readonly direction: 'inbound' | 'outbound' | null
  status: string
  readonly reverse_path: string | null
  readonly author: string | null
  readonly forward_path: string | null
  readonly recipient_count: number
  readonly subject: string | null
  /** A reason literal of policy/reasons.ts, or the words of a reply. */
  reason: string
  readonly client_ip: string | null
  readonly size: number | null
  readonly count: number
  readonly node: string
  readonly slot: number
  /** One letter a recipient: what became of it (status.ts). */
  statuses: string
  /** Milliseconds from acceptance until the last recipient was delivered. */
  delay_ms: number | null
  /** The report as JSON, as it crossed (control/tracking/body.ts); rows of before hold a `MessageBody`. */
  readonly body: string
  /** The first delivery attempt, where it came together with the message: a `DeliveryReport` as JSON. */
  attempt: string | null
}

/** Attempts that did not come together with their message. */
type AttemptTable = {
  readonly day: number
  readonly message_id: string
  readonly id: string
  readonly tenant_id: string
  readonly at: number
  /** `DeliveryReport` as JSON. */
  readonly body: string
}

/** PostgreSQL only: SQLite has a full-text index instead. */
type WordTable = {
  readonly day: number
  /**
   * `tenantKey` of words.ts: short, since there are a dozen words a message. The message names the tenant
   * itself.
   */
  readonly tenant_key: number
  readonly word: string
  readonly seq: number
}

export type TrackingSchema = {
  tracking_message: MessageTable
  tracking_attempt: AttemptTable
  tracking_word: WordTable
}

/** A row of `tracking_message` before it has a sequence number. */
export type NewMessageRow = Omit<MessageTable, 'seq'>
export type NewAttemptRow = AttemptTable

const messageColumns = (
  text: string,
): string => `day bigint not null, id ${text} not null, tenant_id ${text} not null,
  at bigint not null, direction ${text}, status ${text} not null, reverse_path ${text}, author ${text},
  forward_path ${text}, recipient_count bigint not null, subject ${text},
  reason ${text} not null, client_ip ${text},
  size bigint, count bigint not null, node ${text} not null, slot bigint not null, statuses ${text} not null,
  delay_ms bigint, body ${text} not null, attempt ${text}`
const attemptColumns = (
  text: string,
): string => `day bigint not null, message_id ${text} not null, id ${text} not null,
  tenant_id ${text} not null, at bigint not null, body ${text} not null`
const wordColumns = (text: string): string =>
  `day bigint not null, tenant_key bigint not null, word ${text} not null, seq bigint not null`

/** Bumped when the tables change; older day files are read as they are until they are dropped. */
export const TRACKING_FORMAT = 2

/** Every printable ASCII character that is no letter or digit: our words are tokens as they are. */
const TOKEN_CHARACTERS = '!""#$%&\'\'()*+,-./:;<=>?@[\\]^_`{|}~'

/**
 * Tables of one SQLite day file. `unique (tenant_id, id)` serves the list, one message and deduplication at
 * once; what was refused is found by its id alone too, for the page behind the link in our reply. Words are
 * in a full-text index of row numbers alone: rows of a b-tree, a dozen a message and all over the file, cost
 * seven times the CPU and three times the space.
 */
export const sqliteDay = `
create table if not exists tracking_message (seq integer primary key, ${messageColumns('text')},
  unique (tenant_id, id));
create index if not exists tracking_message_by_status on tracking_message (tenant_id, status, id, count);
create index if not exists tracking_refused_by_id on tracking_message (id) where size is null;
create table if not exists tracking_attempt (${attemptColumns('text')},
  primary key (message_id, id)) without rowid;
create virtual table if not exists tracking_words using fts5 (words, content = '', columnsize = 0,
  detail = none, tokenize = "ascii tokenchars '${TOKEN_CHARACTERS}'");
pragma user_version = ${TRACKING_FORMAT};
`

/** What a day file of before lacks, by the column that tells. */
export const sqliteDayAdditions: readonly { readonly column: string; readonly sql: string }[] = [
  { column: 'attempt', sql: 'alter table tracking_message add column attempt text' },
]

const C = 'text collate "C"'

/** The partitioned tables of PostgreSQL. */
export const postgresTables: readonly string[] = [
  `create table if not exists tracking_message (seq bigint generated always as identity, ${messageColumns(C)},
    primary key (day, seq), unique (day, tenant_id, id)) partition by range (day)`,
  `alter table tracking_message add column if not exists attempt ${C}`,
  `create index if not exists tracking_message_by_status on tracking_message (tenant_id, status, id, count)`,
  `create index if not exists tracking_refused_by_id on tracking_message (id) where size is null`,
  `create table if not exists tracking_attempt (${attemptColumns(C)}, primary key (day, message_id, id))
    partition by range (day)`,
  `create table if not exists tracking_word (${wordColumns(C)}, primary key (day, tenant_key, word, seq))
    partition by range (day)`,
]

export const trackingTables = ['tracking_message', 'tracking_attempt', 'tracking_word'] as const
