// The guide of each step of Connect; a test looks whether they are there.
import type { StepName } from '@gatepost/contract/connect.ts'

export const stepGuides: { readonly [Name in StepName]: string } = {
  'name-organization': 'settings',
  'validate-domains': 'domains',
  'synchronize-directory': 'directories',
  'add-users': 'users',
  'user-authentication': 'sign-in',
  'prepare-inbound': 'routes',
  outbound: 'outbound',
  'import-permitted-senders': 'senders',
  'recipient-validation': 'recipients',
  'modify-mx': 'mx',
  'secure-inbound': 'lock-down',
  journaling: 'journaling',
  'basic-administrators': 'roles',
  'forwarding-addresses': 'forwarding',
  'bypass-anti-spoofing': 'forgery',
  'tls-policies': 'tls',
  'firewall-lockdown': 'lock-down',
}
