// C1: domains with their proof records, watched at their own name servers.
import { DomainsManager } from '#console/domains/domains-manager.tsx'

export function ValidateDomains() {
  return <DomainsManager />
}
