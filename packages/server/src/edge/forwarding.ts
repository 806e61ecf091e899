// Forwarding addresses and their bounces: what a recipient becomes once it was accepted (C13). The envelope
// is rewritten; the content keeps who was written to.
import { addressKey, formatMailbox, type Mailbox, mailboxOf } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { Directory } from '#facts/sources.ts'
import { SRS_COLUMN } from '#policy/forwarding.ts'
import type { ExplanationStep } from '#policy/policy.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Edge } from './edge.ts'
import { isSrs, srsForward, srsReverse } from './srs.ts'

/** Where a recipient's mail goes instead. */
export type Forwarded = {
  /** The forwarding address; `srs` for a bounce that goes back to its sender. */
  readonly id: string
  readonly to: Mailbox
  readonly keepCopy: boolean
  /** The reverse-path it goes with. */
  readonly reversePath: ReversePath
}

/** The id of bounces that come back. */
export const RETURNED = 'srs'
/** In our trace fields: the forwarding addresses a message went through. */
export const FORWARDED_FIELD = 'X-Gatepost-Forwarded'

type Question = {
  readonly settings: TenantSettings
  readonly directory: Directory
  readonly forwardPath: Mailbox
  readonly reversePath: ReversePath
}

/** What becomes of a recipient of the tenant; null for those who get their mail themselves. */
export function forwardedOf(edge: Pick<Edge, 'secrets' | 'clock'>, question: Question): Forwarded | null {
  const { settings, directory, forwardPath, reversePath } = question
  if (settings.srsKey === undefined && settings.forwardings === undefined) return null
  const returned = reversePath === null ? returnedTo(edge, question) : null
  if (returned !== null) return { id: RETURNED, to: returned, keepCopy: false, reversePath: null }
  const entry = directory.forwardingOf(settings.tenantId, addressKey(forwardPath))
  const to = entry === null ? null : mailboxOf(entry.target)
  if (entry === null || to === null) return null
  const { id, keepCopy } = entry
  return { id, to, keepCopy, reversePath: rewritten(edge, { ...question, to }) }
}

/** Whom a bounce for one of our rewritten reverse-paths is for; null when it is none. */
export function returnedTo(
  edge: Pick<Edge, 'secrets' | 'clock'>,
  { settings, forwardPath }: Pick<Question, 'settings' | 'forwardPath'>,
): Mailbox | null {
  if (!isSrs(forwardPath)) return null
  const key = keyOf(edge, settings)
  const found = key === null ? null : srsReverse(forwardPath, { key, now: edge.clock.now() })
  return found?.ok ? found.value : null
}

/** Mail of the tenant itself, to itself, and reports keep their reverse-path. */
function rewritten(
  edge: Pick<Edge, 'secrets' | 'clock'>,
  { settings, forwardPath, reversePath, to }: Question & { readonly to: Mailbox },
): ReversePath {
  const isOwn = (domain: string): boolean => settings.domains.some(({ name }) => name === domain)
  if (reversePath === null || isOwn(to.domain) || isOwn(reversePath.domain)) return reversePath
  const key = keyOf(edge, settings)
  if (key === null) return reversePath
  const path = srsForward(reversePath, { key, domain: forwardPath.domain, now: edge.clock.now() })
  // Too long for a path: the next host would refuse the message, and a bounce would not come back.
  return mailboxOf(formatMailbox(path)) === null ? reversePath : path
}

function keyOf({ secrets }: Pick<Edge, 'secrets'>, { srsKey, tenantId }: TenantSettings): string | null {
  if (srsKey === undefined || secrets === null) return null
  try {
    return secrets.open(srsKey, { tenantId, column: SRS_COLUMN, id: tenantId })
  } catch {
    return null
  }
}

/** The line of the explanation. */
export function forwardingStep(
  { id, to, keepCopy, reversePath }: Forwarded,
  from: ReversePath,
): ExplanationStep {
  const isRewritten =
    reversePath !== null && from !== null && formatMailbox(reversePath) !== formatMailbox(from)
  const copy = keepCopy ? ', and to the address itself' : ''
  const path = isRewritten && reversePath ? `, with reverse-path ${formatMailbox(reversePath)}` : ''
  return {
    policy: 'forwarding',
    stage: 'rcpt',
    kind: 'continue',
    because: id === RETURNED ? 'bounce-returned' : 'forwarded-to',
    saw: `to ${formatMailbox(to)}${copy}${path}`,
  }
}
