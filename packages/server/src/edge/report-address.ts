// Where people forward mail that they report (H1): spam@, phish@ and notspam@ of `report.` before a domain of
// theirs, or at the gateway's own name. Taken from the organisation's own hosts alone; else mail like any
// other.
import { addressKey, type Mailbox } from '@gatepost/mail/address.ts'
import type { RcptParameters } from '@gatepost/mail/command.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import type { CloudProvider } from '#policy/settings.ts'
import { authorizedFor } from './credential.ts'
import { TAKEN } from './journal.ts'
import { refuse } from './refuse.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/** What the part before the sign says of the message. */
export const REPORT_LOCAL_PARTS: ReadonlySet<string> = new Set(['spam', 'phish', 'notspam'])

/** Longer ones, which is most, are not looked up. */
const REPORT_LOCAL_PART_LENGTH_MAX = 7

/** Whose report it is, and the shared cloud that its content has to prove it came from. */
export type ReportWay = { readonly tenantId: string; readonly pendingCloud: CloudProvider | null }

/**
 * The tenant that reports, when this is a place for reports and the client is a host of the tenant that the
 * reverse-path belongs to. A domain somebody validated is theirs, also when its name begins with `report.`.
 */
export function reportWay(
  session: Session,
  { directory, reversePath }: Transaction,
  { localPart, domain }: Mailbox,
): ReportWay | null {
  if (reversePath === null || localPart.length > REPORT_LOCAL_PART_LENGTH_MAX) return null
  if (!REPORT_LOCAL_PARTS.has(localPart.toLowerCase())) return null
  const tenantId = directory.tenantOfDomain(reversePath.domain)
  if (tenantId === null || directory.tenantOfDomain(domain) !== null) return null
  const isOurs = domain.toLowerCase() === session.edge.hostname.toLowerCase()
  const above = /^report\.(.+)$/i.exec(domain)?.[1]
  const isTheirs = above !== undefined && directory.tenantOfDomain(above) === tenantId
  if (!isOurs && !isTheirs) return null
  if (authorizedFor(session, directory).includes(tenantId)) return { tenantId, pendingCloud: null }
  const cloud = session.credential === null ? directory.cloudOf(session.wire.clientIp) : null
  return cloud !== null && directory.usesCloud(tenantId, cloud) ? { tenantId, pendingCloud: cloud } : null
}

/** Takes a place for reports as recipient; others on the same message come in the next transaction. */
export function takeReportAddress(
  session: Session,
  transaction: Transaction,
  recipient: {
    readonly way: ReportWay | null
    readonly forwardPath: Mailbox
    readonly parameters: RcptParameters
  },
): Reply {
  const { way, forwardPath, parameters } = recipient
  const { settings, direction, recipients, directory } = transaction
  const isFirst = recipients.length === 0
  if (way === null || (!isFirst && !transaction.isReport)) {
    const because = 'other-tenant'
    return refuse(session, { forwardPath, settings, direction, reply: replies.otherTenant, because })
  }
  const key = addressKey(forwardPath)
  if (!recipients.some((one) => one.key === key)) {
    recipients.push({ key, forwardPath, parameters, verdict: TAKEN, forwarded: null })
  }
  transaction.settings = directory.settings(way.tenantId)
  transaction.direction = 'inbound'
  transaction.pendingCloud = way.pendingCloud
  transaction.isReport = true
  return replies.recipientOk
}
