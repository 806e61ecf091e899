// The links of digests (H4, abuse case 59): looking changes nothing, one POST acts, once, and for its
// reader's own message alone. Whatever happened meanwhile is told.
import type { DigestItem } from '@gatepost/contract/digest.ts'
import { digestOf as sha256 } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import type { SignInAttempts } from '../auth/attempts.ts'
import { carryOutHeld, type HeldAction } from '../hold/act.ts'
import { becauseText, nameOfClass } from '../hold/classes.ts'
import { rowsOfMessage } from '../hold/held.ts'
import { ruleOf } from '../hold/settings.ts'
import { heldSettingsOf, type StoredSettings } from '../hold/settings-store.ts'
import { type HeldRow, markHeld } from '../hold/store.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { DIGEST_DEFAULTS } from './settings.ts'
import { choicesOf, digestOf, type LinkRow, linkOf, reopenLink, useLink } from './store.ts'

export type LinkDeps = Pick<ControlDeps, 'store' | 'clock' | 'link'> & {
  readonly attempts: Pick<SignInAttempts, 'spend'>
}

export type UserAction = DigestItem['may'][number]

const DONE: { readonly [Action in UserAction]: string } = {
  release: 'It is released and on its way.',
  permit: 'It is released, and its sender is permitted for you.',
  request: 'Your administrators are asked for it.',
  block: 'It is removed, and its sender is blocked for you.',
  discard: 'It is removed.',
}
const STATES: { readonly [State in HeldRow['state']]: string } = {
  held: '',
  released: 'It was released already.',
  rejected: 'It was rejected.',
  discarded: 'It was removed.',
  gone: 'It is not held any more.',
}
const OVER = 'The link is over: held mail is kept for some days only. Your portal shows what is held now.'

const UNKNOWN: DigestItem = {
  state: 'unknown',
  organisation: '',
  recipient: '',
  author: null,
  subject: null,
  heldAt: null,
  class: '',
  className: '',
  means: '',
  what: 'This link is not known here. Ask for a new digest in your portal.',
  may: [],
  language: 'en',
}

/** What a user may do with a message of this class. */
export function userActions(
  settings: StoredSettings,
  row: Pick<HeldRow, 'class' | 'requested_at'>,
): UserAction[] {
  const { user, needsTwo } = ruleOf(settings, row.class)
  if (user === 'never') return []
  if (user === 'release' && !needsTwo) return ['release', 'permit', 'block', 'discard']
  return row.requested_at === null ? ['request', 'block', 'discard'] : ['block', 'discard']
}

export async function viewLink(token: string, deps: LinkDeps): Promise<DigestItem> {
  const link = await linkOf(deps.store.db, sha256(token))
  return link === null ? UNKNOWN : itemOf(link, deps)
}

/**
 * Acts once. Throws `not-allowed` when the class forbids it by now, `edge-unreachable` and stays open, as
 * it does when nothing could be done.
 */
export async function actOnLink(token: string, action: UserAction, deps: LinkDeps): Promise<DigestItem> {
  const { store, clock } = deps
  const link = await linkOf(store.db, sha256(token))
  if (link === null) return UNKNOWN
  const item = await itemOf(link, deps)
  if (item.state !== 'open') return item
  if (!item.may.includes(action)) throw problem('not-allowed')
  const isFirst = await store.transaction((trx) => useLink(trx, link, { at: clock.now(), for: action }))
  if (!isFirst) return itemOf((await linkOf(store.db, link.digest))!, deps)
  const scope: Scope = {
    tenantId: link.tenant_id,
    actor: { kind: 'system', name: `${link.reader} by digest` },
    from: 'digest',
  }
  const place = { messageId: link.message_id, index: link.recipient_index }
  const order = { places: [place], action, text: '', by: link.reader }
  const acted = await userActs(scope, order, deps).catch(async (error: unknown) => {
    await store.transaction((trx) => reopenLink(trx, link))
    throw error
  })
  const why = acted.left.map((one) => one.why).join(' ')
  if (acted.messages > 0) {
    const what = why === '' ? DONE[action] : `${DONE[DONE_WITHOUT_ENTRY[action] ?? action]} ${why}`
    return { ...item, state: 'decided', what, may: [] }
  }
  // Nothing was done: the reader learns why, and may try again where it is still held.
  await store.transaction((trx) => reopenLink(trx, link))
  const now = await itemOf({ ...link, used_at: null, used_for: null }, deps)
  return now.state === 'open' ? { ...now, what: why } : now
}

