// The names of the small internet as its first day finds them: acme's organisation, outside domains, the
// gateway.
import type { DnsZones } from './dns.ts'

/** What acme's mail looks like from outside before Gatepost. */
export type Environment = 'on-premises' | 'microsoft-365'

export const ACME = {
  domain: 'acme.example',
  organisation: 'Acme Ltd',
  /** The name of its mail host inside the small internet. */
  mailHost: 'exchange.acme.example',
  mailHostOfMicrosoft: 'acme-example.mail.protection.outlook.com',
  /** Its mail leaves from here (documentation range, RFC 5737). */
  publicIp: '198.51.100.25',
  mailboxes: ['ann@acme.example', 'bob@acme.example', 'sales@acme.example'],
  /** RFC 2142; every mail host has them. */
  roleMailboxes: ['postmaster@acme.example', 'abuse@acme.example'],
} as const

export const GATEWAY_NAME = 'mx.gatepost.example'
/** Where acme's mail goes before the change of MX; nobody listens there. */
const OLD_HOST_IP = '192.0.2.40'

export type WorldAddresses = { readonly acmeHostIp: string; readonly outsideHostIp: string }

/** Fills empty zones with everything but the choice of environment. */
export function layOutZones(zones: DnsZones, addresses: WorldAddresses): void {
  const read = zones.importZone(zoneText(addresses))
  if (!read.ok) throw new Error(`the sandbox's zones are wrong: ${read.fault}`)
  setEnvironment(zones, 'on-premises')
}

/** Puts acme's own records back to what they are without Gatepost in this environment. */
export function setEnvironment(zones: DnsZones, environment: Environment): void {
  const { domain } = ACME
  const others = zones.get(domain, 'TXT').filter((value) => !value.startsWith('"v=spf1'))
  zones.remove(`autodiscover.${domain}`)
  if (environment === 'on-premises') {
    zones.set(domain, 'MX', ['10 mx.oldhost.example.'])
    zones.set(domain, 'TXT', [...others, `v=spf1 ip4:${ACME.publicIp} -all`])
    zones.set(`autodiscover.${domain}`, 'A', [ACME.publicIp])
  } else {
    zones.set(domain, 'MX', [`0 ${ACME.mailHostOfMicrosoft}.`])
    zones.set(domain, 'TXT', [
      ...others,
      `v=spf1 ip4:${ACME.publicIp} include:spf.protection.outlook.com -all`,
    ])
    zones.set(`autodiscover.${domain}`, 'CNAME', ['autodiscover.outlook.com.'])
  }
}

/** The environment that acme's records show now. */
export function environmentOf(zones: DnsZones): Environment {
  return zones.get(`autodiscover.${ACME.domain}`, 'CNAME').length > 0 ? 'microsoft-365' : 'on-premises'
}

function zoneText({ acmeHostIp, outsideHostIp }: WorldAddresses): string {
  return `
$TTL 30
; Each zone is served by this one server.
${soa('sandbox.example')}
ns1.sandbox.example.           A     127.0.0.1

; The organisation. Its MX, SPF and autodiscover depend on the environment.
${soa('acme.example')}
${ACME.mailHost}.              A     ${acmeHostIp}
mail.acme.example.             A     ${ACME.publicIp}
_dmarc.acme.example.           TXT   "v=DMARC1; p=none; rua=mailto:postmaster@acme.example"
25.100.51.198.in-addr.arpa.    PTR   mail.acme.example.

; The provider that receives acme's mail today.
${soa('oldhost.example')}
mx.oldhost.example.            A     ${OLD_HOST_IP}

; The gateway's own names.
${soa('gatepost.example')}
gatepost.example.              MX    10 ${GATEWAY_NAME}.
gatepost.example.              TXT   "v=spf1 include:spf.gatepost.example -all"
${GATEWAY_NAME}.               A     127.0.0.1
${GATEWAY_NAME}.               TXT   "v=spf1 a -all"
smtp.gatepost.example.         A     127.0.0.1
console.gatepost.example.      A     127.0.0.1
spf.gatepost.example.          TXT   "v=spf1 ip4:127.0.0.1 -all"
validate.${GATEWAY_NAME}.      CNAME ${GATEWAY_NAME}.
spf.${GATEWAY_NAME}.           TXT   "v=spf1 ip4:127.0.0.1 -all"
1.0.0.127.in-addr.arpa.        PTR   ${GATEWAY_NAME}.

; A business partner whose mail is in order.
${soa('bright.example')}
bright.example.                MX    10 mx.bright.example.
bright.example.                TXT   "v=spf1 ip4:203.0.113.10 -all"
_dmarc.bright.example.         TXT   "v=DMARC1; p=reject"
mx.bright.example.             A     ${outsideHostIp}
mail.bright.example.           A     203.0.113.10
mail.bright.example.           TXT   "v=spf1 a -all"
10.113.0.203.in-addr.arpa.     PTR   mail.bright.example.

; A service that sends surveys, also in the name of its customers.
${soa('survey.example')}
survey.example.                MX    10 mx.survey.example.
survey.example.                TXT   "v=spf1 ip4:203.0.113.64/28 -all"
mx.survey.example.             A     ${outsideHostIp}
out7.survey.example.           A     203.0.113.77
77.113.0.203.in-addr.arpa.     PTR   out7.survey.example.

; A sender that pretends to be somebody else.
${soa('phish.example')}
phish.example.                 MX    10 mx.phish.example.
phish.example.                 TXT   "v=spf1 ip4:192.0.2.66 ~all"
mx.phish.example.              A     ${outsideHostIp}
66.2.0.192.in-addr.arpa.       PTR   host-66.dialup.example.

; What an organisation on Microsoft 365 points at.
${soa('outlook.com')}
autodiscover.outlook.com.      A     192.0.2.80
${ACME.mailHostOfMicrosoft}.   A     ${acmeHostIp}
spf.protection.outlook.com.    TXT   "v=spf1 ip4:192.0.2.128/26 -all"
`
}

/** Negative answers are kept for 5 s only, since people wait for a record to be seen. */
function soa(domain: string): string {
  return `${domain}. SOA ns1.sandbox.example. hostmaster.${domain}. 1 3600 600 86400 5
${domain}. NS ns1.sandbox.example.`
}
