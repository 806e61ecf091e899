// Forwarding addresses (C13): mail for an address of the organisation goes to another one, inside or outside.
// Loops are refused here as far as they can be seen, and stopped at the edge for the rest.
import { randomBytes } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { ForwardingAddress } from '@gatepost/contract/forwarding.ts'
import { addressKey, formatMailbox, type Mailbox, mailboxOf } from '@gatepost/mail/address.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { actorName } from '../audit/audit.ts'
import { validatedNames } from '../domain/store.ts'
import { type Page, pageOf } from '../page.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, isEmptyChange } from '../settings/settings.ts'
import { countForwardings, findForwarding, forwardingPage, targetOfAny } from './forwarding-store.ts'

export type ForwardingDeps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'secrets'>
type Deps = ForwardingDeps

/** All of them are part of the organisation's settings at every edge. */
const FORWARDINGS_MAX = 5_000
/** Steps from one forwarding address to the next before it counts as a loop. */
const STEPS_MAX = 10
const SRS_KEY_BYTES = 32
const SRS_COLUMN = 'outbound_setting.srs_key'

export async function listForwardings(
  scope: Scope,
  query: {
    readonly limit: number
    readonly after?: string | undefined
    readonly search?: string | undefined
  },
  { store }: Pick<Deps, 'store'>,
): Promise<Page<ForwardingAddress>> {
  const rows = await forwardingPage(store.db, scope.tenantId, query)
  const own = await validatedNames(store.db, scope.tenantId)
  const total = await countForwardings(store.db, scope.tenantId)
  return pageOf(rows, query.limit, {
    item: (row) => shown(row, own),
    cursor: ({ address }) => address,
    total,
  })
}

/** Throws `invalid-input`, `address-exists`, `address-not-in-domain`, `limit-reached`. */
export async function addForwarding(
  scope: Scope,
  input: Pick<ForwardingAddress, 'address' | 'target' | 'keepCopy' | 'comment'>,
  deps: Deps,
): Promise<ForwardingAddress> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const own = await validatedNames(store.db, tenantId)
  const address = readOwnAddress(input.address, own)
  const target = readTarget(input.target)
  const row = await store.transaction(async (trx) => {
    if (await findForwarding(trx, tenantId, address)) {
      throw problem('address-exists', `${address} forwards already. Change that entry instead.`)
    }
    if ((await countForwardings(trx, tenantId)) >= FORWARDINGS_MAX) throw problem('limit-reached')
    await refuseLoop(trx, address, target)
    const at = clock.now()
    const { keepCopy, comment } = input
    const revision = await changeSettings(trx, scope, {
      action: 'forwarding.added',
      subject: `forwarding address ${address}`,
      before: null,
      after: { address, target, keepCopy, comment },
      at,
    })
    await ensureSrsKey(trx, { tenantId, revision }, deps)
    const values: Row<'forwarding_address'> = {
      id: newId('fwd', at),
      tenant_id: tenantId,
      address,
      target,
      keep_copy: keepCopy ? 1 : 0,
      comment,
      created_at: at,
      created_by: actorName(scope.actor),
      last_seen_at: null,
      revision,
    }
    await trx.insertInto('forwarding_address').values(values).execute()
    return values
  })
  link.settingsChanged()
  return shown(row, own)
}

/** Throws `not-found`, `invalid-input`. */
export async function updateForwarding(
  scope: Scope,
  id: string,
  change: {
    readonly target?: string | undefined
    readonly keepCopy?: boolean | undefined
    readonly comment?: string | undefined
  },
  deps: Deps,
): Promise<ForwardingAddress> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const own = await validatedNames(store.db, tenantId)
  const row = await store.transaction(async (trx) => {
    const before = await findForwarding(trx, tenantId, id)
    if (!before) throw problem('not-found')
    if (isEmptyChange(change)) return before
    const target = change.target === undefined ? before.target : readTarget(change.target)
    if (target !== before.target) await refuseLoop(trx, before.address, target)
    const keep_copy = change.keepCopy === undefined ? before.keep_copy : change.keepCopy ? 1 : 0
    const fields = { target, keep_copy, comment: change.comment ?? before.comment } as const
    const revision = await changeSettings(trx, scope, {
      action: 'forwarding.changed',
      subject: `forwarding address ${before.address}`,
      before: { target: before.target, keepCopy: before.keep_copy === 1, comment: before.comment },
      after: { target, keepCopy: keep_copy === 1, comment: fields.comment },
      at: clock.now(),
    })
    await trx
      .updateTable('forwarding_address')
      .set({ ...fields, revision })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', before.id)
      .execute()
    return { ...before, ...fields, revision }
  })
  link.settingsChanged()
  return shown(row, own)
}

