// The words for a delivery route's TLS and use.

import type { Route } from '@gatepost/contract/route.ts'
import type { Words } from '#i18n/i18n.ts'

export const tlsWordsOf: (t: Words) => { readonly [Name in Route['tls']]: string } = (t) => ({
  opportunistic: t('routeWords.tlsWhenOffered'),
  'enforced-relaxed': t('routeWords.tlsAlwaysAnyCertificate'),
  'enforced-strict': t('routeWords.tlsAlwaysCertificate'),
  none: t('routeWords.noTls'),
})

export function purposeOf(t: Words, route: Route): string {
  if (route.defaultFor === 'inbound') return t('routeWords.forInboundMail')
  if (route.defaultFor === 'outbound') return t('routeWords.smartHostForOutboundMail')
  return t('routeWords.forDomainsThatChooseIt')
}
