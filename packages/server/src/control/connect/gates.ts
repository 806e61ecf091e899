// What must be so before the MX of a domain is changed, as the other steps see it (C9).
import { say, type Text } from '@gatepost/contract/sayings.ts'
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
      saw: inboundOnly ? say('gate.inbound-only') : (outbound.said?.detail ?? outbound.detail),
    },
    recipients: {
      passed: hasMode,
      saw: hasMode ? selectiveText(domain) : recipientText(domain),
    },
    firstInboundSeenAt: domain?.firstInboundSeenAt ?? null,
  }
}

function routeText(route: Observed['routes'][number] | undefined): Text {
  if (!route) return say('gate.no-route')
  if (isConfirmed(route)) return say('gate.arrived', { host: route.host })
  if (route.test?.passed) return say('gate.unconfirmed')
  return route.test === null ? say('route.untested', { host: route.host }) : say('gate.not-passed')
}

function selectiveText(domain: Observed['domains'][number]): Text {
  if (!needsUsers(domain)) return say('gate.host-asked')
  const isDirectory = domain.recipientMode === 'directory'
  return say(isDirectory ? 'gate.directory-users' : 'gate.known', { number: domain.userCount })
}

function recipientText(domain: Observed['domains'][number] | undefined): Text {
  if (domain !== undefined && needsUsers(domain)) return say('gate.nobody')
  return say(domain?.recipientMode === 'learning' ? 'gate.learning' : 'recipients.everybody')
}
