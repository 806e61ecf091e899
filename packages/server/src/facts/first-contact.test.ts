// The fact firstContact: by whom an author is remembered, aliases, forged authors, and what is unknown.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { knownAuthorKey, knownAuthorValue } from '#link/known-author.ts'
import { type AuthenticationFact, type Fact, known, unknown } from '#policy/facts.ts'
import { firstContactFact } from './first-contact.ts'
import type { FactContext } from './gather.ts'

const DAY = 86_400_000
const NOW = 1_000 * DAY

const PROVEN: AuthenticationFact = {
  spf: 'pass',
  spfDomain: 'far.example',
  spfAligned: true,
  dkim: [],
  dmarc: { result: 'pass', policy: 'none', domain: 'far.example' },
  arc: 'none',
}
const NONE: AuthenticationFact = { ...PROVEN, spf: 'none', spfAligned: false }

type Asked = {
  readonly entries?: readonly (readonly [recipient: string, author: string, daysAgo?: number])[]
  readonly found?: Fact<AuthenticationFact>
  readonly to?: string
  readonly authors?: readonly string[]
  readonly isAway?: boolean
}

async function ask({ entries = [], found = known(PROVEN), to = 'ann@acme.example', authors, isAway }: Asked) {
  const rows = new Map<string, unknown>([['recipient a@acme.example', { user: 'ann@acme.example' }]])
  for (const [recipient, author, daysAgo = 0] of entries) {
    rows.set(`known-author ${knownAuthorKey(recipient, author)}`, knownAuthorValue(NOW - daysAgo * DAY))
  }
  const people = authors ?? ['eve@far.example']
  const fact = await firstContactFact({
    holder: {
      entryOf: (_tenant: string, list: string, key: string) =>
        isAway ? unknown('the list is away') : known(rows.get(`${list} ${key}`) ?? null),
    },
    settings: { tenantId: 'ten_1' },
    forwardPath: mailboxOf(to),
    header: { authors: people, people: people.map((address) => ({ address })) },
    now: NOW,
    lookUps: { authentication: () => found },
  } as unknown as FactContext)
  return fact.kind === 'unknown'
    ? 'unknown'
    : `${fact.value.author} ${fact.value.wroteTo} ${fact.value.isStale}`
}

test('an author is known to whom it wrote, and to the organisation', async () => {
  const toAnn = ['ann@acme.example', 'eve@far.example'] as const
  const toAnybody = ['', 'eve@far.example'] as const
  assert.equal(await ask({}), 'eve@far.example nobody false')
  assert.equal(await ask({ entries: [toAnn, toAnybody] }), 'eve@far.example recipient false')
  assert.equal(await ask({ entries: [toAnn], to: 'a@acme.example' }), 'eve@far.example recipient false')
  assert.equal(
    await ask({ entries: [toAnn, toAnybody], to: 'bob@acme.example' }),
    'eve@far.example organisation false',
  )
  assert.equal(await ask({ entries: [[...toAnn, 31]] }), 'eve@far.example recipient true')
})

test('a forged author is a stranger although the real one is known', async () => {
  const entries = [['ann@acme.example', 'eve@far.example']] as const
  assert.equal(await ask({ entries, found: known(NONE) }), '~eve@far.example nobody false')
  // The other way round it is none: the same author found a way to prove it.
  const unproven = [['ann@acme.example', '~eve@far.example']] as const
  assert.equal(await ask({ entries: unproven }), 'eve@far.example recipient false')
  assert.equal(await ask({ entries: unproven, found: known(NONE) }), '~eve@far.example recipient false')
})

test('what cannot be found out is unknown, never first', async () => {
  const temporary = known({ ...NONE, dmarc: { ...NONE.dmarc, result: 'temperror' as const } })
  assert.equal(await ask({ found: temporary }), 'unknown')
  assert.equal(await ask({ found: unknown('no content') }), 'unknown')
  assert.equal(await ask({ isAway: true }), 'unknown')
  assert.equal(await ask({ authors: [] }), 'unknown')
  assert.equal(await ask({ authors: ['eve@far.example', 'bob@near.example'] }), 'unknown')
})
