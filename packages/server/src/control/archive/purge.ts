// What is past its days goes: its text from the records, its words from the index, its content from the
// store. The place in the chain stays, and a record says what went. A hold wins over everything.
import { addressKey } from '@gatepost/mail/address.ts'
import { type Ledger, messageKeyOf } from './ledger.ts'
import { type Month, type MonthFiles, monthOf } from './month-file.ts'
import type { PackedContent } from './packed-content.ts'
import { type Compiled, compileQuery } from './question.ts'
import type { AdditionRecord, EntryRecord } from './record.ts'
import { archiveKeys } from './seal.ts'
import { additionsOf, fits } from './search.ts'
import type { Asked, RetentionWord } from './thread-wire.ts'

const DAY_MS = 86_400_000
/** Entries that go in one transaction. */
const BATCH = 500

type Parts = { readonly files: MonthFiles; readonly content: PackedContent; readonly ledger: Ledger }

export async function purge(
  { files, content, ledger }: Parts,
  { tenant, retention, now, why }: Asked['purge']['in'],
): Promise<Asked['purge']['out']> {
  const { tenantId } = tenant
  const keys = archiveKeys(Buffer.from(tenant.secret, 'base64'))
  const shortest = shortestOf(retention)
  let removed = 0
  let kept = 0
  if (shortest === null) return { removed, kept, head: ledger.head(tenantId) }
  const holds = retention.holds.map(compileQuery)
  const days = compileDays(retention)
  for (const name of files.months(tenantId)) {
    const month = files.open(tenantId, name)!
    for (let after = 0; ; ) {
      const rows = month
        .sql(
          `select e.seq, e.at, e.digest, r.body from entry e join record r on r.seq = e.seq
            where e.at < ? and e.seq > ? order by e.seq limit ?`,
        )
        .all(now - shortest * DAY_MS, after, BATCH)
      if (rows.length === 0) break
      after = Number(rows.at(-1)!.seq)
      const going = rows.filter((row) => {
        const additions = additionsOf(files, tenantId, { month: name, seq: Number(row.seq) })
        return isOver(row, { days, now, additions }) && !isHeld(month, Number(row.seq), holds)
      })
      kept += rows.length - going.length
      if (going.length === 0) continue
      const seqs = going.map(({ seq }) => Number(seq))
      const current = files.open(tenantId, monthOf(now))!
      const gone = additionsAt(files, { tenantId, name, seqs })
      current.transaction(() =>
        ledger.append(
          { tenantId, current, keys, now },
          { kind: 'removal', archivedAt: now, why, seqs: [...seqs, ...gone] },
          null,
        ),
      )
      // Said first: what is emptied without a word is a fault. The content goes before the entries that name
      // it: stopped between the two, the next night finds them and goes on.
      await content.remove(tenantId, unusedOf(ledger, tenantId, going))
      emptyRows(files, { tenantId, name, seqs })
      removed += going.length
    }
  }
  // Also what a purge that was stopped left behind.
  await content.settle(tenantId)
  return { removed, kept, head: ledger.head(tenantId) }
}

/** Contents that no entry names but those that go. */
function unusedOf(ledger: Ledger, tenantId: string, going: readonly Record<string, unknown>[]): string[] {
  const without = new Set(going.map(({ seq }) => Number(seq)))
  const keys = new Map(
    going.map(({ digest, body }) => {
      const { messageId } = JSON.parse(String(body)) as EntryRecord
      return [String(digest), messageKeyOf(messageId, String(digest))] as const
    }),
  )
  return [...keys]
    .filter(([digest, key]) => !ledger.isUsed(tenantId, { digest, key, without }))
    .map(([digest]) => digest)
}

/** Nothing younger than this can be over. */
function shortestOf({ days, rules }: RetentionWord): number | null {
  const all = [...(days === null ? [] : [days]), ...rules.map((rule) => rule.days)]
  return all.length === 0 ? null : Math.min(...all)
}

