// Applying: staged differences become users and groups, a batch a transaction, so that mail and pages go on
// beside it and a run that stops leaves whole batches behind (D8).

import type { Store } from '#store/open.ts'
import { type Applied, applyPeople, type ConnectorSource } from '../user/apply.ts'
import { type ChangeRow, plannedChanges, setRun, settleChanges } from './run-store.ts'
import { skippedDigest } from './stage.ts'
import { deleteEntries, type Place, putEntries, setGone } from './store.ts'
import { bodyOf, entryOf } from './tailor.ts'

export type ApplyInput = {
  readonly place: Place
  readonly runId: string
  readonly source: ConnectorSource
  /** Who leaves stays as an address that receives mail. */
  readonly leaversStay: boolean
  readonly circumstances: string
  readonly now: () => number
}

export type Tally = { applied: number; kept: number; skipped: number }

/** One transaction's work: short for other writers, long enough to be quick. */
const BATCH = 250

/**
 * Applies what is planned. `between` is called after each batch with the sums so far; it may throw to stop.
 */
export async function applyPlanned(
  input: ApplyInput,
  deps: { readonly store: Store },
  between: (tally: Readonly<Tally>) => Promise<void>,
): Promise<Tally> {
  const { store } = deps
  const run = { tenantId: input.place.tenantId, id: input.runId }
  const tally: Tally = { applied: 0, kept: 0, skipped: 0 }
  for (;;) {
    const planned = await plannedChanges(store.db, run, BATCH)
    const [first] = planned
    if (first === undefined) return tally
    // One phase a batch: groups are told of people that are there.
    const batch = planned.filter(({ phase }) => phase === first.phase)
    await store.transaction(async (trx) => {
      const counted = await applyBatch(batch, input, { trx, store })
      tally.applied += counted.applied
      tally.kept += counted.kept
      tally.skipped += counted.skipped
      await setRun(trx, run, tally)
    })
    await between(tally)
  }
}

type Inside = { readonly trx: Parameters<typeof applyPeople>[0]; readonly store: Store }

async function applyBatch(batch: readonly ChangeRow[], input: ApplyInput, inside: Inside): Promise<Tally> {
  const upserts = batch.filter(({ change_kind }) => change_kind === 'add' || change_kind === 'change')
  const removals = batch.filter(({ change_kind }) => change_kind === 'remove')
  const { trx, store } = inside
  const now = input.now()
  await setGone(trx, input.place, { externalIds: idsOf(batch, 'leave'), since: now })
  await setGone(trx, input.place, { externalIds: idsOf(batch, 'return'), since: null })
  if (upserts.length + removals.length === 0) return settle(batch, null, { input, inside })
  const applied = await applyPeople(
    trx,
    {
      tenantId: input.place.tenantId,
      source: input.source,
      upserts: upserts.map(({ external_id, body }) => entryOf(external_id, body ?? '{}')),
      removals: removals.map(({ external_id }) => external_id),
      leaversStay: input.leaversStay,
      now,
    },
    { store },
  )
  const skipped = new Set(applied.skipped.map(({ externalId }) => externalId))
  await deleteEntries(trx, input.place, idsOf(batch, 'remove'))
  await putEntries(
    trx,
    upserts.map(({ external_id, entry_kind, name, email, digest, body }) => ({
      tenant_id: input.place.tenantId,
      connector_id: input.place.id,
      external_id,
      entry_kind,
      name,
      email,
      digest: skipped.has(external_id) ? skippedDigest(digest, input.circumstances) : digest,
      body: bodyOf(entryOf(external_id, body ?? '{}'), false),
      gone_since: null,
    })),
  )
  return settle(batch, applied, { input, inside })
}

/** Writes down what became of each difference. */
async function settle(
  batch: readonly ChangeRow[],
  applied: Applied | null,
  { input, inside }: { readonly input: ApplyInput; readonly inside: Inside },
): Promise<Tally> {
  const run = { tenantId: input.place.tenantId, id: input.runId }
  const why = new Map((applied?.skipped ?? []).map((note) => [note.externalId, note.why]))
  const kept = new Set(
    (applied?.changes ?? []).flatMap(({ kind, externalId }) =>
      kind === 'kept' && externalId ? [externalId] : [],
    ),
  )
  const bySentence = Map.groupBy(batch, ({ external_id }) => why.get(external_id) ?? '')
  const tally: Tally = { applied: batch.length, kept: applied?.kept ?? 0, skipped: 0 }
  for (const [sentence, rows] of bySentence) {
    if (sentence === '') {
      const stays = rows.filter(
        ({ change_kind, external_id }) => change_kind === 'remove' && kept.has(external_id),
      )
      const done = rows.filter((row) => !stays.includes(row))
      await settleChanges(inside.trx, run, { positions: positionsOf(done), outcome: 'applied' })
      await settleChanges(inside.trx, run, { positions: positionsOf(stays), outcome: 'kept', why: KEPT })
    } else {
      tally.skipped += rows.length
      tally.applied -= rows.length
      await settleChanges(inside.trx, run, {
        positions: positionsOf(rows),
        outcome: 'skipped',
        why: sentence,
      })
    }
  }
  return tally
}

const KEPT = 'It stays: another source names it, or mail goes on to it.'

function positionsOf(rows: readonly ChangeRow[]): readonly number[] {
  return rows.map(({ position }) => position)
}

function idsOf(batch: readonly ChangeRow[], kind: ChangeRow['change_kind']): readonly string[] {
  return batch.filter(({ change_kind }) => change_kind === kind).map(({ external_id }) => external_id)
}
