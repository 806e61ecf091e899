// Mail from a shared cloud: the content proves whose it is, or it is taken as mail from outside, or deferred
// whole (decisions 2).
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import { gatherFrom } from '#facts/gather.ts'
import { type CloudProof, cloudProofOf } from '#facts/relay-proof.ts'
import { authorRelay } from '#policy/author-relay.ts'
import { decide } from '#policy/decide.ts'
import type { Policy } from '#policy/policy.ts'
import type { CloudProvider } from '#policy/settings.ts'
import { authenticationOf, type ContentToJudge, lookUpsOf } from './look-ups.ts'
import { refuseMessage } from './refuse.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/** Finds the proof and fixes tenant and direction by it. */
export async function proveCloud(
  session: Session,
  transaction: Transaction,
  content: ContentToJudge,
): Promise<void> {
  const { directory, pendingCloud, reversePath, recipients } = transaction
  if (pendingCloud === null) return
  const proof = await cloudProofOf({
    provider: pendingCloud,
    fields: content.header.fields,
    directory,
    reversePathTenant: reversePath === null ? null : directory.tenantOfDomain(reversePath.domain),
    authentication: () => authenticationOf(session, transaction, content),
  })
  transaction.proof = proof
  if (proof.kind === 'proven') {
    transaction.settings = directory.settings(proof.tenantId)
    transaction.direction = 'outbound'
    return
  }
  const { settings } = transaction
  const isOwn = (domain: string): boolean => settings?.domains.some(({ name }) => name === domain) ?? false
  const isForUs = recipients.every(({ forwardPath }) => isOwn(forwardPath.domain))
  transaction.direction = isForUs ? 'inbound' : 'outbound'
}

/** The proof as a fact of the message's policies. */
export function proofOf({
  pendingCloud,
  proof,
}: Transaction): { readonly provider: CloudProvider; readonly proof: CloudProof } | null {
  return pendingCloud === null || proof === null ? null : { provider: pendingCloud, proof }
}

/** Nobody's mail as far as anybody can tell: deferred whole, with the same words as everywhere. */
export async function refuseUnproven(
  session: Session,
  transaction: Transaction,
  content: ContentToJudge,
): Promise<Reply> {
  const { directory, reversePath, direction, settings } = transaction
  const now = session.edge.clock.now()
  const verdict = await decide([authorRelay as Policy], {
    transaction: {
      clientIp: session.wire.clientIp,
      helo: session.helo ?? '',
      reversePath,
      forwardPath: null,
      tenantId: settings?.tenantId ?? null,
      direction,
      now,
    },
    settings,
    gather: gatherFrom({
      holder: session.edge.holder,
      directory,
      relay: null,
      reversePath,
      forwardPath: null,
      now,
      settings,
      lookUps: lookUpsOf(session, transaction, { direction, content }),
      header: content.header,
      proof: proofOf(transaction),
    }),
  })
  content.sink.discard()
  const because = verdict.explanation.find(({ policy }) => policy === verdict.by)?.because ?? 'refused'
  // What is nobody's is shown to nobody; a report names its organisation by the address it went to.
  const shownTo = transaction.isReport ? transaction : { ...transaction, settings: null }
  return refuseMessage(session, shownTo, {
    reply: verdict.reply ?? replies.localError,
    because,
    verdict,
    header: content.header,
  })
}
