// What a failed look-up leaves open refuses nobody for good, and holds up nobody whom it makes no difference
// to (law 4).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { antiSpoofingHeader } from './anti-spoofing-header.ts'
import { attachments } from './attachments.ts'
import { blockedSenders, blockedSendersHeader } from './blocked-senders.ts'
import { type AuthenticationFact, type Facts, known, unknown } from './facts.ts'
import { permittedSendersHeader } from './permitted-senders.ts'
import type { Opinion, PolicyTransaction } from './policy.ts'
import { ruleOf, settingsWith } from './rule.fixture.ts'
import type { PolicyRule } from './rule.ts'
import { secureReceipt } from './secure-receipt.ts'
import { spam } from './spam.ts'
import { virus } from './virus.ts'

const NAMES_UNKNOWN = unknown('DNS did not answer')
const settingsOf = (...rules: readonly PolicyRule[]) => settingsWith(rules)

const transaction: PolicyTransaction = {
  clientIp: '192.0.2.1',
  helo: 'mx.sender.example',
  reversePath: mailboxOf('bob@sender.example'),
  forwardPath: mailboxOf('ann@acme.example'),
  tenantId: 'acme',
  direction: 'inbound',
  clientTls: null,
  now: 0,
}

const author: Facts['author'] = {
  domains: ['sender.example'],
  tenants: [null],
  people: [{ displayName: '', address: 'bob@sender.example', written: '' }],
  replyTo: [],
}

const NOBODY_PROVED: AuthenticationFact = {
  spf: 'fail',
  spfDomain: 'sender.example',
  spfAligned: false,
  dkim: [],
  dmarc: { result: 'fail', policy: 'none', domain: 'sender.example' },
  arc: 'none',
}
const UNSURE: AuthenticationFact = {
  ...NOBODY_PROVED,
  spf: 'temperror',
  spfAligned: true,
  dmarc: { result: 'temperror', policy: 'none', domain: 'sender.example' },
}

const spf = (result: 'pass' | 'fail' | 'temperror') =>
  known({ result, domain: 'sender.example', explanation: null })
const shown = ({ kind, because }: Opinion): string => `${kind} ${because}`

const scored = known({ score: 30, contributions: [], engine: 'built-in' as const })
const entry = { id: 'snd_1', sender: 'sender.example', source: 'managed', onlyIfAuthenticated: true } as const
const spamRule = ruleOf('spam-scanning', { action: 'hold', level: 'moderate' })
const named = { id: 'pol_named', hostNames: ['.sender.example'], override: true } as const

test('spam is not refused for good while a permit may only be missing for want of an answer', () => {
  const permit = ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: true })
  const byName = ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: false }, named)
  const judged = (rules: readonly PolicyRule[], more: Parameters<typeof spam.judge>[3]): string =>
    shown(
      spam.judge(transaction, {}, settingsOf(spamRule, ...rules), {
        author: known(author),
        spam: scored,
        managedSender: known({ permit: null, block: null }),
        authentication: known(NOBODY_PROVED),
        ...more,
      }),
    )
  const doubtful = 'defer fact-unavailable'
  assert.equal(judged([], {}), 'reject spam-refused')
  assert.equal(judged([permit], {}), 'reject spam-refused')
  assert.equal(judged([permit], { authentication: known(UNSURE) }), doubtful)
  assert.equal(judged([permit], { authentication: unknown('no answer') }), doubtful)
  assert.equal(judged([byName], { clientNames: NAMES_UNKNOWN }), doubtful)
  assert.equal(judged([byName], { clientNames: known([]) }), 'reject spam-refused')
  assert.equal(judged([], { managedSender: unknown('the replica is being filled') }), doubtful)
  const listed = known({ permit: entry, block: null })
  assert.equal(judged([], { managedSender: listed }), 'reject spam-refused')
  assert.equal(judged([], { managedSender: listed, authentication: known(UNSURE) }), doubtful)
  // Permits that a rule takes away cannot come back.
  const cancelling = ruleOf('authentication', {
    spfFail: 'none',
    dkimFail: 'none',
    dmarcFail: 'none',
    noneFound: 'none',
  })
  const cancel = ruleOf('authentication', { ...cancelling.option, spfFail: 'cancel-permits' } as never)
  const unreadable = { managedSender: unknown('the replica is being filled') }
  assert.equal(judged([cancel], unreadable), 'reject spam-refused')
  // An exemption that rests on a name nobody could look up.
  const exempt = ruleOf('spam-scanning', { action: 'none', level: 'moderate' }, named)
  assert.equal(judged([exempt], { clientNames: NAMES_UNKNOWN }), 'defer client-names-unknown')
  assert.equal(judged([exempt], { clientNames: known([]) }), 'reject spam-refused')
})

