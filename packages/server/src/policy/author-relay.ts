// Author relay: outbound mail with a null reverse-path (bounces, receipts) is proven by its author domain
// (decisions 3).
import { replies } from '@gatepost/mail/reply.ts'
import { definePolicy } from './policy.ts'

export const authorRelay = definePolicy({
  name: 'author-relay',
  stage: 'message',
  needs: ['author'],
  whenBlind: () => 'defer',
  judge({ reversePath, direction, tenantId }, { author }) {
    const saw =
      author.domains.length > 0 ? `author domain ${author.domains.join(', ')}` : 'no readable author'
    if (reversePath !== null || direction !== 'outbound') {
      return { kind: 'continue', because: 'not-relayed', saw }
    }
    if (author.tenants.length > 0 && author.tenants.every((tenant) => tenant === tenantId)) {
      return { kind: 'continue', because: 'author-is-tenant', saw }
    }
    if (author.tenants.some((tenant) => tenant !== null && tenant !== tenantId)) {
      return { kind: 'reject', because: 'author-of-other-tenant', saw, reply: replies.otherTenantAuthor }
    }
    const foreign = author.domains.find((_domain, at) => author.tenants[at] !== tenantId)
    const reply = replies.openRelay(`author domain ${foreign || '-'} is not validated`)
    return { kind: 'defer', because: 'author-domain-not-validated', saw, reply }
  },
})
