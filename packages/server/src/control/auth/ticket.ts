// One-time tickets: challenges, requests to identity providers and reset links. Each is taken once; what is
// taken is gone, whether what follows works or not.
import { digestOf } from '#platform/random.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'

export type TicketKind = Row<'sign_in_ticket'>['kind']

/** Tickets of one kind that may wait at once; the oldest go first, so that nobody fills the disk. */
const WAITING_MAX = 20_000

export type NewTicket = {
  readonly kind: TicketKind
  /** The secret or id that its holder brings back. */
  readonly secret: string
  readonly personId?: string | null
  readonly value: unknown
  readonly now: number
  readonly lifeMs: number
}

/** Adds a ticket; one with the same secret takes the place of the former. */
export async function addTicket(db: Db, ticket: NewTicket): Promise<void> {
  const { kind, secret, personId = null, value, now, lifeMs } = ticket
  await db.deleteFrom('sign_in_ticket').where('expires_at', '<=', now).execute()
  const { count } = await db
    .selectFrom('sign_in_ticket')
    .select((select) => select.fn.countAll().as('count'))
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow()
  if (Number(count) >= WAITING_MAX) {
    await db
      .deleteFrom('sign_in_ticket')
      .where('digest', 'in', (oldest) =>
        oldest
          .selectFrom('sign_in_ticket')
          .select('digest')
          .where('kind', '=', kind)
          .orderBy('created_at')
          .limit(100),
      )
      .execute()
  }
  const row = {
    kind,
    person_id: personId,
    value: JSON.stringify(value),
    created_at: now,
    expires_at: now + lifeMs,
  }
  await db
    .insertInto('sign_in_ticket')
    .values({ digest: digestOf(`${kind} ${secret}`), ...row })
    .onConflict((conflict) => conflict.column('digest').doUpdateSet(row))
    .execute()
}

export type Ticket = { readonly personId: string | null; readonly value: unknown; readonly createdAt: number }

/** Takes a ticket: it cannot be taken twice. Null for one that is not there, over, or of another kind. */
export async function takeTicket(
  db: Db,
  options: { readonly kind: TicketKind; readonly secret: string; readonly now: number },
): Promise<Ticket | null> {
  const { kind, secret, now } = options
  const row = await db
    .deleteFrom('sign_in_ticket')
    .where('digest', '=', digestOf(`${kind} ${secret}`))
    .where('kind', '=', kind)
    .returningAll()
    .executeTakeFirst()
  return row && row.expires_at > now ? ticketOf(row) : null
}

/** Looks at a ticket and leaves it. */
export async function lookAtTicket(
  db: Db,
  options: { readonly kind: TicketKind; readonly secret: string; readonly now: number },
): Promise<Ticket | null> {
  const row = await db
    .selectFrom('sign_in_ticket')
    .selectAll()
    .where('digest', '=', digestOf(`${options.kind} ${options.secret}`))
    .where('expires_at', '>', options.now)
    .executeTakeFirst()
  return row ? ticketOf(row) : null
}

/** Takes away what a person was given: after a password was set, older links are over. */
export async function dropTicketsOf(db: Db, personId: string, kind: TicketKind): Promise<void> {
  await db.deleteFrom('sign_in_ticket').where('person_id', '=', personId).where('kind', '=', kind).execute()
}

function ticketOf(row: Row<'sign_in_ticket'>): Ticket {
  return {
    personId: row.person_id,
    value: JSON.parse(row.value) as unknown,
    createdAt: Number(row.created_at),
  }
}
