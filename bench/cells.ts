// What is measured: each cell is one workload of one shape, with the floors it must never fall below.

/** How many times better than a peer Gatepost must be; null where no bar is set. */
export type Floor = { readonly rate: number; readonly cpu: number; readonly p99: number | null }

type Common = {
  readonly name: string
  readonly title: string
  readonly floors: ReadonlyMap<string, Floor>
  /** Left out of `--quick`. */
  readonly slow: boolean
}

/**
 * Accept, store, relay to the sink (W1), with signed mail also authenticate (W3). `perConnection` 0 means as
 * many as there are.
 */
export type RelayCell = Common & {
  readonly kind: 'relay'
  readonly sessions: number
  readonly perConnection: number
  readonly sizeBytes: number
  /** How many of `--messages` this cell sends. */
  readonly share: number
  /** Mail with a DKIM signature of a domain that publishes SPF and DMARC, or without all that. */
  readonly mail: 'plain' | 'signed'
  /** With STARTTLS first; resumed where a ticket is at hand, as it is for a host that sends much. */
  readonly transport: 'plain' | 'starttls' | 'starttls-resumed'
}

/** Unknown recipients, refused at RCPT, or first contacts of unknown senders, deferred there (W2). */
export type RejectCell = Common & {
  readonly kind: 'reject'
  readonly what: 'unknown-recipient' | 'first-contact'
  readonly sessions: number
  readonly perConnection: number
  readonly share: number
}

/** Sessions that sent EHLO and then nothing (W4). */
export type IdleCell = Common & {
  readonly kind: 'idle'
  readonly sessions: number
  /** Gatepost's own bar, whatever peers need: MiB in all and KiB a session. */
  readonly bar: { readonly pssMib: number; readonly kibPerSession: number } | null
}

export type Cell = RelayCell | RejectCell | IdleCell

const KIB = 1024

const relayFloors = new Map<string, Floor>([
  ['postfix', { rate: 3, cpu: 3, p99: 1 }],
  ['haraka', { rate: 5, cpu: 5, p99: null }],
])

const authenticationFloors = new Map<string, Floor>([['postfix-rspamd', { rate: 2.5, cpu: 2.5, p99: null }]])

const greylistFloors = new Map<string, Floor>([['postfix-postgrey', { rate: 3, cpu: 3, p99: null }]])

const rejectFloors = new Map<string, Floor>([['postfix', { rate: 2, cpu: 2, p99: null }]])

/** The floors of a cell apply to the peers they name; `--cells` picks by the start of a name. */
export const cells: readonly Cell[] = [
  relay('w1-4k-one', '4 KiB, 20 sessions, one message a connection', {
    perConnection: 1,
    sizeBytes: 4 * KIB,
  }),
  relay('w1-4k-many', '4 KiB, 20 sessions, many a connection', { perConnection: 0, sizeBytes: 4 * KIB }),
  relay('w1-50k-one', '50 KiB, 20 sessions, one message a connection', {
    perConnection: 1,
    sizeBytes: 50 * KIB,
    share: 0.5,
  }),
  relay('w1-50k-many', '50 KiB, 20 sessions, many a connection', {
    perConnection: 0,
    sizeBytes: 50 * KIB,
    share: 0.5,
  }),
  signed('w3-4k-one', '4 KiB, 20 sessions, one message a connection', {
    perConnection: 1,
    sizeBytes: 4 * KIB,
  }),
  signed('w3-50k-one', '50 KiB, 20 sessions, one message a connection', {
    perConnection: 1,
    sizeBytes: 50 * KIB,
    share: 0.5,
  }),
  tls('w1-tls-many', '4 KiB, 20 sessions with STARTTLS, many a connection', {
    perConnection: 0,
    transport: 'starttls',
  }),
  tls('w1-tls-resumed', '4 KiB, 20 sessions with STARTTLS resumed, one message a connection', {
    perConnection: 1,
    transport: 'starttls-resumed',
  }),
  reject('w2-one', 'Unknown recipient → 550, 20 sessions, one attempt a connection', 1),
  reject('w2-five', 'Unknown recipient → 550, 20 sessions, five attempts a connection', 5),
  firstContact('w2-greylist', 'First contact → 451, 20 sessions, one attempt a connection', 1),
  idle(1_000, { slow: false, bar: null }),
  idle(5_000, { slow: true, bar: { pssMib: 150, kibPerSession: 10 } }),
]

/** Cells whose name starts with one of `wanted`; all when none is given. */
export function pickCells(wanted: readonly string[], isQuick: boolean): readonly Cell[] {
  if (wanted.length === 0) return cells.filter(({ slow }) => !(isQuick && slow))
  return cells.filter(({ name }) => wanted.some((start) => name.startsWith(start)))
}

function relay(
  name: string,
  title: string,
  shape: { readonly perConnection: number; readonly sizeBytes: number; readonly share?: number },
): RelayCell {
  const { perConnection, sizeBytes, share = 1 } = shape
  return {
    kind: 'relay',
    name,
    title: `W1: ${title}`,
    floors: relayFloors,
    slow: false,
    sessions: 20,
    perConnection,
    sizeBytes,
    share,
    mail: 'plain',
    transport: 'plain',
  }
}

function signed(name: string, title: string, shape: Parameters<typeof relay>[2]): RelayCell {
  const floors = authenticationFloors
  return { ...relay(name, '', shape), title: `W3: SPF, DKIM and DMARC, ${title}`, floors, mail: 'signed' }
}

/** Ratios without a bar (decisions 57): what TLS costs is mostly the same library for all. */
function tls(
  name: string,
  title: string,
  { perConnection, transport }: Pick<RelayCell, 'perConnection' | 'transport'>,
): RelayCell {
  const cell = relay(name, title, { perConnection, sizeBytes: 4 * KIB, share: 0.5 })
  return { ...cell, transport, floors: new Map() }
}

function reject(name: string, title: string, perConnection: number): RejectCell {
  const common = { name, title: `W2: ${title}`, floors: rejectFloors, slow: false }
  return { kind: 'reject', what: 'unknown-recipient', ...common, sessions: 20, perConnection, share: 1 }
}

/** New triplets, each remembered on disk. */
function firstContact(name: string, title: string, perConnection: number): RejectCell {
  return { ...reject(name, title, perConnection), what: 'first-contact', floors: greylistFloors }
}

function idle(sessions: number, { slow, bar }: Pick<IdleCell, 'slow' | 'bar'>): IdleCell {
  const title = `W4: ${sessions.toLocaleString('en-GB')} idle sessions after EHLO`
  return { kind: 'idle', name: `w4-${sessions}`, title, floors: new Map(), slow, sessions, bar }
}
