// Where each content of an organisation stands in its packs: a file of its own beside the months of the
// index. What it says is durable before anybody is told that a message is kept.
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { ensureFolder, fileExists } from '#platform/files.ts'
import { inTransaction } from '#platform/sqlite-transaction.ts'

const SCHEMA = `
  create table if not exists pack (
    number integer primary key,
    octets integer not null,
    dead integer not null default 0
  );
  create table if not exists place (
    digest blob primary key,
    pack integer not null,
    at integer not null,
    length integer not null
  ) without rowid;
`
/**
 * Digests fall all over the tree: the longer the log, the more of them share a page when it is written back.
 */
const PRAGMAS = `pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -32000;
  pragma wal_autocheckpoint = 12000;`
const BUSY_MS_MAX = 10_000
/** Organisations whose file is open at once. */
const OPEN_MAX = 64
/** More than any pack has: nothing is written behind it. */
const FULL_OCTETS = 2 ** 40
export const PLACES_FILE = 'places.db'

/** Octets of a pack, header included. */
export type Place = { readonly pack: number; readonly at: number; readonly length: number }
export type Placed = Place & { readonly digest: string }
export type Pack = { readonly number: number; readonly octets: number; readonly dead: number }

export class Places {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string, isReader: boolean) {
    this.#database = new DatabaseSync(path, { timeout: BUSY_MS_MAX })
    if (isReader) this.#database.exec('pragma query_only = on; pragma cache_size = -16000')
    else {
      this.#database.exec(PRAGMAS)
      this.#database.exec(SCHEMA)
    }
  }

  find(digest: string): Place | null {
    const row = this.#sql('select pack, at, length from place where digest = ?').get(keyOf(digest))
    return row === undefined ? null : placeOf(row)
  }

  /** The pack that the next content is written behind, or null before the first. */
  last(): Pack | null {
    const row = this.#sql('select number, octets, dead from pack order by number desc limit 1').get()
    return row === undefined ? null : packOf(row)
  }

  /** Notes a pack's new end and what stands in it now; of what stood elsewhere the old place is forgotten. */
  note(number: number, octets: number, placed: readonly Placed[]): void {
    inTransaction(this.#database, () => {
      this.#sql(
        'insert into pack (number, octets) values (?, ?) on conflict (number) do update set octets = ?',
      ).run(number, octets, octets)
      const put = this.#sql('insert or replace into place (digest, pack, at, length) values (?, ?, ?, ?)')
      for (const { digest, pack, at, length } of placed) put.run(keyOf(digest), pack, at, length)
    })
  }

  /** Forgets contents; resolves with those that were in no pack. */
  forget(digests: readonly string[]): readonly string[] {
    return inTransaction(this.#database, () =>
      digests.filter((digest) => {
        const row = this.#sql('delete from place where digest = ? returning pack, at, length').get(
          keyOf(digest),
        )
        if (row === undefined) return true
        const { pack, length } = placeOf(row)
        this.#sql('update pack set dead = dead + ? where number = ?').run(length, pack)
        return false
      }),
    )
  }

  /** Packs that hold something nobody wants any more. */
  withDead(): readonly Pack[] {
    const rows = this.#sql('select number, octets, dead from pack where dead > 0 order by number').all()
    return rows.map(packOf)
  }

  all(): readonly Pack[] {
    return this.#sql('select number, octets, dead from pack order by number').all().map(packOf)
  }

  /** What stands in these packs, in its order. Goes through all places once. */
  standingIn(numbers: readonly number[]): readonly Placed[] {
    const marks = numbers.map(() => '?').join(', ')
    return this.#database
      .prepare(`select digest, pack, at, length from place where pack in (${marks}) order by pack, at`)
      .all(...numbers)
      .map((row) => ({ digest: Buffer.from(row.digest as Uint8Array).toString('hex'), ...placeOf(row) }))
  }

  /** Forgets a pack whose file is gone. The last one keeps its row, so that no number comes twice. */
  dropPack(number: number): void {
    const { changes } = this.#sql(
      'update pack set octets = ?, dead = 0 where number = ? and number = (select max(number) from pack)',
    ).run(FULL_OCTETS, number)
    if (changes === 0) this.#sql('delete from pack where number = ?').run(number)
  }

  close(): void {
    this.#database.close()
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }
}

/** The places of all organisations, below `archive/index`. */
export class PlaceFiles {
  readonly #folder: string
  readonly #isReader: boolean
  readonly #open = new Map<string, Places>()

  constructor(folder: string, isReader: boolean) {
    this.#folder = folder
    this.#isReader = isReader
  }

  /** A reader gets null where nothing was packed yet. */
  open(tenantId: string): Places | null {
    const known = this.#open.get(tenantId)
    if (known !== undefined) return known
    const path = join(this.#folder, tenantId, PLACES_FILE)
    if (this.#isReader && !fileExists(path)) return null
    if (!this.#isReader) ensureFolder(join(this.#folder, tenantId))
    const [oldest] = this.#open.keys()
    if (this.#open.size >= OPEN_MAX && oldest !== undefined) this.close(oldest)
    const places = new Places(path, this.#isReader)
    this.#open.set(tenantId, places)
    return places
  }

  close(tenantId: string): void {
    this.#open.get(tenantId)?.close()
    this.#open.delete(tenantId)
  }

  closeAll(): void {
    for (const tenantId of [...this.#open.keys()]) this.close(tenantId)
  }
}

function keyOf(digest: string): Buffer {
  return Buffer.from(digest, 'hex')
}

function placeOf({ pack, at, length }: Record<string, unknown>): Place {
  return { pack: Number(pack), at: Number(at), length: Number(length) }
}

function packOf({ number, octets, dead }: Record<string, unknown>): Pack {
  return { number: Number(number), octets: Number(octets), dead: Number(dead) }
}
