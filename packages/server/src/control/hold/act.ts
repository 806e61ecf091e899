// What is done about held mail (H3): release, permit, reject, block, discard. Edges carry it out; a permit or
// a block makes the entry that spares the next decision; a risky class waits for a second person.
import type { BodyOf, OutputOf } from '@gatepost/contract/endpoint.ts'
import { type actOnHeld, REJECT_REASONS } from '@gatepost/contract/held.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { appendAudit } from '../audit/audit.ts'
import { actOnWaiting } from '../queue/queue.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { teachHeld } from '../screening/teach-held.ts'
import { makeEntries } from './entries.ts'
import { ruleOf } from './settings.ts'
import { heldSettingsOf, type StoredSettings } from './settings-store.ts'
import { type HeldRow, heldMessageIds, heldRowsOf, markHeld } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type Input = BodyOf<typeof actOnHeld>
export type HeldActed = OutputOf<typeof actOnHeld>
export type HeldAction = Input['action']

/** Messages one call acts on; a filter that matches more is called again. */
const MESSAGES_PER_CALL_MAX = 500

/** The recipients of one message that are meant. */
export type Target = {
  readonly messageId: string
  readonly rows: readonly HeldRow[]
  readonly isAll: boolean
}

export type HeldOrder = {
  readonly action: HeldAction
  readonly reason: string | null
  readonly scope: Input['scope']
  readonly about: Input['about']
  /** For `reject`: the sentence for the sender; null tells nobody. */
  readonly tell: string | null
}

type MoveOrder = HeldOrder & { readonly action: Exclude<HeldAction, 'refuse-request'> }

/** Throws `invalid-input`, `edge-unreachable`. What could not be done is named in `left`. */
export async function actOnHeldMail(scope: Scope, input: Input, deps: Deps): Promise<HeldActed> {
  const { action } = input
  const { targets, more } = await targetsOf(scope, input, deps)
  const order = {
    action,
    reason: input.reason || null,
    scope: input.scope,
    about: input.about,
    tell: tellOf(input),
  }
  const acted = await carryOutHeld(scope, targets, order, deps)
  const missing = (input.messages ?? []).filter((id) => targets.every(({ messageId }) => messageId !== id))
  const left = [...acted.left, ...missing.map((id) => ({ id, why: 'It is not held any more.' }))]
  return { ...acted, left, more }
}

/** Acts on recipients that were looked up. Used by the console, the portal and the links of digests. */
export async function carryOutHeld(
  scope: Scope,
  targets: readonly Target[],
  order: HeldOrder,
  deps: Deps,
): Promise<Omit<HeldActed, 'more'>> {
  if (targets.length === 0) return { messages: 0, recipients: 0, entries: 0, waiting: 0, left: [] }
  if (order.action === 'refuse-request') return refuseRequests(scope, targets, order, deps)
  const settings = await heldSettingsOf(deps.store.db, scope.tenantId)
  const isRelease = order.action === 'release' || order.action === 'permit'
  const seconded = isRelease
    ? await secondPerson(scope, targets, settings, deps)
    : { ready: targets, waiting: 0, left: [] }
  if (isRelease) await teachReleased(scope, seconded.ready, deps)
  const moved = await move(scope, seconded.ready, { ...order, action: order.action }, deps)
  const entries =
    order.action === 'permit' || order.action === 'block'
      ? await makeEntries(scope, seconded.ready, order, deps)
      : { count: 0, left: [] }
  return {
    messages: moved.messages,
    recipients: moved.recipients,
    entries: entries.count,
    waiting: seconded.waiting,
    left: [...seconded.left, ...moved.left, ...entries.left],
  }
}

/** What was held as spam and is let go was none: the score learns it while the content is still here. */
async function teachReleased(scope: Scope, targets: readonly Target[], deps: Deps): Promise<void> {
  const messages = targets
    .filter(({ rows }) => rows.some((row) => row.class === 'spam'))
    .map(({ messageId, rows }) => ({ messageId, reversePath: rows[0]?.reverse_path ?? null }))
  await teachHeld(scope, { kind: 'ham', origin: 'release', messages }, deps)
}

