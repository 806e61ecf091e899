// Tables of what public records look like in the wild, and what we propose from them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dns, DnsAnswer, DnsQuery, DnsRecordType } from '#platform/dns-types.ts'
import { Problem } from '../problem.ts'
import { proposeEnvironment } from './environment.ts'

type Zone = { readonly [question: string]: readonly string[] | 'failed' }

function dnsOf(zone: Zone): Dns {
  const query = async ({ name, type }: DnsQuery<DnsRecordType>): Promise<DnsAnswer<DnsRecordType>> => {
    const server = '192.0.2.53:53'
    const values = zone[`${type} ${name}`]
    if (values === 'failed') return { kind: 'failed', why: 'no answer within 3 s', server }
    if (!values) return { kind: 'absent', ttl: 60, authenticated: false, server }
    const records = values.map((text) => {
      const [preference, exchange = ''] = text.split(' ')
      return type === 'MX' ? { preference: Number(preference), exchange } : text
    })
    return { kind: 'found', records, ttl: 60, authenticated: false, server }
  }
  return { query } as unknown as Dns
}

const MX = 'MX acme.example'
const TXT = 'TXT acme.example'
const ALIAS = 'CNAME autodiscover.acme.example'
const ADDRESS = 'A autodiscover.acme.example'
const OUTLOOK = ['autodiscover.outlook.com']
const MICROSOFT_SPF = ['v=spf1 include:spf.protection.outlook.com -all']

const cases: readonly (readonly [string, Zone, string | null])[] = [
  ['Microsoft 365', { [MX]: ['0 acme-example.mail.protection.outlook.com'] }, 'microsoft-365'],
  ['Microsoft 365 with DNSSEC names', { [MX]: ['0 acme-example.a-v1.mx.microsoft'] }, 'microsoft-365'],
  [
    'Google Workspace, old names',
    { [MX]: ['1 aspmx.l.google.com', '5 alt1.aspmx.l.google.com'] },
    'google-workspace',
  ],
  ['Google Workspace, new name', { [MX]: ['1 smtp.google.com.'] }, 'google-workspace'],
  ['hybrid by autodiscover', { [MX]: ['10 mail.acme.example'], [ALIAS]: OUTLOOK }, 'hybrid'],
  ['hybrid by SPF', { [MX]: ['10 mail.acme.example'], [TXT]: ['google-site', ...MICROSOFT_SPF] }, 'hybrid'],
  [
    'hybrid by both kinds of mail host',
    { [MX]: ['10 mail.acme.example', '20 acme-example.mail.protection.outlook.com'] },
    'hybrid',
  ],
  ['hosted', { [MX]: ['10 mx1.emailsrvr.com'] }, 'hosted'],
  [
    'hosted behind a gateway',
    { [MX]: ['10 in.gateway.example'], [ALIAS]: ['autodiscover.serverdata.net'] },
    'hosted',
  ],
  ['on-premises by MX', { [MX]: ['10 mail.acme.example'], [TXT]: ['v=spf1 mx -all'] }, 'on-premises'],
  [
    'on-premises behind a gateway',
    { [MX]: ['10 in.gateway.example'], [ADDRESS]: ['192.0.2.7'] },
    'on-premises',
  ],
  [
    'Microsoft 365 behind a gateway',
    { [MX]: ['10 in.gateway.example'], [TXT]: MICROSOFT_SPF, [ALIAS]: OUTLOOK },
    'microsoft-365',
  ],
  ['other', { [MX]: ['10 mx.provider.example'] }, 'other'],
  ['nothing', {}, null],
  ['null MX', { [MX]: ['0 .'] }, null],
  ['MX unknown', { [MX]: 'failed', [TXT]: MICROSOFT_SPF, [ALIAS]: OUTLOOK }, null],
  ['own MX, SPF unknown', { [MX]: ['10 mail.acme.example'], [TXT]: 'failed' }, null],
  [
    'Microsoft MX settles it, SPF unknown',
    { [MX]: ['0 a.mail.protection.outlook.com'], [TXT]: 'failed' },
    'microsoft-365',
  ],
  ['a look-alike is not Microsoft', { [MX]: ['0 mail.protection.outlook.com.evil.example'] }, 'other'],
]

for (const [name, zone, expected] of cases) {
  test(`environment: ${name}`, async () => {
    const { environment, evidence } = await proposeEnvironment(' ACME.example. ', { dns: dnsOf(zone) })
    assert.equal(environment, expected)
    assert.equal(evidence.length, 3)
  })
}

test('evidence shows records, meanings and failures', async () => {
  const { domain, evidence } = await proposeEnvironment('acme.example', {
    dns: dnsOf({ [MX]: ['20 b.acme.example', '10 a.acme.example'], [TXT]: 'failed', [ALIAS]: OUTLOOK }),
  })
  assert.equal(domain, 'acme.example')
  assert.deepEqual(evidence, [
    {
      record: 'MX acme.example',
      value: '10 a.acme.example, 20 b.acme.example',
      means: 'A host of your own receives the mail.',
      state: 'found',
    },
    {
      record: 'SPF acme.example',
      value: 'no answer within 3 s',
      means: 'The look-up failed, so this record tells nothing.',
      state: 'failed',
    },
    {
      record: 'CNAME autodiscover.acme.example',
      value: 'autodiscover.outlook.com',
      means: 'Microsoft 365 is used.',
      state: 'found',
    },
  ])
})

test('what is no domain is refused at its field', async () => {
  const refused = proposeEnvironment('https://acme.example/', { dns: dnsOf({}) })
  await assert.rejects(refused, (error: unknown) => {
    assert.ok(error instanceof Problem)
    assert.deepEqual(
      error.errors.map(({ path }) => path),
      ['/domain'],
    )
    return true
  })
})