type Days = {
  /** Null: for ever. */
  readonly everybody: number | null
  readonly addresses: ReadonlyMap<string, number>
  readonly domains: ReadonlyMap<string, number>
}

/** A group is a rule for each address in it: they are looked up, not gone through for every message. */
function compileDays({ days, rules }: RetentionWord): Days {
  const addresses = new Map<string, number>()
  const domains = new Map<string, number>()
  for (const rule of rules) {
    const found = rule.kind === 'address' ? addresses : domains
    found.set(rule.value, Math.max(rule.days, found.get(rule.value) ?? 0))
  }
  return { everybody: days, addresses, domains }
}

/** The longest of the rules that fit counts; who has none keeps it for the organisation's days. */
function daysFor(people: readonly { readonly address: string }[], days: Days): number | null {
  let longest = 0
  for (const { address } of people) {
    // Users of groups stand there by their keys, with domains in A-labels.
    for (const key of [address.toLowerCase(), addressKey(address)]) {
      const domain = key.slice(key.lastIndexOf('@') + 1)
      longest = Math.max(longest, days.addresses.get(key) ?? 0, days.domains.get(domain) ?? 0)
    }
  }
  return longest === 0 ? days.everybody : longest
}

function isOver(
  row: Record<string, unknown>,
  about: {
    readonly days: Days
    readonly now: number
    readonly additions: readonly AdditionRecord[]
  },
): boolean {
  if (typeof row.body !== 'string') return false
  const entry = JSON.parse(row.body) as EntryRecord
  const all = [...entry.people, ...about.additions.flatMap((addition) => addition.people)]
  const days = daysFor(all, about.days)
  return days !== null && ageFrom(Number(row.at), [entry, ...about.additions]) < about.now - days * DAY_MS
}

/**
 * From when the days count: what came through the gateway is no older than that, as its author may write any
 * date; a copy that the journal alone brought may be old mail, and is as old as it says.
 */
function ageFrom(
  writtenAt: number,
  copies: readonly Pick<EntryRecord | AdditionRecord, 'source' | 'archivedAt'>[],
): number {
  const seen = copies.flatMap(({ source, archivedAt }) => (source === 'gateway' ? archivedAt : []))
  return Math.max(writtenAt, ...seen)
}

function isHeld(month: Month, seq: number, holds: readonly Compiled[]): boolean {
  return holds.some((hold) => fits(month, seq, hold))
}

type Going = { readonly tenantId: string; readonly name: string; readonly seqs: readonly number[] }

/** Places of what was added to entries: in their month or the one behind it. */
function additionsAt(files: MonthFiles, { tenantId, name, seqs }: Going): number[] {
  return monthsFrom(files, tenantId, name).flatMap((other) => {
    const file = files.open(tenantId, other)!
    return seqs.flatMap((seq) =>
      file
        .sql('select seq from addition where entry = ?')
        .all(seq)
        .map((row) => Number(row.seq)),
    )
  })
}

/** Empties the records of entries and of what was added to them. */
function emptyRows(files: MonthFiles, { tenantId, name, seqs }: Going): void {
  for (const other of monthsFrom(files, tenantId, name)) {
    const month = files.open(tenantId, other)!
    month.transaction(() => {
      const empty = month.sql('update record set body = null, delivery = null where seq = ?')
      for (const seq of seqs) {
        for (const row of month.sql('select seq from addition where entry = ?').all(seq))
          empty.run(Number(row.seq))
        month.sql('delete from addition where entry = ?').run(seq)
        if (other !== name) continue
        empty.run(seq)
        month.sql('delete from entry where seq = ?').run(seq)
        month.words.drop(seq)
      }
    })
  }
}

function monthsFrom(files: MonthFiles, tenantId: string, name: string): readonly string[] {
  const names = files.months(tenantId)
  const at = names.indexOf(name)
  return names.slice(at, at + 2)
}