test('a permit that could not be proven for want of an answer is told as such', () => {
  const permit = ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: true })
  const judged = (rules: readonly PolicyRule[], more: Parameters<typeof permittedSendersHeader.judge>[3]) =>
    shown(permittedSendersHeader.judge(transaction, { author }, settingsOf(...rules), more))
  assert.equal(
    judged([permit], { authentication: known(NOBODY_PROVED) }),
    'continue permit-not-authenticated',
  )
  assert.equal(judged([permit], { authentication: known(UNSURE) }), 'continue fact-unavailable')
  const listed = known({ permit: entry, block: null })
  assert.equal(
    judged([], { managedSender: listed, authentication: known(UNSURE) }),
    'continue fact-unavailable',
  )
  // A rule that takes a client out of the permits may be about this one.
  const free = ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: false })
  const but = ruleOf('permitted-senders', { action: 'none', onlyIfAuthenticated: false }, named)
  assert.equal(judged([free, but], { clientNames: known([]) }), 'waive permitted-by-rule')
  assert.equal(judged([free, but], { clientNames: NAMES_UNKNOWN }), 'continue client-names-unknown')
})

test('a personal block waits for the answer that an administrator’s permit rests on', () => {
  const permit = ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: true })
  const byName = ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: false }, named)
  const managedSender = known({ permit: null, block: { ...entry, onlyIfAuthenticated: false } })
  const judged = (one: PolicyRule, more: Parameters<typeof blockedSenders.judge>[3]) =>
    shown(blockedSenders.judge(transaction, {}, settingsOf(one), { managedSender, ...more }))
  assert.equal(judged(permit, { spf: spf('pass') }), 'continue permit-over-personal-block')
  assert.equal(judged(permit, { spf: spf('fail') }), 'reject blocked-by-recipient')
  assert.equal(judged(permit, { spf: spf('temperror') }), 'defer fact-unavailable')
  assert.equal(judged(byName, { clientNames: NAMES_UNKNOWN, spf: spf('fail') }), 'defer fact-unavailable')
})

test('a permit that authentication takes away beats no personal block (behaviour §5.3, 4)', () => {
  const permit = ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: false })
  const results = { spfFail: 'none', dkimFail: 'none', dmarcFail: 'none', noneFound: 'none' } as const
  const managedSender = known({ permit: null, block: { ...entry, onlyIfAuthenticated: false } })
  const wanted = { managedSender, spf: spf('fail'), authentication: known(NOBODY_PROVED) }
  const spfRule = settingsOf(permit, ruleOf('authentication', { ...results, spfFail: 'cancel-permits' }))
  const dmarcRule = settingsOf(permit, ruleOf('authentication', { ...results, dmarcFail: 'cancel-permits' }))
  assert.equal(shown(blockedSenders.judge(transaction, {}, spfRule, wanted)), 'reject blocked-by-recipient')
  assert.equal(
    shown(blockedSenders.judge(transaction, {}, dmarcRule, wanted)),
    'continue permit-over-personal-block',
  )
  for (const settings of [spfRule, dmarcRule]) {
    const judged = blockedSendersHeader.judge(transaction, { author }, settings, wanted)
    assert.equal(shown(judged), 'reject blocked-by-recipient')
  }
  const plain = blockedSendersHeader.judge(transaction, { author }, settingsOf(permit), wanted)
  assert.equal(shown(plain), 'continue permit-over-personal-block')
})

