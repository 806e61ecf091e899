// Anti-spoofing as tables a postmaster can read: who claims what from where, and what becomes of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { antiSpoofing } from './anti-spoofing.ts'
import { antiSpoofingHeader } from './anti-spoofing-header.ts'
import { type AuthenticationFact, type Facts, known, unknown } from './facts.ts'
import type { Opinion, PolicyTransaction, WantedFacts } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import type { TenantSettings } from './settings.ts'

type Rule = PolicyRule<'anti-spoofing'>

let made = 0

function rule(
  change: Partial<Omit<Rule, 'option'>> & { readonly option?: Partial<Rule['option']> } = {},
): Rule {
  made += 1
  const { option, ...rest } = change
  return {
    id: `pol_${made}`,
    type: 'anti-spoofing',
    name: `rule ${made}`,
    from: { kind: 'domain', domain: 'ours.example' },
    to: { kind: 'internal' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: made,
    ...rest,
    option: { action: 'refuse', acceptAligned: true, spfDomains: [], dkimDomains: [], ...option },
  }
}

const exempt = (change: Parameters<typeof rule>[0] = {}): Rule =>
  rule({ ...change, option: { acceptAligned: false, ...change.option, action: 'none' } })

function settingsWith(rules: readonly Rule[]): TenantSettings {
  const domain = { recipientMode: 'known', unknownRecipient: 'reject', routeId: null } as const
  return {
    tenantId: 'acme',
    slug: 'acme',
    revision: 1,
    domains: [{ id: 'dom_1', name: 'ours.example', ...domain }],
    authorizedOutbounds: [
      { id: 'out_1', cidr: '192.0.2.10/32' },
      { id: 'out_2', cidr: '40.107.0.0/16' },
    ],
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
    rules,
  }
}

type Mail = {
  readonly from?: string | null
  readonly author?: string
  readonly authors?: Facts['author']['people']
  readonly ip?: string
  readonly names?: readonly string[] | 'unknown'
  readonly spf?: Facts['listedSpf']
  readonly found?: Partial<AuthenticationFact> | 'unknown'
  readonly direction?: 'inbound' | 'outbound'
}

function transactionOf({
  from = 'bob@service.example',
  ip = '203.0.113.5',
  direction,
}: Mail): PolicyTransaction {
  return {
    clientIp: ip,
    helo: 'mx.service.example',
    reversePath: from === null ? null : mailboxOf(from),
    forwardPath: mailboxOf('ann@ours.example'),
    tenantId: 'acme',
    direction: direction ?? 'inbound',
    now: 1_000_000,
  }
}

function wantedOf({ names = [], spf = [], found = {} }: Mail) {
  const nothing: AuthenticationFact = {
    spf: 'none',
    spfDomain: 'service.example',
    spfAligned: false,
    dkim: [],
    dmarc: { result: 'none', policy: null, domain: null },
    arc: 'none',
  }
  return {
    clientNames: names === 'unknown' ? unknown('no answer') : known(names),
    listedSpf: known(spf),
    authentication: found === 'unknown' ? unknown('no answer') : known({ ...nothing, ...found }),
  } satisfies WantedFacts<'clientNames' | 'listedSpf' | 'authentication'>
}

function atRcpt(rules: readonly Rule[], mail: Mail): string {
  return shown(antiSpoofing.judge(transactionOf(mail), {}, settingsWith(rules), wantedOf(mail)))
}

function atMessage(rules: readonly Rule[], mail: Mail): string {
  const people = mail.authors ?? [
    { displayName: '', address: mail.author ?? 'bob@service.example', written: '' },
  ]
  const author = { domains: [], tenants: [], people, replyTo: [] }
  const facts = { author }
  return shown(antiSpoofingHeader.judge(transactionOf(mail), facts, settingsWith(rules), wantedOf(mail)))
}

function shown(opinion: Opinion): string {
  const code = 'reply' in opinion ? ` ${opinion.reply.code}` : ''
  return `${opinion.kind}${code} ${opinion.because}`
}

const signedBy = (domain: string, result: 'pass' | 'fail' | 'temperror' = 'pass', aligned = false) => ({
  dkim: [{ domain, selector: 's', result, aligned }],
})

const strict = () => rule({ option: { acceptAligned: false } })

test('the envelope at RCPT: refused where nothing to come can vouch, else judged with the content', () => {
  const cases: [string, readonly Rule[], Mail, string][] = [
    ['a stranger as himself', [strict()], {}, 'continue sender-not-internal'],
    ['the null reverse-path claims nobody', [strict()], { from: null }, 'continue sender-not-internal'],
    ['an internal sender', [strict()], { from: 'ceo@ours.example' }, 'reject 550 spoofing'],
    ['of a sub-domain', [strict()], { from: 'ceo@hr.ours.example' }, 'reject 550 spoofing'],
    [
      'of a domain that only ends alike',
      [strict()],
      { from: 'ceo@notours.example' },
      'continue sender-not-internal',
    ],
    [
      'by default a signature may follow',
      [rule()],
      { from: 'ceo@ours.example' },
      'continue spoofing-judged-later',
    ],
    ['without any rule', [], { from: 'ceo@ours.example' }, 'continue no-spoofing-rule'],
    [
      'outbound mail',
      [strict()],
      { from: 'ceo@ours.example', direction: 'outbound' },
      'continue outbound-not-spoofed',
    ],
    [
      'an own host',
      [strict()],
      { from: 'ceo@x.ours.example', ip: '192.0.2.10' },
      'continue sent-by-own-host',
    ],
    [
      'a shared cloud is nobody’s own host',
      [strict()],
      { from: 'ceo@ours.example', ip: '40.107.1.1' },
      'reject 550 spoofing',
    ],
    [
      'report only',
      [rule({ option: { action: 'report', acceptAligned: false } })],
      { from: 'ceo@ours.example' },
      'continue spoofing-reported',
    ],
    [
      'a rule about the header alone',
      [rule({ addressesBasedOn: 'header' })],
      { from: 'ceo@ours.example' },
      'continue no-spoofing-rule',
    ],
  ]
  for (const [what, rules, mail, expected] of cases) assert.equal(atRcpt(rules, mail), expected, what)
})

test('exemptions by address, by host name and by SPF of a listed domain hold at RCPT', () => {
  const mail = { from: 'survey@ours.example' }
  const usual = strict() // The oldest: of equally specific rules the newest wins.
  const byIp = exempt({ sourceIps: ['198.51.100.0/24'] })
  const byHost = exempt({ hostNames: ['ms*.ssmx.example'] })
  const bySpf = exempt({ option: { spfDomains: ['survey.example'] } })
  const pass = [{ domain: 'survey.example', result: 'pass' }] as const
  const cases: [string, Rule, Mail, string][] = [
    ['the address', byIp, { ip: '198.51.100.7' }, 'continue spoofing-exempt'],
    ['another address', byIp, { ip: '198.51.101.7' }, 'reject 550 spoofing'],
    ['the host name', byHost, { names: ['ms12.ssmx.example'] }, 'continue spoofing-exempt'],
    ['another host name', byHost, { names: ['mail.ssmx.example'] }, 'reject 550 spoofing'],
    ['no host name', byHost, { names: [] }, 'reject 550 spoofing'],
    [
      'names that could not be looked up are no "no"',
      byHost,
      { names: 'unknown' },
      'defer 451 client-names-unknown',
    ],
    ['SPF of a listed domain', bySpf, { spf: pass }, 'continue spoofing-exempt'],
    ['SPF that fails', bySpf, { spf: [{ domain: 'survey.example', result: 'fail' }] }, 'reject 550 spoofing'],
    [
      'SPF that could not be asked is no "no"',
      bySpf,
      { spf: [{ domain: 'survey.example', result: 'temperror' }] },
      'defer 451 spoofing-proof-unknown',
    ],
    [
      'more than ten look-ups',
      bySpf,
      { spf: [{ domain: 'survey.example', result: 'permerror' }] },
      'reject 550 spoofing',
    ],
  ]
  for (const [what, exemption, with_, expected] of cases) {
    assert.equal(atRcpt([usual, exemption], { ...mail, ...with_ }), expected, what)
  }
})

test('the header: who may be an internal author from outside', () => {
  const spoof = { author: 'ceo@ours.example' }
  const spfPass = { spf: 'pass', spfDomain: 'ours.example', spfAligned: true } as const
  const cases: [string, readonly Rule[], Mail, string][] = [
    ['a stranger', [rule()], {}, 'continue sender-not-internal'],
    ['nothing vouches', [rule()], spoof, 'reject 550 spoofing'],
    ['signed by us', [rule()], { ...spoof, found: signedBy('ours.example') }, 'continue spoofing-aligned'],
    [
      'signed by a sub-domain of ours',
      [rule()],
      { ...spoof, found: signedBy('news.ours.example') },
      'continue spoofing-aligned',
    ],
    [
      'a signature of ours that fails',
      [rule()],
      { ...spoof, found: signedBy('ours.example', 'fail') },
      'reject 550 spoofing',
    ],
    [
      'signed by somebody else',
      [rule()],
      { ...spoof, found: signedBy('service.example') },
      'reject 550 spoofing',
    ],
    [
      'a key that cannot be fetched',
      [rule()],
      { ...spoof, found: signedBy('ours.example', 'temperror') },
      'defer 451 spoofing-proof-unknown',
    ],
    ['SPF of ours', [rule()], { ...spoof, found: spfPass }, 'continue spoofing-aligned'],
    [
      'SPF of ours resting on a shared cloud',
      [rule()],
      { ...spoof, ip: '40.107.9.9', found: spfPass },
      'reject 550 spoofing',
    ],
    [
      'DKIM of ours from a shared cloud',
      [rule()],
      { ...spoof, ip: '40.107.9.9', found: signedBy('ours.example') },
      'continue spoofing-aligned',
    ],
    [
      'aligned is not accepted by choice',
      [strict()],
      { ...spoof, found: signedBy('ours.example') },
      'reject 550 spoofing',
    ],
    [
      'a listed signer',
      [rule({ option: { dkimDomains: ['service.example'] } })],
      { ...spoof, found: signedBy('service.example') },
      'continue spoofing-dkim-listed',
    ],
    [
      'exempt by signer',
      [strict(), exempt({ option: { dkimDomains: ['service.example'] } })],
      { ...spoof, found: signedBy('mail.service.example') },
      'continue spoofing-exempt',
    ],
    [
      'exempt by a signer whose key cannot be fetched',
      [strict(), exempt({ option: { dkimDomains: ['service.example'] } })],
      { ...spoof, found: signedBy('mail.service.example', 'temperror') },
      'defer 451 spoofing-proof-unknown',
    ],
    [
      'a listed signer whose key cannot be fetched',
      [rule({ option: { dkimDomains: ['service.example'] } })],
      { ...spoof, found: signedBy('service.example', 'temperror') },
      'defer 451 spoofing-proof-unknown',
    ],
    [
      'exempt by signer, unsigned',
      [strict(), exempt({ option: { dkimDomains: ['service.example'] } })],
      spoof,
      'reject 550 spoofing',
    ],
    [
      'two exemptions do not hide each other',
      [
        strict(),
        exempt({ option: { dkimDomains: ['a.example'] } }),
        exempt({ option: { dkimDomains: ['b.example'] } }),
      ],
      { ...spoof, found: signedBy('a.example') },
      'continue spoofing-exempt',
    ],
    [
      'a stricter rule for one address beats the exemption of the domain',
      [
        exempt({ option: { dkimDomains: ['a.example'] } }),
        rule({ from: { kind: 'address', address: 'ceo@ours.example' } }),
      ],
      { ...spoof, found: signedBy('a.example') },
      'reject 550 spoofing',
    ],
    [
      'the envelope is judged again with the content',
      [rule()],
      { from: 'ceo@ours.example' },
      'reject 550 spoofing',
    ],
    [
      'the envelope, vouched for by a signature',
      [rule()],
      { from: 'ceo@ours.example', found: signedBy('ours.example') },
      'continue spoofing-aligned',
    ],
  ]
  for (const [what, rules, mail, expected] of cases) assert.equal(atMessage(rules, mail), expected, what)
})

test('the header: an end, and an authentication that nobody could do', () => {
  const spoof = { author: 'ceo@ours.example' }
  const cases: [string, readonly Rule[], Mail, string][] = [
    [
      'an exemption that has ended',
      [strict(), exempt({ validUntil: 999_999 })],
      spoof,
      'reject 550 spoofing',
    ],
    [
      'authentication that nobody could do',
      [rule()],
      { ...spoof, found: 'unknown' },
      'defer 451 spoofing-proof-unknown',
    ],
  ]
  for (const [what, rules, mail, expected] of cases) assert.equal(atMessage(rules, mail), expected, what)
})

test('authors in disguise: several, broken, encoded (reliability §3, case 26)', () => {
  const person = (address: string | null, written = '') => ({ displayName: '', address, written })
  const cases: [string, Facts['author']['people'], string][] = [
    ['ours behind a stranger', [person('x@evil.example'), person('ceo@ours.example')], 'reject 550 spoofing'],
    ['ours before a stranger', [person('ceo@ours.example'), person('x@evil.example')], 'reject 550 spoofing'],
    [
      'no address to us, but to a reader',
      [person(null, 'ceo@ours.example(x)evil.example')],
      'reject 550 spoofing',
    ],
    ['with a full-width dot', [person(null, 'ceo@ours．example ')], 'reject 550 spoofing'],
    ['no From at all', [], 'continue sender-not-internal'],
    ['broken, and a stranger', [person(null, 'x@@evil.example')], 'continue sender-not-internal'],
  ]
  for (const [what, authors, expected] of cases)
    assert.equal(atMessage([rule()], { authors }), expected, what)
})

test('a signature vouches for the domain it belongs to, not for another of ours', () => {
  const other = {
    id: 'dom_2',
    name: 'other.example',
    recipientMode: 'known',
    unknownRecipient: 'reject',
    routeId: null,
  }
  const settings = settingsWith([rule({ from: { kind: 'internal' } })])
  const both = { ...settings, domains: [...settings.domains, other as (typeof settings.domains)[number]] }
  const mail = { author: 'ceo@ours.example', found: signedBy('other.example') }
  const people = [{ displayName: '', address: 'ceo@ours.example', written: '' }]
  const facts = { author: { domains: [], tenants: [], people, replyTo: [] } }
  assert.equal(
    shown(antiSpoofingHeader.judge(transactionOf(mail), facts, both, wantedOf(mail))),
    'reject 550 spoofing',
  )
})
