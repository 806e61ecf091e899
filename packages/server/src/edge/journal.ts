// The journal address (J1): taken from the organisation's own hosts alone, and never refused from them for
// what is in it (decisions 20). Anybody else's mail to it is mail like any other.
import { addressKey, type Mailbox } from '@gatepost/mail/address.ts'
import type { RcptParameters } from '@gatepost/mail/command.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import { type HeaderFacts, readHeaderFacts } from '#facts/header-facts.ts'
import type { Verdict } from '#policy/policy.ts'
import { authorizedFor } from './credential.ts'
import { refuse } from './refuse.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/**
 * The tenant whose journal address this is, when the client is a proven source of it: an address the tenant
 * authorised, its login, or the shared cloud it sends through. There the unguessable part of the address is
 * what proves the tenant, as a secret header does (decisions 2).
 */
export function journalTenant(
  session: Session,
  { directory }: Transaction,
  forwardPath: Mailbox,
): string | null {
  const tenantId = directory.tenantOfJournal(forwardPath.localPart)
  if (tenantId === null) return null
  const domains = directory.settings(tenantId)?.domains ?? []
  const { domain } = forwardPath
  const isPlace = domain === session.edge.hostname || domains.some(({ name }) => domain === `journal.${name}`)
  if (!isPlace) return null
  if (authorizedFor(session, directory).includes(tenantId)) return tenantId
  const cloud = session.credential === null ? directory.cloudOf(session.wire.clientIp) : null
  return cloud !== null && directory.usesCloud(tenantId, cloud) ? tenantId : null
}

/** Takes a journal recipient, or sends one that does not belong to the same transaction to the next one. */
export function takeJournal(
  session: Session,
  transaction: Transaction,
  recipient: {
    readonly tenantId: string | null
    readonly forwardPath: Mailbox
    readonly parameters: RcptParameters
  },
): Reply {
  const { tenantId, forwardPath, parameters } = recipient
  const { settings, direction, recipients, directory } = transaction
  const isFirst = recipients.length === 0
  if (tenantId === null || (!isFirst && (!transaction.isJournal || settings?.tenantId !== tenantId))) {
    const because = 'other-tenant'
    return refuse(session, { forwardPath, settings, direction, reply: replies.otherTenant, because })
  }
  const key = addressKey(forwardPath)
  if (!recipients.some((one) => one.key === key)) {
    recipients.push({ key, forwardPath, parameters, verdict: TAKEN, forwarded: null })
  }
  transaction.settings = directory.settings(tenantId)
  transaction.direction = 'inbound'
  transaction.isJournal = true
  return replies.recipientOk
}

/** No policy is asked: what is proven is kept. */
export const TAKEN: Verdict = { kind: 'accept', by: null, reply: null, explanation: [], facts: {} }

/** A header that nobody can read is no reason to refuse a report. */
export function headerOfJournal(
  header: { readonly value: HeaderFacts } | null,
  hostname: string,
): HeaderFacts {
  if (header !== null) return header.value
  const empty = readHeaderFacts(new Uint8Array(0), hostname)
  if (!empty.ok) throw new Error('an empty header can be read')
  return empty.value
}
