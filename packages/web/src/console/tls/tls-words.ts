// The words for levels of TLS.
import type { DeliveryLevel } from '@gatepost/contract/tls.ts'

export const levelNames: { readonly [Level in DeliveryLevel]: string } = {
  dane: 'DANE: as its TLSA records say',
  'mta-sts': 'MTA-STS: as its policy says',
  verified: 'Verified: a certificate for its own domain',
  'enforced-strict': 'Strict: a valid certificate for the host',
  'enforced-relaxed': 'Relaxed: any certificate',
  opportunistic: 'Opportunistic: TLS where it is offered',
}

/** What the last test found the hosts to bear. */
export const strongestWords: { readonly [Level in DeliveryLevel]: string } = {
  dane: 'Bears DANE',
  'mta-sts': 'Bears MTA-STS',
  verified: 'Bears verified TLS',
  'enforced-strict': 'Bears strict TLS',
  'enforced-relaxed': 'Bears relaxed TLS alone',
  opportunistic: 'Does not offer TLS everywhere',
}
