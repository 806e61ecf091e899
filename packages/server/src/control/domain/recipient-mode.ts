// How the recipients of a domain are validated: what each mode needs before it may be chosen (R1, C8).
import type { DomainUpdateBody } from '@gatepost/contract/domain.ts'
import type { Db, Trx } from '#store/open.ts'
import { invalidInput } from '../problem.ts'
import { shownTest } from '../route/probe-state.ts'
import { findRoute } from '../route/store.ts'
import { type DomainRow, defaultInboundRoute, directoryUsers } from './store.ts'

export type RecipientFields = Pick<
  DomainRow,
  'recipient_mode' | 'unknown_recipient' | 'call_forward_sender' | 'call_forward_silent' | 'learning_until'
>

/** Days of learning where none are named: two weeks hold most of the month's senders. */
const LEARNING_DAYS = 14
const DAY_MS = 86_400_000

/** The fields after a change. Throws `invalid-input` where the mode would refuse or accept blindly. */
export async function recipientFieldsAfter(
  trx: Trx,
  row: DomainRow,
  change: DomainUpdateBody & { readonly now: number },
): Promise<RecipientFields> {
  const mode = change.recipientMode ?? row.recipient_mode
  const routeId = change.routeId === undefined ? row.route_id : change.routeId
  if (row.recipient_mode !== mode || routeId !== row.route_id) {
    await requirePossible(trx, { ...row, route_id: routeId }, mode, change.now)
  }
  return {
    recipient_mode: mode,
    unknown_recipient: change.unknownRecipient ?? row.unknown_recipient,
    call_forward_sender: change.callForward?.sender ?? row.call_forward_sender,
    call_forward_silent: change.callForward?.whenSilent ?? row.call_forward_silent,
    learning_until: learningUntil(row, mode, change),
  }
}

function learningUntil(
  row: DomainRow,
  mode: DomainRow['recipient_mode'],
  { learningDays, now }: DomainUpdateBody & { readonly now: number },
): number | null {
  if (mode !== 'learning') return null
  const isGoingOn = row.recipient_mode === 'learning' && row.learning_until !== null
  if (isGoingOn && learningDays === undefined) return row.learning_until
  return now + (learningDays ?? LEARNING_DAYS) * DAY_MS
}

/** Why a mode cannot be chosen now, in a sentence; null when it can. */
export async function blockedMode(
  db: Db,
  row: DomainRow,
  mode: DomainRow['recipient_mode'],
  now: number,
): Promise<string | null> {
  if (mode === 'call-forward') return hostBlocks(db, row, now)
  if (mode !== 'directory' || (await directoryUsers(db, row)) > 0) return null
  return `No directory names a user of ${row.name} yet, so all of its mail would be refused.`
}

/** A host that takes everybody would make us take everybody: it must have refused a random address (R1). */
async function hostBlocks(db: Db, row: DomainRow, now: number): Promise<string | null> {
  const route =
    row.route_id === null
      ? await defaultInboundRoute(db, row.tenant_id)
      : await findRoute(db, row.tenant_id, row.route_id)
  if (!route) return `Add a delivery route for ${row.name} first: its host is asked.`
  const check = shownTest(route, now)?.checks.find(({ name }) => name === 'unknown-recipient')
  if (check?.state === 'passed') return null
  return check === undefined || check.state === 'not-run' || check.state === 'not-verified'
    ? `Test the delivery route ${route.name} first: it has to refuse an address that does not exist.`
    : `${route.name} did not refuse an address that does not exist, so it cannot tell who does. ${check.saw}`
}

async function requirePossible(trx: Trx, row: DomainRow, mode: DomainRow['recipient_mode'], now: number) {
  const message = await blockedMode(trx, row, mode, now)
  if (message !== null) throw invalidInput([{ path: '/recipientMode', message }])
}