async function targetsOf(
  { tenantId }: Scope,
  input: Input,
  { store }: Deps,
): Promise<{ readonly targets: readonly Target[]; readonly more: boolean }> {
  const { messages, filter, recipients } = input
  const { state: _state, ...rest } = filter ?? {}
  const mailboxes = recipients?.map((address) => addressKey(address))
  const query = { tenantId, ...rest, state: 'held', mailboxes } as const
  const ids =
    messages ?? (await heldMessageIds(store.db, query, { limit: MESSAGES_PER_CALL_MAX + 1, after: null }))
  const meant = ids.slice(0, MESSAGES_PER_CALL_MAX)
  const [rows, all] = [
    await heldRowsOf(store.db, query, meant),
    await heldRowsOf(store.db, { tenantId, state: 'held' }, meant),
  ]
  const open = Map.groupBy(all, ({ message_id }) => message_id)
  const targets = [...Map.groupBy(rows, ({ message_id }) => message_id)].map(([messageId, of]) => ({
    messageId,
    rows: of,
    isAll: of.length === open.get(messageId)?.length,
  }))
  return { targets, more: ids.length > meant.length }
}

/** Rows of one user's own mail by message; nothing of anybody else is found. */
export async function ownTargets(
  { tenantId }: Pick<Scope, 'tenantId'>,
  asked: { readonly messages: readonly string[]; readonly mailboxes: readonly string[] },
  { store }: Pick<Deps, 'store'>,
): Promise<readonly Target[]> {
  const rows = await heldRowsOf(
    store.db,
    { tenantId, state: 'held', mailboxes: asked.mailboxes },
    asked.messages,
  )
  return [...Map.groupBy(rows, ({ message_id }) => message_id)].map(([messageId, of]) => ({
    messageId,
    rows: of,
    isAll: false,
  }))
}

/** Keeps back what needs two people until the second, who is not the first; each recipient by its class. */
async function secondPerson(
  scope: Scope,
  targets: readonly Target[],
  settings: StoredSettings,
  deps: Deps,
): Promise<{
  readonly ready: readonly Target[]
  readonly waiting: number
  readonly left: HeldActed['left']
}> {
  const ready: Target[] = []
  const left: HeldActed['left'] = []
  let waiting = 0
  for (const { messageId, rows, isAll } of targets) {
    const parts = Map.groupBy(rows, (row) => personFor(scope, row, settings))
    const free = parts.get('nobody') ?? []
    if (free.length > 0) ready.push({ messageId, rows: free, isAll: isAll && free.length === rows.length })
    if (parts.has('another')) left.push({ id: messageId, why: SECOND_PERSON })
    if (parts.has('a-person')) left.push({ id: messageId, why: NO_PERSON })
    const first = parts.get('two')
    if (first === undefined) continue
    await noteFirst(scope, { messageId, rows: first }, deps)
    waiting += 1
  }
  return { ready, waiting, left }
}

const SECOND_PERSON = 'You released it already; a second person has to release it too.'
const NO_PERSON = 'It takes two people to release it, and an API token is no person.'

/** Who is still needed to release it for this recipient. */
function personFor(
  { actor }: Scope,
  row: HeldRow,
  settings: StoredSettings,
): 'nobody' | 'another' | 'two' | 'a-person' {
  if (!ruleOf(settings, row.class).needsTwo) return 'nobody'
  if (actor.kind === 'person' && actor.id.startsWith('tok_')) return 'a-person'
  if (row.seconded_by === null) return 'two'
  return row.seconded_by === actor.name ? 'another' : 'nobody'
}

async function noteFirst(
  scope: Scope,
  { messageId, rows }: Pick<Target, 'messageId' | 'rows'>,
  { store, clock }: Deps,
): Promise<void> {
  const at = clock.now()
  await store.transaction(async (trx) => {
    const indexes = rows.map(({ recipient_index }) => recipient_index)
    const marks = { seconded_by: scope.actor.name, seconded_at: at }
    await markHeld(trx, { tenantId: scope.tenantId, messageId, indexes }, marks)
    await appendAudit(trx, scope, {
      action: 'held.release-first',
      subject: `message ${messageId}`,
      before: null,
      after: { class: rows[0]!.class },
      at,
    })
  })
}

const QUEUE_ACTION = {
  release: 'release',
  permit: 'release',
  reject: 'bounce',
  block: 'discard',
  discard: 'discard',
} as const

const STATE = {
  release: 'released',
  permit: 'released',
  reject: 'rejected',
  block: 'rejected',
  discard: 'discarded',
} as const

/** Orders the edges; whole messages in one order, parts of messages one by one. */
async function move(
  scope: Scope,
  targets: readonly Target[],
  order: MoveOrder,
  deps: Deps,
): Promise<Pick<HeldActed, 'messages' | 'recipients' | 'left'>> {
  const whole = targets.filter(({ isAll }) => isAll)
  const parts = targets.filter(({ isAll }) => !isAll)
  const groups = [...(whole.length > 0 ? [whole] : []), ...parts.map((one) => [one])]
  const sum = { messages: 0, recipients: 0, left: [] as HeldActed['left'] }
  for (const group of groups) {
    const done = await moveGroup(scope, group, order, deps)
    sum.messages += done.messages
    sum.recipients += done.recipients
    sum.left.push(...done.left)
  }
  return sum
}

