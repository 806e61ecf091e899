// Author relay: whose mail an outbound message is, told by its content: the proof that a shared cloud's
// customer gives (decisions 2), the author (decisions 3), and what a host passed on for others.
import { replies } from '@gatepost/mail/reply.ts'
import type { Facts } from './facts.ts'
import { definePolicy, type Opinion, type PolicyTransaction } from './policy.ts'

export const authorRelay = definePolicy({
  name: 'author-relay',
  stage: 'message',
  needs: ['author', 'relayProof'],
  whenBlind: () => 'defer',
  judge(transaction, { author, relayProof }) {
    const { direction, clientIp } = transaction
    if (relayProof.kind === 'unproven' && direction === 'outbound') {
      const saw = `${relayProof.cloud}: ${relayProof.why}`
      const reply = replies.openRelay(`address ${clientIp} is not authorized: ${relayProof.why}`)
      return { kind: 'defer', because: 'cloud-without-proof', saw, reply }
    }
    if (direction !== 'outbound') {
      const isProofMissing = relayProof.kind === 'unproven'
      const because = isProofMissing ? 'taken-as-inbound' : 'not-relayed'
      return { kind: 'continue', because, saw: isProofMissing ? relayProof.why : '' }
    }
    return judgeAuthor(transaction, author, relayProof)
  },
})

function judgeAuthor(
  { reversePath, tenantId }: PolicyTransaction,
  author: Facts['author'],
  proof: Facts['relayProof'],
): Opinion {
  const { domains, tenants } = author
  const who = domains.length > 0 ? `author domain ${domains.join(', ')}` : 'no readable author'
  const saw = proof.kind === 'proven' ? `${who}; ${proof.by}` : who
  if (tenants.some((tenant) => tenant !== null && tenant !== tenantId)) {
    return { kind: 'reject', because: 'author-of-other-tenant', saw, reply: replies.otherTenantAuthor }
  }
  if (tenants.length > 0 && tenants.every((tenant) => tenant === tenantId)) {
    if (!proof.isReversePathForeign || proof.resent !== null) {
      return { kind: 'continue', because: 'author-is-tenant', saw }
    }
  } else if (proof.resent !== null) {
    // Passed on for somebody else: labelled, counted, and never signed as the author.
    return {
      kind: 'continue',
      because: 'forwarded-by-host',
      saw: `${saw}; ${proof.resent}`,
      effects: [{ kind: 'tag', text: 'forwarded' }],
    }
  } else if (tenants.length === 0 && reversePath !== null && !proof.isReversePathForeign) {
    // No author at all: the reverse-path is the tenant's, and the next host may add the field.
    return { kind: 'continue', because: 'not-relayed', saw }
  }
  if (proof.isReversePathForeign && reversePath !== null) {
    const reply = replies.openRelay(`${reversePath.domain} is not a validated domain`)
    return { kind: 'defer', because: 'domain-not-validated', saw, reply }
  }
  const foreign = domains.find((_domain, at) => tenants[at] !== tenantId)
  const reply = replies.openRelay(`author domain ${foreign || '-'} is not validated`)
  return { kind: 'defer', because: 'author-domain-not-validated', saw, reply }
}
