// Keeps what reports say of held mail. A report that comes twice changes nothing.
import type { Store, Trx } from '#store/open.ts'
import type { AuthorSeen } from '../first-contact/seen.ts'
import { firstJudgedAt } from './judge-again.ts'
import type { HeldMailNote, HeldNotes, HeldOutcomeNote } from './notes.ts'

export type KeptHeld = {
  /** Recipients that are newly held. */
  readonly added: number
  /** Held by somebody later, and not known here: their message has to be looked up. */
  readonly unknown: readonly HeldOutcomeNote[]
  /** Whom a release made known to its recipients. */
  readonly authors: readonly AuthorSeen[]
}

/** Stores a batch. */
export async function keepHeld(store: Store, { held, outcomes }: HeldNotes): Promise<KeptHeld> {
  if (held.length === 0 && outcomes.length === 0) return { added: 0, unknown: [], authors: [] }
  return store.transaction(async (trx) => {
    const unknown: HeldOutcomeNote[] = []
    const authors: AuthorSeen[] = []
    let added = 0
    for (const note of held) added += await insertHeld(trx, note)
    for (const note of outcomes) {
      if (!(await noteOutcome(trx, note))) unknown.push(note)
      if (note.outcome === 'released') authors.push(...(await authorsOfReleased(trx, note)))
    }
    return { added, unknown, authors }
  })
}

async function insertHeld(trx: Trx, note: HeldMailNote): Promise<number> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('held_mail')
    .values(rowOf(note))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(numInsertedOrUpdatedRows ?? 0n)
}

export function rowOf(note: HeldMailNote) {
  return {
    tenant_id: note.tenantId,
    message_id: note.messageId,
    recipient_index: note.index,
    recipient: note.recipient,
    mailbox: note.mailbox,
    class: note.class,
    because: note.because,
    rule_name: note.ruleName,
    score: note.score,
    author: note.author,
    reverse_path: note.reversePath,
    subject: note.subject,
    size: note.size,
    direction: note.direction,
    held_at: note.at,
    state: 'held',
    decided_at: null,
    decided_by: null,
    decision: null,
    told_at: null,
    requested_at: null,
    requested_by: null,
    request_text: null,
    seconded_by: null,
    seconded_at: null,
    again_at: note.because === 'deferred-for-this-recipient' ? firstJudgedAt(note.at) : null,
    judged: 0,
    first_contact: note.isFirstContact ? 1 : 0,
    new_author: note.newAuthor,
  } as const
}

/** Now the recipient reads it, and its author is no stranger any more. */
async function authorsOfReleased(
  trx: Trx,
  { tenantId, messageId, indexes, at }: HeldOutcomeNote,
): Promise<readonly AuthorSeen[]> {
  const rows = await trx
    .selectFrom('held_mail')
    .select(['mailbox', 'new_author'])
    .where('tenant_id', '=', tenantId)
    .where('message_id', '=', messageId)
    .where('recipient_index', 'in', [...indexes])
    .where('direction', '=', 'inbound')
    .where('new_author', 'is not', null)
    .execute()
  return rows.flatMap(({ mailbox: recipient, new_author: author }) => {
    return author === null ? [] : [{ tenantId, author, recipient, at }]
  })
}

/** False for mail held later of which there is no row yet. */
async function noteOutcome(trx: Trx, note: HeldOutcomeNote): Promise<boolean> {
  const { tenantId, messageId, indexes, outcome, at, by, text } = note
  if (outcome === 'held') return holdAgain(trx, note)
  await trx
    .updateTable('held_mail')
    .set({ state: outcome, decided_at: at, decided_by: by, decision: text === '' ? null : text })
    .where('tenant_id', '=', tenantId)
    .where('message_id', '=', messageId)
    .where('recipient_index', 'in', [...indexes])
    .where('state', '=', 'held')
    .execute()
  return true
}

/** Held once more after a release, by a person or because nobody may be told of its failure. */
async function holdAgain(
  trx: Trx,
  { tenantId, messageId, indexes, at, by, text }: HeldOutcomeNote,
): Promise<boolean> {
  const known = await trx
    .selectFrom('held_mail')
    .select('recipient_index')
    .where('tenant_id', '=', tenantId)
    .where('message_id', '=', messageId)
    .where('recipient_index', 'in', [...indexes])
    .execute()
  if (known.length < indexes.length) return false
  await trx
    .updateTable('held_mail')
    .set({
      state: 'held',
      class: by === null ? 'undeliverable' : 'by-person',
      because: text === '' ? 'held' : text,
      held_at: at,
      told_at: null,
      decided_at: null,
      decided_by: by,
      decision: null,
      // Held anew: nobody asked for it yet, nobody released it once, and nothing judges a person's hold.
      requested_at: null,
      requested_by: null,
      request_text: null,
      seconded_by: null,
      seconded_at: null,
      again_at: null,
    })
    .where('tenant_id', '=', tenantId)
    .where('message_id', '=', messageId)
    .where('recipient_index', 'in', [...indexes])
    .where('held_at', '<', at)
    .execute()
  return true
}
