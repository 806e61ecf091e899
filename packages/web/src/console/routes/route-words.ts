// The words for a delivery route's TLS and use.
import type { Route } from '@gatepost/contract/route.ts'

export const tlsWords: { readonly [Name in Route['tls']]: string } = {
  opportunistic: 'TLS when offered',
  'enforced-relaxed': 'TLS always, any certificate',
  'enforced-strict': 'TLS always, certificate checked',
  none: 'No TLS',
}

export function purposeOf(route: Route): string {
  if (route.defaultFor === 'inbound') return 'for inbound mail'
  if (route.defaultFor === 'outbound') return 'smart host for outbound mail'
  return 'for domains that choose it'
}
