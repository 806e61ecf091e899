// How the shared clouds send: from addresses that all their customers have, with the header that proves whose
// it is.
import { CLOUD_IPS, type Environment } from './world-zones.ts'

export type CloudSender = {
  readonly sourceIp: string
  readonly helo: string
  readonly fields: readonly string[]
}

export type CloudAccount = {
  /** The tenant's id at Microsoft; null where no directory runs beside the world. */
  readonly tenantId: string | null
  /** What a rule at the provider puts into X-Gatepost-Tenant; null without the rule. */
  readonly header: string | null
}

/** The provider that this environment sends through; on-premises would be none, and says Microsoft. */
export function cloudSender(environment: Environment, { tenantId, header }: CloudAccount): CloudSender {
  const rule = header === null ? [] : [`X-Gatepost-Tenant: ${header}`]
  if (environment === 'google-workspace')
    return { sourceIp: CLOUD_IPS.google, helo: 'mail-sor-f41.google.com', fields: rule }
  const own = tenantId === null ? [] : [`X-MS-Exchange-CrossTenant-Id: ${tenantId}`]
  return {
    sourceIp: CLOUD_IPS.microsoft,
    helo: 'mail-am6eur05on2010.outbound.protection.outlook.com',
    fields: [...own, 'X-OriginatorOrg: acme.example', ...rule],
  }
}

/** How a provider refuses mail that does not come through the gateway. */
export function lockReply(environment: Environment): string | null {
  if (environment === 'microsoft-365')
    return (
      '550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message’s ' +
      'recipient domain. The connector had either the RestrictDomainsToIPAddresses or ' +
      'RestrictDomainsToCertificate set'
    )
  return environment === 'google-workspace' ? '550 5.7.1 The message does not come from a gateway IP' : null
}