async function moveGroup(
  scope: Scope,
  group: readonly Target[],
  order: MoveOrder,
  deps: Deps,
): Promise<Pick<HeldActed, 'messages' | 'recipients' | 'left'>> {
  const ids = group.map(({ messageId }) => messageId)
  const isSilent = order.action === 'reject' && order.tell === null
  const indexes = group.every(({ isAll }) => isAll)
    ? undefined
    : group.flatMap(({ rows }) => rows.map(({ recipient_index }) => recipient_index))
  const acted = await actOnWaiting(
    scope,
    {
      action: isSilent ? 'discard' : QUEUE_ACTION[order.action],
      messages: ids,
      reason: order.tell ?? order.reason ?? undefined,
    },
    deps,
    { state: 'held', indexes },
  )
  const left: HeldActed['left'] = []
  if (acted.withheld > 0) {
    left.push({ id: ids[0]!, why: `${acted.withheld} kept: their sender is not proven and cannot be told.` })
  }
  if (acted.infected !== undefined) {
    left.push({ id: ids[0]!, why: `${acted.infected} stay held: the virus scanner found malware by now.` })
  }
  if (acted.busy > 0) left.push({ id: ids[0]!, why: `${acted.busy} are being delivered at this moment.` })
  for (const { why, node } of acted.unreachable) left.push({ id: ids[0]!, why: `${node}: ${why}` })
  const isClean = acted.messages === ids.length && acted.withheld === 0
  if (isClean) await markDecided(scope, group, order, deps)
  else if (acted.messages < ids.length && acted.missing > 0 && acted.unreachable.length === 0) {
    left.push({ id: ids[0]!, why: `${acted.missing} wait in no queue any more.` })
    // Of one message it is certain which: it is not offered again.
    if (group.length === 1) await markGone(scope, group[0]!, deps)
  }
  return { messages: acted.messages, recipients: acted.recipients, left }
}

/** No edge keeps it: it ended, or was decided, and its report is on its way or lost. */
async function markGone(scope: Scope, { messageId, rows }: Target, { store, clock }: Deps): Promise<void> {
  const indexes = rows.map(({ recipient_index }) => recipient_index)
  const marks = { state: 'gone', decided_at: clock.now() } as const
  await store.transaction((trx) => markHeld(trx, { tenantId: scope.tenantId, messageId, indexes }, marks))
}

/** The list shows it at once; the edges' reports say the same a moment later. */
async function markDecided(
  scope: Scope,
  group: readonly Target[],
  order: MoveOrder,
  { store, clock }: Deps,
): Promise<void> {
  const at = clock.now()
  await store.transaction(async (trx) => {
    for (const { messageId, rows } of group) {
      const indexes = rows.map(({ recipient_index }) => recipient_index)
      await markHeld(
        trx,
        { tenantId: scope.tenantId, messageId, indexes },
        {
          state: STATE[order.action],
          decided_at: at,
          decided_by: scope.actor.name,
          decision: order.reason ?? order.tell,
        },
      )
    }
  })
}

async function refuseRequests(
  scope: Scope,
  targets: readonly Target[],
  order: HeldOrder,
  { store, clock }: Deps,
): Promise<Omit<HeldActed, 'more'>> {
  let recipients = 0
  const at = clock.now()
  await store.transaction(async (trx) => {
    for (const { messageId, rows } of targets) {
      const indexes = rows.flatMap((row) => (row.requested_at === null ? [] : row.recipient_index))
      if (indexes.length === 0) continue
      recipients += await markHeld(
        trx,
        { tenantId: scope.tenantId, messageId, indexes },
        { requested_at: null, decision: order.reason ?? 'The request was refused.' },
      )
      await appendAudit(trx, scope, {
        action: 'held.request-refused',
        subject: `message ${messageId}`,
        before: { requestedBy: rows.map(({ requested_by }) => requested_by) },
        after: { reason: order.reason },
        at,
      })
    }
  })
  return { messages: targets.length, recipients, entries: 0, waiting: 0, left: [] }
}

function tellOf({ action, notify, rejectReason, reason }: Input): string | null {
  if (action !== 'reject' || !notify) return null
  const sentence = REJECT_REASONS[rejectReason ?? 'unwanted']
  return reason ? `${sentence} ${reason}` : sentence
}
