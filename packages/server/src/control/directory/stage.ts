// Reading: what a directory lists is compared with what is known of it, entry by entry, and only differences
// are kept. Memory holds fingerprints alone, so a directory of 100,000 entries needs some 20 MB (D8).
import { type DirectoryEvent, DirectoryFault } from '@gatepost/directory/entry.ts'
import type { Db } from '#store/open.ts'
import type { NewRow } from '#store/schema.ts'
import { addChanges } from './run-store.ts'
import { batchesOf, entriesById, fingerprints, type Place } from './store.ts'
import { bodyOf, digestOf, fieldsOf, tailored, type Wish } from './tailor.ts'

export type Staged = {
  readonly mode: 'full' | 'delta'
  readonly cursor: string | null
  readonly notListed: readonly string[]
  readonly known: number
  readonly listed: number
  readonly adds: number
  readonly changes: number
  /** Missing for the first time, with or without a time of grace. */
  readonly missing: number
  /** Missing for the first time, so that their time of grace begins. */
  readonly leaving: number
  /** Missing longer than the time of grace. */
  readonly due: number
  /** Leaving and due. */
  readonly gone: number
  readonly planned: number
}

export type StageInput = {
  readonly place: Place
  readonly runId: string
  readonly events: AsyncIterable<DirectoryEvent>
  readonly wish: Wish
  readonly graceMs: number
  /** Entries that could not be taken over are tried again when this differs from last time. */
  readonly circumstances: string
  readonly now: number
}

/** Told now and then, with pauses for others; may throw to stop. */
export type Progress = (read: number, total: number | null) => Promise<void>

type Mark = { digest: string; goneSince: number | null; isSeen: boolean }
type Found = Omit<NewRow<'sync_change'>, 'tenant_id' | 'run_id' | 'position' | 'fields' | 'outcome' | 'why'>

/** Order of application: people before groups that name them, removals last. */
const PHASES = { people: 0, groups: 1, leavers: 2, removals: 3 } as const
/** Differences written at once. */
const BATCH = 400

/** Reads to the end and stages what differs. Throws `DirectoryFault` when the listing was cut off. */
export async function stage(input: StageInput, db: Db, progress: Progress): Promise<Staged> {
  const work = new Stage(input, db)
  await work.meet()
  let end: Extract<DirectoryEvent, { kind: 'end' }> | null = null
  for await (const event of input.events) {
    if (event.kind === 'entry') await work.take(event.entry)
    else if (event.kind === 'removed') work.remove(event.externalId)
    else if (event.kind === 'end') end = event
    else await progress(event.read, event.total)
  }
  if (end === null) throw CUT_OFF
  return work.finish(end)
}

const CUT_OFF = new DirectoryFault({
  step: 'list',
  code: 'cut-off',
  saw: 'The listing broke off before its end.',
  remedy: 'The list is not whole, so nothing was taken over. The next run tries again.',
})

class Stage {
  readonly #input: StageInput
  readonly #db: Db
  readonly #marks = new Map<string, Mark>()
  readonly #removed = new Set<string>()
  #found: (Found & { readonly isNew: boolean })[] = []
  #position = 0
  #listed = 0
  #adds = 0
  #changes = 0
  #known = 0

  constructor(input: StageInput, db: Db) {
    this.#input = input
    this.#db = db
  }

