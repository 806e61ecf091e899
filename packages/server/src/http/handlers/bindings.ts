// Every endpoint's answer in one list; the app refuses to start when one is missing.
import type { Binding } from '../request.ts'
import { acceptanceBindings } from './acceptance.ts'
import { accountBindings } from './account.ts'
import { addressBindings } from './address.ts'
import { agentBindings } from './agent.ts'
import { alertBindings } from './alert.ts'
import { archiveBindings } from './archive.ts'
import { auditBindings } from './audit.ts'
import { certificateBindings } from './certificate.ts'
import { connectBindings } from './connect.ts'
import { contactBindings } from './contacts.ts'
import type { HandlerDeps } from './deps.ts'
import { directoryBindings } from './directory.ts'
import { domainBindings } from './domain.ts'
import { greylistBindings } from './greylist.ts'
import { heldBindings } from './held.ts'
import { keyBindings } from './keys.ts'
import { leavingBindings } from './leaving.ts'
import { messageBindings } from './message.ts'
import { outboundBindings } from './outbound.ts'
import { policyBindings } from './policy.ts'
import { portalBindings } from './portal.ts'
import { portfolioBindings } from './portfolio.ts'
import { providerAppBindings } from './provider-app.ts'
import { queueBindings } from './queue.ts'
import { refusalBindings } from './refusal.ts'
import { retentionBindings } from './retention.ts'
import { roleBindings } from './role.ts'
import { routeBindings } from './route.ts'
import { searchBindings } from './search.ts'
import { senderBindings } from './sender.ts'
import { sessionBindings } from './session.ts'
import { setupBindings } from './setup.ts'
import { shareBindings } from './share.ts'
import { signInBindings } from './sign-in.ts'
import { signingBindings } from './signing.ts'
import { spamBindings } from './spam.ts'
import { spoofingBindings } from './spoofing.ts'
import { systemBindings } from './system.ts'
import { tenantBindings } from './tenant.ts'
import { tlsBindings } from './tls.ts'
import { tokenBindings } from './token.ts'
import { userBindings } from './user.ts'
import { whereBindings } from './where.ts'

export function createBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    ...setupBindings(deps),
    ...sessionBindings(deps),
    ...accountBindings(deps),
    ...signInBindings(deps),
    ...tenantBindings(deps),
    ...auditBindings(deps),
    ...alertBindings(deps),
    ...keyBindings(deps),
    ...roleBindings(deps),
    ...retentionBindings(deps),
    ...tokenBindings(deps),
    ...connectBindings(deps),
    ...domainBindings(deps),
    ...userBindings(deps),
    ...directoryBindings(deps),
    ...providerAppBindings(deps),
    ...certificateBindings(deps),
    ...senderBindings(deps),
    ...contactBindings(deps),
    ...routeBindings(deps),
    ...outboundBindings(deps),
    ...policyBindings(deps),
    ...messageBindings(deps),
    ...refusalBindings(deps),
    ...queueBindings(deps),
    ...heldBindings(deps),
    ...portalBindings(deps),
    ...spamBindings(deps),
    ...whereBindings(deps),
    ...greylistBindings(deps),
    ...spoofingBindings(deps),
    ...archiveBindings(deps),
    ...agentBindings(deps),
    ...tlsBindings(deps),
    ...signingBindings(deps),
    ...systemBindings(deps),
    ...searchBindings(deps),
    ...acceptanceBindings(deps),
    ...shareBindings(deps),
    ...portfolioBindings(deps),
    ...leavingBindings(deps),
    ...addressBindings(deps),
  ]
}
