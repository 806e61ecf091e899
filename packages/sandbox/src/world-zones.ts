// The names of the small internet as its first day finds them: acme's organisation, outside domains, the
// gateway.
import type { DnsZones } from './dns.ts'

/** Where acme's mail lives before Gatepost. */
export const ENVIRONMENTS = ['on-premises', 'microsoft-365', 'hybrid', 'google-workspace'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export const ACME = {
  domain: 'acme.example',
  organisation: 'Acme Ltd',
  /** The name of its mail host inside the small internet. */
  mailHost: 'exchange.acme.example',
  mailHostOfMicrosoft: 'acme-example.mail.protection.outlook.com',
  mailHostOfGoogle: 'smtp.google.com',
  directoryHost: 'dc1.acme.example',
  /** Its mail leaves from here (documentation range, RFC 5737). */
  publicIp: '198.51.100.25',
  mailboxes: [
    'ada@acme.example',
    'ann@acme.example',
    'bob@acme.example',
    'sales@acme.example',
    'zoe@acme.example',
  ],
  /** RFC 2142; every mail host has them. */
  roleMailboxes: ['postmaster@acme.example', 'abuse@acme.example'],
} as const

export const GATEWAY_NAME = 'mx.gatepost.example'
/** Where acme's mail goes before the change of MX; nobody listens there. */
const OLD_HOST_IP = '192.0.2.40'
/** Kept in the zones, so that a sandbox that goes on knows it. */
const ENVIRONMENT_NAME = 'environment.sandbox.example'

/** Addresses that the clouds really send from; here they are only claimed. */
export const CLOUD_IPS = { microsoft: '40.107.22.10', google: '209.85.220.41' } as const
/** As the providers publish them, in short. */
export const MICROSOFT_RANGES = [
  '40.92.0.0/15',
  '40.107.0.0/16',
  '52.100.0.0/15',
  '52.102.0.0/16',
  '52.103.0.0/17',
  '104.47.0.0/17',
  '2a01:111:f400::/48',
  '2a01:111:f403::/49',
  '2a01:111:f403:8000::/51',
  '2a01:111:f403:c000::/51',
  '2a01:111:f403:f000::/52',
] as const
const GOOGLE_SPF =
  'v=spf1 ip4:35.190.247.0/24 ip4:64.233.160.0/19 ip4:66.102.0.0/20 ip4:66.249.80.0/20 ip4:72.14.192.0/18 ' +
  'ip4:74.125.0.0/16 ip4:108.177.8.0/21 ip4:173.194.0.0/16 ip4:209.85.128.0/17 ip4:216.58.192.0/19 ' +
  'ip4:216.239.32.0/19 ip6:2001:4860:4000::/36 ip6:2404:6800:4000::/36 ip6:2607:f8b0:4000::/36 ' +
  'ip6:2800:3f0:4000::/36 ip6:2a00:1450:4000::/36 ip6:2c0f:fb50:4000::/36 ~all'

export type WorldAddresses = {
  readonly acmeHostIp: string
  readonly cloudHostIp: string
  readonly outsideHostIp: string
}

/** Fills empty zones with everything but the choice of environment. */
export function layOutZones(zones: DnsZones, addresses: WorldAddresses): void {
  const read = zones.importZone(zoneText(addresses))
  if (!read.ok) throw new Error(`the sandbox's zones are wrong: ${read.fault}`)
  setEnvironment(zones, 'on-premises')
}

/** Puts acme's own records back to what they are without Gatepost in this environment. */
export function setEnvironment(zones: DnsZones, environment: Environment): void {
  const { domain, publicIp } = ACME
  const { mx, spf, autodiscover } = RECORDS[environment]
  const others = zones.get(domain, 'TXT').filter((value) => !value.startsWith('"v=spf1'))
  zones.remove(`autodiscover.${domain}`)
  zones.set(domain, 'MX', [mx])
  zones.set(domain, 'TXT', [...others, `v=spf1 ${spf}-all`])
  if (autodiscover === 'own') zones.set(`autodiscover.${domain}`, 'A', [publicIp])
  if (autodiscover === 'microsoft')
    zones.set(`autodiscover.${domain}`, 'CNAME', ['autodiscover.outlook.com.'])
  zones.set(ENVIRONMENT_NAME, 'TXT', [environment])
}

/** The environment that was chosen last. */
export function environmentOf(zones: DnsZones): Environment {
  const [kept = ''] = zones.get(ENVIRONMENT_NAME, 'TXT')
  return ENVIRONMENTS.find((environment) => kept.includes(environment)) ?? 'on-premises'
}

export function isEnvironment(text: string): text is Environment {
  return (ENVIRONMENTS as readonly string[]).includes(text)
}

type EnvironmentRecords = {
  readonly mx: string
  readonly spf: string
  readonly autodiscover: 'own' | 'microsoft' | null
}

const OWN = `ip4:${ACME.publicIp} `
const RECORDS: { readonly [Name in Environment]: EnvironmentRecords } = {
  'on-premises': { mx: '10 mx.oldhost.example.', spf: OWN, autodiscover: 'own' },
  'microsoft-365': {
    mx: `0 ${ACME.mailHostOfMicrosoft}.`,
    spf: `${OWN}include:spf.protection.outlook.com `,
    autodiscover: 'microsoft',
  },
  hybrid: {
    mx: '10 mx.oldhost.example.',
    spf: `${OWN}include:spf.protection.outlook.com `,
    autodiscover: 'own',
  },
  'google-workspace': {
    mx: `1 ${ACME.mailHostOfGoogle}.`,
    spf: 'include:_spf.google.com ',
    autodiscover: null,
  },
}

function zoneText(addresses: WorldAddresses): string {
  return `$TTL 30\n${zonesOfAcme(addresses)}${zonesOutside(addresses)}${zonesOfClouds(addresses)}`
}

function zonesOfAcme({ acmeHostIp }: WorldAddresses): string {
  return `
; Each zone is served by this one server.
${soa('sandbox.example')}
ns1.sandbox.example.           A     127.0.0.1

; The organisation. Its MX, SPF and autodiscover depend on the environment.
${soa('acme.example')}
${ACME.mailHost}.              A     ${acmeHostIp}
${ACME.directoryHost}.         A     127.0.0.1
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
`
}

function zonesOutside({ outsideHostIp }: WorldAddresses): string {
  return `
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
`
}

function zonesOfClouds({ cloudHostIp }: WorldAddresses): string {
  const microsoft = MICROSOFT_RANGES.map((range) => `${range.includes(':') ? 'ip6' : 'ip4'}:${range}`).join(
    ' ',
  )
  return `
; What an organisation on Microsoft 365 points at.
${soa('outlook.com')}
autodiscover.outlook.com.      A     192.0.2.80
${ACME.mailHostOfMicrosoft}.   A     ${cloudHostIp}
spf.protection.outlook.com.    TXT   "v=spf1 ${microsoft} -all"
10.22.107.40.in-addr.arpa.     PTR   mail-am6eur05on2010.outbound.protection.outlook.com.
mail-am6eur05on2010.outbound.protection.outlook.com. A ${CLOUD_IPS.microsoft}

; What an organisation on Google Workspace points at.
${soa('google.com')}
${ACME.mailHostOfGoogle}.      A     ${cloudHostIp}
aspmx.l.google.com.            A     ${cloudHostIp}
_spf.google.com.               TXT   "${GOOGLE_SPF.slice(0, 200)}" "${GOOGLE_SPF.slice(200, 400)}" "${GOOGLE_SPF.slice(400)}"
41.220.85.209.in-addr.arpa.    PTR   mail-sor-f41.google.com.
mail-sor-f41.google.com.       A     ${CLOUD_IPS.google}
`
}

/** Negative answers are kept for 5 s only, since people wait for a record to be seen. */
function soa(domain: string): string {
  return `${domain}. SOA ns1.sandbox.example. hostmaster.${domain}. 1 3600 600 86400 5
${domain}. NS ns1.sandbox.example.`
}
