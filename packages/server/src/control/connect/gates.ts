// What must be so before the MX of a domain is changed, as the other steps see it (C9).
import type { MxGates } from '../domain/mx.ts'
import { isConfirmed } from './derive-inbound.ts'
import { deriveOutbound } from './derive-outbound.ts'
import { isSelective, needsUsers } from './derive-people.ts'
import type { Observed } from './observed.ts'

/** The gates of one validated domain. */
export function mxGatesOf(observed: Observed, domainId: string): MxGates {
  const domain = observed.domains.find(({ id }) => id === domainId)
  const route =
    observed.routes.find(({ id }) => id === domain?.routeId) ??
    observed.routes.find(({ defaultFor }) => defaultFor === 'inbound')
  const outbound = deriveOutbound(observed)
  const { inboundOnly } = observed.tenant
  const hasMode = domain !== undefined && isSelective(domain) && (domain.userCount > 0 || !needsUsers(domain))
  return {
    routeTested: {
      passed: route !== undefined && isConfirmed(route),
      saw: routeText(route),
    },
    outbound: {
      passed: inboundOnly || outbound.isSatisfied,
      saw: inboundOnly ? 'Not required: this organisation only receives' : outbound.detail,
    },
    recipients: {
      passed: hasMode,
      saw: hasMode ? selectiveText(domain) : recipientText(domain),
    },
    firstInboundSeenAt: domain?.firstInboundSeenAt ?? null,
  }
}

function routeText(route: Observed['routes'][number] | undefined): string {
  if (!route) return 'There is no delivery route'
  if (isConfirmed(route)) return `A test message arrived through ${route.host}`
  if (route.test?.passed) return 'The test message was accepted; nobody said that it arrived'
  return route.test === null ? `The route to ${route.host} is not tested yet` : 'The test did not pass'
}

function selectiveText(domain: Observed['domains'][number]): string {
  if (!needsUsers(domain)) return 'The mail host is asked for each recipient'
  const which = domain.recipientMode === 'directory' ? 'Directory users' : 'Known recipients'
  return `${which}, ${domain.userCount} of them`
}

function recipientText(domain: Observed['domains'][number] | undefined): string {
  if (domain !== undefined && needsUsers(domain)) return 'No user of the domain is known'
  return domain?.recipientMode === 'learning'
    ? 'The domain still learns who is written to'
    : 'Mail for everybody is accepted'
}
