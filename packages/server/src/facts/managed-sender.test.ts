// The fact managedSender: whose list, which names of the sender, which stage, and what unreadable lists mean.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReplicaValue } from '#link/feed-page.ts'
import {
  type ManagedSenderRow,
  managedSenderKey,
  managedSenderOfId,
  managedSenderValue,
} from '#link/managed-sender.ts'
import { known, unknown } from '#policy/facts.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { managedSenderFact } from './managed-sender.ts'

const NOW = 1_000
const settings = { tenantId: 'ten_a', domains: [{ name: 'acme.example' }] } as unknown as TenantSettings

type Entries = readonly (readonly [user: string, sender: string, change?: Partial<ManagedSenderRow>])[]
type Mail = {
  readonly from: string | null
  readonly to?: string
  readonly authors?: readonly string[]
}

function ask(entries: Entries, { from, to = 'ann@acme.example', authors }: Mail): string {
  const rows = new Map<string, ReplicaValue>([
    ['recipient a@acme.example', { source: 'manual', user: 'ann@acme.example' }],
    ['recipient ann@acme.example', { source: 'manual' }],
  ])
  for (const [user, sender, change] of entries) {
    const row = {
      action: 'permit',
      source: 'imported',
      onlyIfAuthenticated: false,
      expiresAt: null,
      ...change,
    } as const
    rows.set(`managed-sender ${managedSenderKey(user, sender)}`, managedSenderValue(row))
  }
  const fact = managedSenderFact({
    holder: { entryOf: (_, list, key) => known(rows.get(`${list} ${key}`) ?? null) },
    settings,
    forwardPath: mailboxOf(to),
    reversePath: from === null ? null : mailboxOf(from),
    header:
      authors === undefined
        ? null
        : { authors, authorDomains: authors.map((author) => author.slice(author.indexOf('@') + 1)) },
    now: NOW,
  })
  assert.ok(fact.kind === 'known')
  const { permit, block } = fact.value
  return [permit && `permit ${permit.sender}`, block && `block ${block.sender}`].filter(Boolean).join(', ')
}

const block = { action: 'block' } as const
const cases: readonly (readonly [string, Entries, Mail, string])[] = [
  [
    'an address',
    [['ann@acme.example', 'bob@news.example']],
    { from: 'bob@news.example' },
    'permit bob@news.example',
  ],
  [
    'another letter case',
    [['ann@acme.example', 'bob@news.example']],
    { from: 'BOB@news.example', to: 'Ann@acme.example' },
    'permit bob@news.example',
  ],
  ['a domain', [['ann@acme.example', 'news.example']], { from: 'bob@news.example' }, 'permit news.example'],
  [
    'a domain above',
    [['ann@acme.example', 'news.example']],
    { from: 'bob@a.b.news.example' },
    'permit news.example',
  ],
  ['no domain beside', [['ann@acme.example', 'news.example']], { from: 'bob@badnews.example' }, ''],
  ['never a last label', [['ann@acme.example', 'example']], { from: 'bob@news.example' }, ''],
  [
    'the address before the domain',
    [
      ['ann@acme.example', 'news.example'],
      ['ann@acme.example', 'bob@news.example'],
    ],
    { from: 'bob@news.example' },
    'permit bob@news.example',
  ],
  [
    'the longer domain',
    [
      ['ann@acme.example', 'news.example'],
      ['ann@acme.example', 'a.news.example'],
    ],
    { from: 'bob@a.news.example' },
    'permit a.news.example',
  ],
  [
    'a permit and a block',
    [
      ['ann@acme.example', 'news.example', block],
      ['ann@acme.example', 'bob@news.example'],
    ],
    { from: 'bob@news.example' },
    'permit bob@news.example, block news.example',
  ],
  ['somebody else’s list', [['ben@acme.example', 'bob@news.example']], { from: 'bob@news.example' }, ''],
  [
    'an alias has its user’s list',
    [['ann@acme.example', 'bob@news.example']],
    { from: 'bob@news.example', to: 'a@acme.example' },
    'permit bob@news.example',
  ],
  [
    'an address that nobody has yet',
    [['zoe@acme.example', 'bob@news.example']],
    { from: 'bob@news.example', to: 'zoe@acme.example' },
    'permit bob@news.example',
  ],
  [
    'mail to the outside has no list',
    [['bob@news.example', 'x@acme.example']],
    { from: 'x@acme.example', to: 'bob@news.example' },
    '',
  ],
  [
    'one that has ended',
    [['ann@acme.example', 'bob@news.example', { expiresAt: NOW }]],
    { from: 'bob@news.example' },
    '',
  ],
  [
    'one that ends later',
    [['ann@acme.example', 'bob@news.example', { expiresAt: NOW + 1 }]],
    { from: 'bob@news.example' },
    'permit bob@news.example',
  ],
  ['no header at RCPT', [['ann@acme.example', 'bob@news.example']], { from: 'bounce@esp.example' }, ''],
  [
    'the author once there is a header',
    [['ann@acme.example', 'bob@news.example']],
    { from: 'bounce@esp.example', authors: ['bob@news.example'] },
    'permit bob@news.example',
  ],
  [
    'a bounce by its author',
    [['ann@acme.example', 'bob@news.example', block]],
    { from: null, authors: ['bob@news.example'] },
    'block bob@news.example',
  ],
  [
    'of two authors none permits',
    [['ann@acme.example', 'bob@news.example']],
    { from: 'eve@spam.example', authors: ['bob@news.example', 'eve@spam.example'] },
    '',
  ],
  [
    'of two authors each may be blocked',
    [['ann@acme.example', 'eve@spam.example', block]],
    { from: 'x@esp.example', authors: ['bob@news.example', 'eve@spam.example'] },
    'block eve@spam.example',
  ],
  [
    'a second author cannot spoil the envelope’s permit',
    [['ann@acme.example', 'bob@news.example']],
    { from: 'bob@news.example', authors: ['bob@news.example', 'eve@spam.example'] },
    'permit bob@news.example',
  ],
]

for (const [name, entries, mail, expected] of cases) {
  test(`managed sender: ${name}`, () => assert.equal(ask(entries, mail), expected))
}

test('a list that cannot be read makes the fact unknown', () => {
  const fact = managedSenderFact({
    holder: { entryOf: () => unknown('the replica is being filled') },
    settings,
    forwardPath: mailboxOf('ann@acme.example'),
    reversePath: mailboxOf('bob@news.example'),
    header: null,
    now: NOW,
  })
  assert.deepEqual(fact, { kind: 'unknown', why: 'the replica is being filled' })
})

test('the id of an entry tells where it stands', () => {
  const fact = managedSenderFact({
    holder: {
      entryOf: (_, list, key) =>
        known(list === 'managed-sender' && key.endsWith('\nnews.example') ? ['p', 'i', 1] : null),
    },
    settings,
    forwardPath: mailboxOf('ann@acme.example'),
    reversePath: mailboxOf('bob@news.example'),
    header: null,
    now: NOW,
  })
  assert.ok(fact.kind === 'known' && fact.value.permit)
  const { id, source, onlyIfAuthenticated } = fact.value.permit
  assert.deepEqual([source, onlyIfAuthenticated], ['imported', true])
  assert.deepEqual(managedSenderOfId(id), { userKey: 'ann@acme.example', sender: 'news.example' })
  assert.equal(managedSenderOfId('snd_'), null)
  assert.equal(managedSenderOfId('usr_x'), null)
})

function mailboxOf(text: string): { readonly localPart: string; readonly domain: string } {
  const at = text.lastIndexOf('@')
  return { localPart: text.slice(0, at), domain: text.slice(at + 1) }
}