/** What was done all the same where the entry for the sender could not be made. */
const DONE_WITHOUT_ENTRY: { readonly [Action in UserAction]?: UserAction } = {
  permit: 'release',
  block: 'discard',
}

export type UserOrder = {
  readonly places: readonly { readonly messageId: string; readonly index: number }[]
  readonly action: UserAction
  readonly text: string
  /** The user's address. */
  readonly by: string
}

/** What a user decides about own mail, each by its class. Resolves with what was left as it is. */
export async function userActs(
  scope: Scope,
  { places, action, text, by }: UserOrder,
  deps: Omit<LinkDeps, 'attempts'>,
): Promise<{ readonly messages: number; readonly left: { id: string; why: string }[] }> {
  const { store } = deps
  const settings = await heldSettingsOf(store.db, scope.tenantId)
  const left: { id: string; why: string }[] = []
  let messages = 0
  for (const { messageId, index } of places) {
    const rows = await rowsOfMessage(store.db, scope.tenantId, messageId)
    const row = rows.find(({ recipient_index: at }) => at === index)
    if (row?.state !== 'held') {
      left.push({ id: messageId, why: row === undefined ? 'It is not here.' : STATES[row.state] })
    } else if (!userActions(settings, row).includes(action)) {
      left.push({ id: messageId, why: 'This kind of held mail is not yours to decide.' })
    } else if (action === 'request') {
      await request(scope, row, { text, by }, deps)
      messages += 1
    } else {
      const order = {
        action: action as HeldAction,
        reason: null,
        scope: 'recipient',
        about: 'address',
        tell: null,
      } as const
      // This recipient alone, by its place: what else is held of the message may not be known here yet.
      const target = { messageId, rows: [row], isAll: false }
      const acted = await carryOutHeld(scope, [target], order, deps)
      messages += acted.messages
      left.push(...acted.left)
    }
  }
  return { messages, left }
}

async function request(
  scope: Scope,
  row: HeldRow,
  { text, by }: Pick<UserOrder, 'text' | 'by'>,
  { store, clock }: Pick<LinkDeps, 'store' | 'clock'>,
): Promise<void> {
  const at = clock.now()
  const { tenant_id: tenantId, message_id: messageId, recipient_index: index } = row
  await store.transaction(async (trx) => {
    const marks = { requested_at: at, requested_by: by, request_text: text === '' ? null : text }
    await markHeld(trx, { tenantId, messageId, indexes: [index] }, marks)
    const after = { by, text }
    await appendAudit(trx, scope, {
      action: 'held.requested',
      subject: `message ${messageId}`,
      before: null,
      after,
      at,
    })
  })
}

async function itemOf(link: LinkRow, { store, clock }: LinkDeps): Promise<DigestItem> {
  const { tenant_id: tenantId, message_id: messageId } = link
  const [settings, digest, choices, tenant] = await Promise.all([
    heldSettingsOf(store.db, tenantId),
    digestOf(store.db, tenantId),
    choicesOf(store.db, tenantId),
    store.db.selectFrom('tenant').select('name').where('id', '=', tenantId).executeTakeFirst(),
  ])
  const language = choices.get(link.mailbox)?.language ?? digest?.language ?? DIGEST_DEFAULTS.language
  const rows = await rowsOfMessage(store.db, tenantId, messageId).catch(() => [])
  const row = rows.find(({ recipient_index: at }) => at === link.recipient_index)
  if (row === undefined || tenant === undefined) return { ...UNKNOWN, what: OVER, state: 'expired', language }
  const common = {
    organisation: tenant.name,
    recipient: row.recipient,
    author: row.author ?? row.reverse_path,
    subject: row.subject,
    heldAt: row.held_at,
    class: row.class,
    className: nameOfClass(row.class),
    means: becauseText(row.because),
    language,
  }
  if (row.state !== 'held') return { ...common, state: 'decided', what: STATES[row.state], may: [] }
  if (link.expires_at <= clock.now()) return { ...common, state: 'expired', what: OVER, may: [] }
  if (link.used_at !== null) {
    const what = DONE[link.used_for as UserAction] ?? 'This link was used.'
    return { ...common, state: 'decided', what, may: [] }
  }
  const may = userActions(settings, row)
  const what = may.length === 0 ? 'This kind of held mail is decided by your administrators.' : ''
  return { ...common, state: 'open', what, may }
}
