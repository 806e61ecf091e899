// The words for levels of TLS.

import type { DeliveryLevel } from '@gatepost/contract/tls.ts'
import type { Words } from '#i18n/i18n.ts'

export const levelNamesOf: (t: Words) => { readonly [Level in DeliveryLevel]: string } = (t) => ({
  dane: t('tlsWords.daneAsItsTlsaRecordsSay'),
  'mta-sts': t('tlsWords.mtaStsAsItsPolicySays'),
  verified: t('tlsWords.verifiedACertificateForIts'),
  'enforced-strict': t('tlsWords.strictAValidCertificateFor'),
  'enforced-relaxed': t('tlsWords.relaxedAnyCertificate'),
  opportunistic: t('tlsWords.opportunisticTlsWhereItIs'),
})

/** What the last test found the hosts to bear. */
export const strongestWordsOf: (t: Words) => { readonly [Level in DeliveryLevel]: string } = (t) => ({
  dane: t('tlsWords.bearsDane'),
  'mta-sts': t('tlsWords.bearsMtaSts'),
  verified: t('tlsWords.bearsVerifiedTls'),
  'enforced-strict': t('tlsWords.bearsStrictTls'),
  'enforced-relaxed': t('tlsWords.bearsRelaxedTlsAlone'),
  opportunistic: t('tlsWords.doesNotOfferTlsEverywhere'),
})