test('secure receipt neither lets in nor refuses for good by a name that nobody could look up', () => {
  const enforce = ruleOf('secure-receipt', { action: 'enforce', version: '1.2' })
  const exempt = ruleOf('secure-receipt', { action: 'none', version: '1.2' }, named)
  const strict = ruleOf('secure-receipt', { action: 'enforce', version: '1.3' }, named)
  const judged = (rules: readonly PolicyRule[], clientTls: string | null, names = NAMES_UNKNOWN as never) =>
    shown(
      secureReceipt.judge({ ...transaction, clientTls }, {}, settingsOf(...rules), { clientNames: names }),
    )
  assert.equal(judged([enforce, exempt], null), 'defer client-names-unknown')
  assert.equal(judged([enforce, exempt], 'TLSv1.3'), 'continue tls-used')
  assert.equal(judged([strict], null), 'defer client-names-unknown')
  assert.equal(judged([strict], null, known([]) as never), 'continue no-secure-receipt-rule')
  assert.equal(
    judged([enforce, exempt], null, known(['mx.sender.example']) as never),
    'continue no-secure-receipt-rule',
  )
})

test('who has nothing to fear from either rule does not wait for a name', () => {
  const scan = { action: 'scan', infected: 'reject', notChecked: 'hold', unavailable: 'defer' } as const
  const settings = settingsOf(
    ruleOf('virus-scanning', scan),
    ruleOf('virus-scanning', { ...scan, action: 'none' }, named),
  )
  const judged = (fact: Facts['virus']) =>
    shown(virus.judge(transaction, {}, settings, { clientNames: NAMES_UNKNOWN, virus: known(fact) }))
  assert.equal(judged({ kind: 'clean', by: 'clamd' }), 'continue no-virus')
  assert.equal(judged({ kind: 'infected', name: 'x', by: 'clamd' }), 'defer client-names-unknown')
  assert.deepEqual(
    virus.wants?.(transaction, settingsOf(ruleOf('virus-scanning', scan, named)), {
      clientNames: NAMES_UNKNOWN,
      author: known(author),
    }),
    ['virus'],
  )
})

const LEAVE = {
  dangerous: 'none',
  script: 'none',
  macro: 'none',
  encrypted: 'none',
  disguised: 'none',
  unreadable: 'none',
} as const

test('attachments: the finding that settles it is told, however many others there are', () => {
  const settings = settingsOf(ruleOf('attachment-handling', { ...LEAVE, macro: 'tag', dangerous: 'reject' }))
  const tags = Array.from(
    { length: 20 },
    (_, at) => ({ class: 'macro', file: `${at}.doc`, saw: 'x' }) as const,
  )
  const findings = [...tags, { class: 'dangerous', file: 'run.exe', saw: 'a Windows program' } as const]
  const opinion = attachments.judge(transaction, {}, settings, {
    attachments: known({ files: 21, findings }),
  })
  assert.equal(opinion.kind, 'reject')
  assert.match(opinion.saw, /^run\.exe: a Windows program; 0\.doc/)
})

test('an internal author whom a signature vouches for does not wait for the client’s name', () => {
  const refuse = { action: 'refuse', acceptAligned: true, spfDomains: [], dkimDomains: [] } as const
  const from = { kind: 'domain', domain: 'acme.example' } as const
  const settings = settingsOf(
    ruleOf('anti-spoofing', refuse, { from }),
    ruleOf('anti-spoofing', { ...refuse, action: 'none' }, { ...named, from }),
  )
  const ours = {
    ...author,
    domains: ['acme.example'],
    people: [{ displayName: '', address: 'boss@acme.example', written: '' }],
  }
  const signature = { domain: 'acme.example', selector: 's', aligned: true } as const
  const judged = (result: 'pass' | 'fail') =>
    shown(
      antiSpoofingHeader.judge(transaction, { author: ours }, settings, {
        clientNames: NAMES_UNKNOWN,
        authentication: known({ ...NOBODY_PROVED, dkim: [{ ...signature, result }] }),
      }),
    )
  assert.equal(judged('pass'), 'continue spoofing-aligned')
  assert.equal(judged('fail'), 'defer client-names-unknown')
})
