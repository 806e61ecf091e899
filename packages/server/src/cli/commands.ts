// Every command, in the order of the help.
import type { Command } from './command.ts'
import { acceptanceCommands } from './commands/acceptance.ts'
import { accountCommands } from './commands/accounts.ts'
import { agentCommands } from './commands/agents.ts'
import { alertCommands } from './commands/alerts.ts'
import { apiCommands } from './commands/api.ts'
import { archiveCommands } from './commands/archive.ts'
import { askCommands } from './commands/ask.ts'
import { auditCommands } from './commands/audit.ts'
import { certificateCommands } from './commands/certificates.ts'
import { connectCommands } from './commands/connect.ts'
import { contactCommands } from './commands/contacts.ts'
import { directoryCommands } from './commands/directories.ts'
import { domainCommands } from './commands/domains.ts'
import { entraAppCommands } from './commands/entra-app.ts'
import { forwardingCommands } from './commands/forwarding.ts'
import { greylistingCommands } from './commands/greylisting.ts'
import { groupCommands } from './commands/groups.ts'
import { heldCommands } from './commands/held.ts'
import { keyCommands } from './commands/keys.ts'
import { localCommands } from './commands/local.ts'
import { messageCommands } from './commands/messages.ts'
import { operationsCommands } from './commands/operations.ts'
import { operatorsViewCommands } from './commands/operators-view.ts'
import { outboundCommands } from './commands/outbound.ts'
import { outboundLoginCommands } from './commands/outbound-logins.ts'
import { policyCommands } from './commands/policies.ts'
import { queueCommands } from './commands/queue.ts'
import { recipientCommands } from './commands/recipients.ts'
import { retentionCommands } from './commands/retention.ts'
import { roleCommands } from './commands/roles.ts'
import { routeCommands } from './commands/routes.ts'
import { searchCommands } from './commands/search.ts'
import { senderCommands } from './commands/senders.ts'
import { signingCommands } from './commands/signing.ts'
import { spamCommands } from './commands/spam.ts'
import { spoofingCommands } from './commands/spoofing.ts'
import { systemCommands } from './commands/system.ts'
import { tenantCommands } from './commands/tenants.ts'
import { tlsCommands } from './commands/tls.ts'
import { tokenCommands } from './commands/tokens.ts'
import { userCommands } from './commands/users.ts'
import { whereCommands } from './commands/where.ts'

export const commands: readonly Command[] = [
  ...systemCommands,
  ...tenantCommands,
  ...operatorsViewCommands,
  ...auditCommands,
  ...roleCommands,
  ...tokenCommands,
  ...archiveCommands,
  ...retentionCommands,
  ...connectCommands,
  ...certificateCommands,
  ...acceptanceCommands,
  ...alertCommands,
  ...domainCommands,
  ...recipientCommands,
  ...spoofingCommands,
  ...userCommands,
  ...accountCommands,
  ...directoryCommands,
  ...entraAppCommands,
  ...agentCommands,
  ...policyCommands,
  ...tlsCommands,
  ...groupCommands,
  ...senderCommands,
  ...contactCommands,
  ...routeCommands,
  ...outboundCommands,
  ...outboundLoginCommands,
  ...forwardingCommands,
  ...signingCommands,
  ...messageCommands,
  ...searchCommands,
  ...askCommands,
  ...queueCommands,
  ...heldCommands,
  ...spamCommands,
  ...whereCommands,
  ...greylistingCommands,
  ...keyCommands,
  ...operationsCommands,
  ...apiCommands,
  ...localCommands,
]
