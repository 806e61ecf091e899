// The domain that a tenant of Microsoft 365 has by itself (`acme.onmicrosoft.com`): mail to it goes past
// every MX record of ours, so the bypass probe asks for it too (C10).
import type { Dns } from '#platform/dns-types.ts'
import type { Db } from '#store/open.ts'
import { connectorsOf, settingsOf } from '../directory/store.ts'

const OWN_DOMAIN = /^(?:[a-z0-9-]+\.)+onmicrosoft\.com$/
/** Where Microsoft keeps DKIM keys of a tenant: both forms name the tenant. */
const KEY_AT = [
  /\._domainkey\.([a-z0-9-]+)\.onmicrosoft\.com$/,
  /\._domainkey\.([a-z0-9-]+)\.[a-z0-9-]+\.dkim\.mail\.microsoft$/,
]

/** As the directory's settings name it; null where they do not. */
export async function cloudDomainInSettings(db: Db, tenantId: string): Promise<string | null> {
  for (const row of await connectorsOf(db, tenantId)) {
    const settings = settingsOf(row)
    const domain = settings.kind === 'entra' ? settings.tenantDomain.toLowerCase() : ''
    if (OWN_DOMAIN.test(domain)) return domain
  }
  return null
}

/** As the DKIM record tells that Microsoft asks for in a custom domain; null where there is none. */
export async function cloudDomainInDns(domain: string, dns: Dns): Promise<string | null> {
  const answer = await dns.query({ name: `selector1._domainkey.${domain}`, type: 'CNAME' })
  if (answer.kind !== 'found') return null
  const target = (answer.records[0] ?? '').toLowerCase().replace(/\.$/, '')
  for (const form of KEY_AT) {
    const [, name] = form.exec(target) ?? []
    if (name !== undefined) return `${name}.onmicrosoft.com`
  }
  return null
}