/** Throws `not-found`. */
export async function removeForwarding(scope: Scope, id: string, deps: Deps): Promise<void> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const row = await findForwarding(trx, scope.tenantId, id)
    if (!row) throw problem('not-found')
    await changeSettings(trx, scope, {
      action: 'forwarding.removed',
      subject: `forwarding address ${row.address}`,
      before: { target: row.target, keepCopy: row.keep_copy === 1, comment: row.comment },
      after: null,
      at: clock.now(),
    })
    await trx
      .deleteFrom('forwarding_address')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', row.id)
      .execute()
  })
  link.settingsChanged()
}

/** The address key, when it lies in a validated domain. */
export function readOwnAddress(text: string, own: ReadonlySet<string>): string {
  const mailbox = mailboxIn(text)
  if (mailbox === null) throw invalid('/address', text)
  if (own.has(mailbox.domain)) return addressKey(mailbox)
  throw problem('address-not-in-domain', `${mailbox.domain} is not a validated domain of yours.`, {
    errors: [{ path: '/address', message: 'Write an address in one of your validated domains.' }],
  })
}

export function readTarget(text: string): string {
  const mailbox = mailboxIn(text)
  if (mailbox === null) throw invalid('/target', text)
  return formatMailbox(mailbox)
}

/**
 * Follows the target from entry to entry, also those of other organisations here; says nothing about those.
 */
export async function loopOf(trx: Trx, address: string, target: string): Promise<string | null> {
  const seen = [address]
  let next: string | null = keyOf(target)
  while (next !== null) {
    if (next === address) return [...seen, address].join(' → ')
    if (seen.length >= STEPS_MAX) return `${seen.join(' → ')} → …`
    seen.push(next)
    const onward: string | null = await targetOfAny(trx, next)
    next = onward === null ? null : keyOf(onward)
  }
  return null
}

async function refuseLoop(trx: Trx, address: string, target: string): Promise<void> {
  const loop = await loopOf(trx, address, target)
  if (loop === null) return
  throw invalidInput([{ path: '/target', message: `This would be a loop: ${loop}. Choose another target.` }])
}

async function ensureSrsKey(
  trx: Trx,
  { tenantId, revision }: { readonly tenantId: string; readonly revision: number },
  { secrets }: Deps,
): Promise<void> {
  const key = randomBytes(SRS_KEY_BYTES).toString('base64')
  const srs_key = secrets.seal(key, { tenantId, column: SRS_COLUMN, id: tenantId })
  const present = await trx
    .selectFrom('outbound_setting')
    .select('srs_key')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (present?.srs_key != null) return
  await trx
    .insertInto('outbound_setting')
    .values({ tenant_id: tenantId, srs_key, hourly_recipients: null, revision })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ srs_key }))
    .execute()
}

function shown(row: Row<'forwarding_address'>, own: ReadonlySet<string>): ForwardingAddress {
  return {
    id: row.id,
    address: row.address,
    target: row.target,
    keepCopy: row.keep_copy === 1,
    isExternal: !own.has(row.target.slice(row.target.lastIndexOf('@') + 1)),
    comment: row.comment,
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastSeenAt: row.last_seen_at,
  }
}

function keyOf(address: string): string {
  const mailbox = mailboxIn(address)
  return mailbox === null ? address : addressKey(mailbox)
}

function mailboxIn(text: string): Mailbox | null {
  const mailbox = mailboxOf(text.trim(), { toAscii: domainToASCII })
  return mailbox === null || mailbox.domain === '' || mailbox.domain.startsWith('[') ? null : mailbox
}

function invalid(path: string, text: string) {
  return invalidInput([
    { path, message: `“${text.slice(0, 100)}” is no e-mail address. Write it like ann@acme.example.` },
  ])
}
