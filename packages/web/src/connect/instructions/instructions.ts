// What the administrator does at the mail host, by environment: exact values and ready commands.
import type { Environment } from '@gatepost/contract/common.ts'
import { googleInbound, googleOutbound } from './google-workspace.ts'
import { hostedInbound, hostedOutbound, otherInbound, otherOutbound } from './hosted-and-other.ts'
import { microsoftInbound, microsoftOutbound } from './microsoft-365.ts'
import { hybridInbound, hybridOutbound, premisesInbound, premisesOutbound } from './on-premises.ts'
import type { Instructions, Values } from './part.ts'

const inbound: { readonly [Name in Environment]: (values: Values) => Instructions } = {
  'microsoft-365': microsoftInbound,
  'on-premises': premisesInbound,
  hybrid: hybridInbound,
  hosted: hostedInbound,
  'google-workspace': googleInbound,
  other: otherInbound,
}

const outbound: { readonly [Name in Environment]: (values: Values) => Instructions } = {
  'microsoft-365': microsoftOutbound,
  'on-premises': premisesOutbound,
  hybrid: hybridOutbound,
  hosted: hostedOutbound,
  'google-workspace': googleOutbound,
  other: otherOutbound,
}

export function instructionsFor(
  environment: Environment,
  direction: 'inbound' | 'outbound',
  values: Values,
): Instructions {
  return (direction === 'inbound' ? inbound : outbound)[environment](values)
}
