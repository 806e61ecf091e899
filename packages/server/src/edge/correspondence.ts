// Auto allow at the edge that accepts: what of an outbound message permits answers, told to control and
// written to the machine's own list at once (S4, decisions 19).
import { addressKey } from '@gatepost/mail/address.ts'
import { answersOf, automaticField } from '#facts/automatic.ts'
import type { HeaderFacts } from '#facts/header-facts.ts'
import {
  type ManagedSenderValue,
  managedSenderKey,
  managedSenderRow,
  managedSenderValue,
} from '#link/managed-sender.ts'
import type { AllowedAhead } from '#link/replica-ahead.ts'
import type { Correspondence } from '#link/reports.ts'
import { autoAllowOf, permittedAnswerers } from '#policy/auto-allow.ts'
import { rulesOf } from '#policy/rules/index.ts'
import { isInternal } from '#policy/rules/scope.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Held } from './envelope.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

export type Allowed = {
  readonly correspondence: Correspondence
  /** What this machine's list may say before control does. */
  readonly ahead: readonly AllowedAhead[]
}

const DAY_MS = 86_400_000
/** More recipients than these in one message are a mailing, whose answers nobody waits for. */
const RECIPIENTS_MAX = 100

/** Whose answers this message permits; null for inbound, automatic and null-path mail, and lists. */
export function correspondenceOf(
  session: Session,
  transaction: Transaction,
  {
    settings,
    header,
    held,
  }: { readonly settings: TenantSettings; readonly header: HeaderFacts; readonly held: Held },
): Allowed | null {
  const { direction, reversePath, recipients } = transaction
  if (direction !== 'outbound' || reversePath === null || recipients.length > RECIPIENTS_MAX) return null
  if (automaticField(header.fields) !== null) return null
  const envelopeFrom = addressKey(reversePath)
  const { world } = rulesOf(settings)
  const [author] = header.authors
  // A foreign author is somebody's forward: his correspondents are not our people's.
  if (header.authors.length !== 1 || author === undefined || !isInternal(world, author)) return null
  const now = session.edge.clock.now()
  const to = permittedAnswerers(settings, {
    clientIp: session.wire.clientIp,
    envelopeFrom,
    headerFrom: header.authors,
    to: recipients.filter((_, at) => held[at] == null).map(({ forwardPath }) => addressKey(forwardPath)),
    now,
  })
  if (to.length === 0) return null
  const { holder } = session.edge
  const found = holder.entryOf(settings.tenantId, 'recipient', author)
  const user = (found.kind === 'known' && (found.value as { readonly user?: string } | null)?.user) || author
  const expiresAt = now + autoAllowOf(settings).days * DAY_MS
  const wanted = [...new Set(to)].filter((sender) => {
    const entry = holder.entryOf(settings.tenantId, 'managed-sender', managedSenderKey(user, sender))
    return (
      entry.kind === 'unknown' || isWorthTelling(entry.value as ManagedSenderValue | null, { now, expiresAt })
    )
  })
  if (wanted.length === 0) return null
  const answers = answersOf(header.fields)
  return {
    correspondence: { user, to: wanted, answers },
    // Control knows what was held: an answer to that must permit nobody, so an answer waits for its word.
    ahead: answers.length > 0 ? [] : wanted.map((sender) => aheadOf(settings, { user, sender, expiresAt })),
  }
}

/** Renewed at most once a day; what a person said stands (decisions 30). */
function isWorthTelling(
  value: ManagedSenderValue | null,
  { now, expiresAt }: { readonly now: number; readonly expiresAt: number },
): boolean {
  if (value === null) return true
  const row = managedSenderRow(value)
  if (row.expiresAt !== null && row.expiresAt <= now) return true
  if (row.source !== 'auto-allow') return false
  return row.expiresAt === null || row.expiresAt < expiresAt - DAY_MS
}

function aheadOf(
  { tenantId }: TenantSettings,
  { user, sender, expiresAt }: { readonly user: string; readonly sender: string; readonly expiresAt: number },
): AllowedAhead {
  const row = { action: 'permit', source: 'auto-allow', onlyIfAuthenticated: false, expiresAt } as const
  return { tenantId, key: managedSenderKey(user, sender), value: managedSenderValue(row) }
}