  /** Learns the fingerprints of what is known. */
  async meet(): Promise<void> {
    for await (const page of fingerprints(this.#db, this.#input.place)) {
      for (const { externalId, digest, goneSince } of page) {
        this.#marks.set(externalId, { digest, goneSince, isSeen: false })
        if (goneSince === null) this.#known += 1
      }
    }
  }

  async take(listed: Parameters<typeof tailored>[0]): Promise<void> {
    const entry = tailored(listed, this.#input.wish)
    if (entry === null) return
    const { externalId, kind, name, email } = entry
    const mark = this.#marks.get(externalId)
    // A page may repeat what moved meanwhile; the first word counts.
    if (mark?.isSeen) return
    this.#listed += 1
    const digest = digestOf(entry)
    this.#marks.set(externalId, { digest, goneSince: mark?.goneSince ?? null, isSeen: true })
    const base = { external_id: externalId, entry_kind: kind, name, email }
    if (mark !== undefined && isSame(mark.digest, digest, this.#input.circumstances)) {
      if (mark.goneSince !== null)
        await this.#stage(
          { ...base, change_kind: 'return', phase: PHASES.leavers, digest, body: null },
          false,
        )
      return
    }
    if (mark === undefined) this.#adds += 1
    else this.#changes += 1
    const phase = kind === 'group' ? PHASES.groups : PHASES.people
    const change_kind = mark === undefined ? 'add' : 'change'
    await this.#stage({ ...base, change_kind, phase, digest, body: bodyOf(entry, true) }, mark === undefined)
  }

  /** A delta says that somebody is gone; silence says nothing then. */
  remove(externalId: string): void {
    if (this.#marks.has(externalId)) this.#removed.add(externalId)
  }

  async finish(end: Extract<DirectoryEvent, { kind: 'end' }>): Promise<Staged> {
    const { now, graceMs } = this.#input
    const missing: string[] = []
    const due: string[] = []
    let firstTime = 0
    for (const [externalId, { goneSince, isSeen }] of this.#marks) {
      const isGone =
        end.mode === 'full' ? !isSeen : this.#removed.has(externalId) || (goneSince !== null && !isSeen)
      if (!isGone) continue
      if (goneSince === null) firstTime += 1
      if (graceMs === 0 || (goneSince !== null && now - goneSince >= graceMs)) due.push(externalId)
      else if (goneSince === null) missing.push(externalId)
    }
    await this.#stageGone(missing, 'leave')
    await this.#stageGone(due, 'remove')
    await this.#flush()
    return {
      mode: end.mode,
      cursor: end.cursor,
      notListed: end.notListed,
      known: this.#known,
      listed: this.#listed,
      adds: this.#adds,
      changes: this.#changes,
      missing: firstTime,
      leaving: missing.length,
      due: due.length,
      gone: missing.length + due.length,
      planned: this.#position,
    }
  }

  async #stageGone(externalIds: readonly string[], change_kind: 'leave' | 'remove'): Promise<void> {
    const phase = change_kind === 'leave' ? PHASES.leavers : PHASES.removals
    for (const batch of batchesOf(externalIds, BATCH)) {
      const rows = await entriesById(this.#db, this.#input.place, batch)
      for (const { external_id, entry_kind, name, email, digest } of rows.values())
        await this.#stage(
          { external_id, entry_kind, name, email, digest, change_kind, phase, body: null },
          true,
        )
    }
  }

  async #stage(found: Found, isNew: boolean): Promise<void> {
    this.#found.push({ ...found, isNew })
    if (this.#found.length >= BATCH) await this.#flush()
  }

  async #flush(): Promise<void> {
    const found = this.#found
    this.#found = []
    if (found.length === 0) return
    const { place, runId } = this.#input
    const changed = found.filter(({ isNew, change_kind }) => !isNew && change_kind === 'change')
    const before = await entriesById(
      this.#db,
      place,
      changed.map(({ external_id }) => external_id),
    )
    const rows = found.map(({ isNew: _isNew, ...change }) => {
      this.#position += 1
      const old = before.get(change.external_id)
      return {
        ...change,
        tenant_id: place.tenantId,
        run_id: runId,
        position: this.#position,
        fields: JSON.stringify(old && change.body ? fieldsOf(old.body, change.body) : []),
        outcome: 'planned' as const,
        why: null,
      }
    })
    await addChanges(this.#db, rows)
  }
}

/** What could not be taken over is kept as `DIGEST|CIRCUMSTANCES`: other circumstances, another try. */
export function skippedDigest(digest: string, circumstances: string): string {
  return `${digest}|${circumstances}`
}

function isSame(known: string, digest: string, circumstances: string): boolean {
  return known === digest || known === skippedDigest(digest, circumstances)
}
