// How the recipients of a domain are validated: what each mode needs before it may be chosen (R1, C8).
import type { DomainUpdateBody } from '@gatepost/contract/domain.ts'
import type { Trx } from '#store/open.ts'
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
  if (mode === 'call-forward' && (row.recipient_mode !== mode || routeId !== row.route_id)) {
    await requireRefusingHost(trx, { ...row, route_id: routeId }, change.now)
  }
  if (mode === 'directory' && row.recipient_mode !== mode) await requireDirectory(trx, row)
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

/** A host that takes everybody would make us take everybody: it must have refused a random address (R1). */
async function requireRefusingHost(trx: Trx, row: DomainRow, now: number): Promise<void> {
  const route =
    row.route_id === null
      ? await defaultInboundRoute(trx, row.tenant_id)
      : await findRoute(trx, row.tenant_id, row.route_id)
  const path = '/recipientMode'
  if (!route) {
    throw invalidInput([{ path, message: `Add a delivery route for ${row.name} first: its host is asked.` }])
  }
  const check = shownTest(route, now)?.checks.find(({ name }) => name === 'unknown-recipient')
  if (check?.state === 'passed') return
  const message =
    check === undefined || check.state === 'not-run' || check.state === 'not-verified'
      ? `Test the delivery route ${route.name} first: it has to refuse an address that does not exist.`
      : `${route.name} did not refuse an address that does not exist, so it cannot tell who does. ${check.saw}`
  throw invalidInput([{ path, message }])
}

async function requireDirectory(trx: Trx, row: DomainRow): Promise<void> {
  if ((await directoryUsers(trx, row)) > 0) return
  const message = `No directory names a user of ${row.name} yet, so all of its mail would be refused.`
  throw invalidInput([{ path: '/recipientMode', message }])
}
