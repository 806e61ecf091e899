// Every step derived from made-up observations: states by what is so, prerequisites, and what environments
// require.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment } from '@gatepost/contract/common.ts'
import { type StepName, stepNames } from '@gatepost/contract/connect.ts'
import { stepTexts } from '@gatepost/contract/step-texts.ts'
import {
  ARCHIVE,
  complete,
  domain,
  empty,
  mx,
  NOW,
  outbound,
  passed,
  route,
  tenant,
} from './derive.fixture.ts'
import { deriveConnect } from './derive.ts'
import { mxGatesOf } from './gates.ts'
import type { Observed, ObservedDirectory } from './observed.ts'

const seen = {
  name: 'seen-client',
  title: 'The host sees the true client',
  saw: '',
  remedy: null,
  checkedAt: NOW,
  nextCheckAt: null,
}

const cases: readonly (readonly [string, StepName, Partial<Observed>, string])[] = [
  ['no domain', 'validate-domains', {}, 'not-started: No domain yet'],
  ['pending', 'validate-domains', { domains: [domain({ state: 'pending' })] }, 'waiting: One record to come'],
  [
    'one of two',
    'validate-domains',
    { domains: [domain(), domain({ state: 'pending' })] },
    'waiting: 1 of 2, one record to come',
  ],
  ['validated', 'validate-domains', { domains: [domain()] }, 'done: 1 domain'],
  [
    'record gone',
    'validate-domains',
    { domains: [domain({ state: 'temporarily-failing' })] },
    'needs-attention: The proof record of acme.example is gone',
  ],
  [
    'expired',
    'validate-domains',
    { domains: [domain({ state: 'expired' })] },
    'needs-attention: The time to prove acme.example is over',
  ],
  ['before domains', 'add-users', {}, 'locked: Needs: Validate your domains'],
  ['open', 'add-users', { domains: [domain()] }, 'not-started: No users yet'],
  ['set elsewhere', 'add-users', { userCount: 1 }, 'done: 1 user'],
  ['no route', 'prepare-inbound', { domains: [domain()] }, 'not-started: No delivery route yet'],
  [
    'untested',
    'prepare-inbound',
    { domains: [domain()], routes: [route(null)] },
    'in-progress: The route to mail.acme.example is not tested yet',
  ],
  [
    'running',
    'prepare-inbound',
    { domains: [domain()], routes: [route({ ...passed, state: 'running', passed: false })] },
    'in-progress: The test is running',
  ],
  [
    'failed',
    'prepare-inbound',
    { domains: [domain()], routes: [route({ ...passed, passed: false })] },
    'needs-attention: mail.acme.example was not tested',
  ],
  [
    'accepted',
    'prepare-inbound',
    { domains: [domain()], routes: [route(passed)] },
    'waiting: Did the test message arrive?',
  ],
  [
    'arrived, but the host takes us for the sender',
    'prepare-inbound',
    {
      domains: [domain()],
      routes: [route({ ...passed, arrivedAt: NOW, checks: [{ ...seen, state: 'failed' }] })],
    },
    'needs-attention: mail.acme.example does not see the true client',
  ],
  [
    'a domain without route',
    'prepare-inbound',
    {
      domains: [domain({ routeId: 'rte_1' }), domain({ name: 'two.example' })],
      routes: [route({ ...passed, arrivedAt: NOW }, { defaultFor: null })],
    },
    'in-progress: two.example has no delivery route',
  ],
  [
    'tried and refused',
    'outbound',
    { domains: [domain()], outbound: { ...outbound, refused: ['198.51.100.25'] } },
    'not-started: 198.51.100.25 tried and was refused',
  ],
  [
    'authorised',
    'outbound',
    { domains: [domain()], outbound: { ...outbound, addresses: ['198.51.100.25'] } },
    'waiting: Waiting for the first message',
  ],
  [
    'a cloud that is not proven',
    'outbound',
    {
      domains: [domain()],
      outbound: { ...outbound, clouds: [{ name: 'Microsoft 365', isProven: false }] },
    },
    'in-progress: Microsoft 365 cannot be recognised yet',
  ],
  [
    'a login, and mail',
    'outbound',
    { domains: [domain()], outbound: { ...outbound, logins: ['Scanner'], firstSeenAt: NOW } },
    'done: 1 login, mail seen',
  ],
  [
    'one half of a hybrid',
    'outbound',
    {
      tenant: { ...empty.tenant, environment: 'hybrid' },
      domains: [domain()],
      outbound: {
        ...outbound,
        addresses: ['198.51.100.25'],
        clouds: [{ name: 'Microsoft 365', isProven: true }],
        firstSeenAt: NOW,
        hostSeenAt: NOW,
      },
    },
    'waiting: Waiting for a message from Exchange Online',
  ],
  [
    'revoked',
    'outbound',
    { domains: [domain()], outbound: { ...outbound, firstSeenAt: NOW } },
    'needs-attention: No address is authorised any more',
  ],
  [
    'before users',
    'recipient-validation',
    { domains: [domain()] },
    'locked: Needs: Synchronise your directory or Add users manually or Set up your outbound email',
  ],
  [
    'known without users',
    'recipient-validation',
    { domains: [domain({ recipientMode: 'known' })] },
    'needs-attention: No user is known in acme.example: its mail is refused',
  ],
  [
    'one of two known',
    'recipient-validation',
    {
      domains: [domain({ recipientMode: 'known', userCount: 1 }), domain({ name: 'two.example' })],
      userCount: 1,
    },
    'in-progress: 1 of 2 domains',
  ],
  [
    'elsewhere',
    'modify-mx',
    { ...complete, domains: [domain({ recipientMode: 'known', userCount: 1, mx: mx('elsewhere') })] },
    'not-started: Mail does not come here yet',
  ],
  [
    'beside others',
    'modify-mx',
    {
      ...complete,
      domains: [domain({ mx: { ...mx('partly'), leftovers: [{ exchange: 'mx.old.example' }] } })],
    },
    'in-progress: Still beside ours: mx.old.example',
  ],
  [
    'changed, nothing seen',
    'modify-mx',
    { ...complete, domains: [domain({ mx: mx('complete', { completeAt: NOW }) })] },
    'waiting: Waiting for the first message',
  ],
  [
    'one look that differs',
    'modify-mx',
    {
      ...complete,
      domains: [domain({ mx: mx('elsewhere', { completeAt: NOW, misses: 1 }), firstInboundSeenAt: NOW })],
    },
    'done: 1 domain, mail seen',
  ],
  [
    'two looks that differ',
    'modify-mx',
    {
      ...complete,
      domains: [domain({ mx: mx('elsewhere', { completeAt: NOW, misses: 2 }), firstInboundSeenAt: NOW })],
    },
    'needs-attention: The MX of acme.example is no longer ours',
  ],
  [
    'invited, not answered yet',
    'basic-administrators',
    { userCount: 1, domains: [domain()], administrators: { people: [], invited: ['Nora'] } },
    'waiting: 1 person to sign in',
  ],
  [
    'one who can sign in',
    'basic-administrators',
    {
      userCount: 1,
      domains: [domain()],
      administrators: {
        people: [
          { name: 'Nora', canSignIn: true },
          { name: 'Otto', canSignIn: false },
        ],
        invited: [],
      },
    },
    'done: Nora can sign in',
  ],
  ['no archive', 'journaling', { domains: [domain()] }, 'not-started: Journaling is off'],
  [
    'no report yet',
    'journaling',
    { domains: [domain()], archive: ARCHIVE },
    'waiting: Waiting for the first report',
  ],
  [
    'reports',
    'journaling',
    {
      domains: [domain()],
      archive: { ...ARCHIVE, firstReportAt: NOW, lastReportAt: NOW, reports: 9, flagged: 1 },
    },
    'done: Reports arrive',
  ],
  [
    'copies without envelope',
    'journaling',
    {
      domains: [domain()],
      archive: { ...ARCHIVE, firstReportAt: NOW, lastReportAt: NOW, reports: 9, flagged: 9 },
    },
    'done: Copies arrive, without envelope',
  ],
  [
    'silence',
    'journaling',
    { domains: [domain()], archive: { ...ARCHIVE, firstReportAt: NOW, lastReportAt: NOW, isSilent: true } },
    'needs-attention: Journal mail has stopped',
  ],
  [
    'learned from outbound mail',
    'import-permitted-senders',
    { domains: [domain()], senders: { users: 1, entries: 1, waitingUsers: 0, importedAt: null } },
    'not-started: Nothing imported yet',
  ],
  [
    'imported',
    'import-permitted-senders',
    { domains: [domain()], senders: { users: 2, entries: 9, waitingUsers: 0, importedAt: NOW } },
    'done: 9 entries of 2 users',
  ],
  ['before the MX', 'secure-inbound', {}, 'locked: Needs: Modify your MX record'],
]
for (const [title, name, change, wanted] of cases) {
  test(`${name}, ${title}`, () => {
    const step = deriveConnect({ ...empty, ...change }).steps.find((candidate) => candidate.name === name)!
    assert.equal(`${step.state}: ${step.detail}`, wanted)
  })
}

const required: readonly (readonly [Environment, boolean, number, string])[] = [
  ['on-premises', false, 9, 'mandatory mandatory mandatory'],
  ['hybrid', false, 7, 'mandatory optional optional'],
  ['microsoft-365', false, 7, 'mandatory recommended not-required'],
  ['google-workspace', false, 7, 'mandatory recommended not-required'],
  ['hosted', false, 7, 'mandatory recommended not-required'],
  ['other', true, 6, 'not-required recommended not-required'],
]
for (const [environment, inboundOnly, count, wanted] of required) {
  test(`${environment}${inboundOnly ? ', inbound only' : ''} requires ${count} steps`, () => {
    const { steps, required } = deriveConnect({ ...empty, tenant: { ...tenant, environment, inboundOnly } })
    const of = (name: StepName) => steps.find((step) => step.name === name)!.requirement
    assert.equal(required, count)
    assert.equal([of('outbound'), of('secure-inbound'), of('firewall-lockdown')].join(' '), wanted)
  })
}

test('all done: every required step is green, and nothing is left', () => {
  const { steps, required, requiredDone, minutesLeft, next } = deriveConnect(complete)
  assert.deepEqual([required, requiredDone, minutesLeft], [7, 7, 0])
  assert.equal(next, 'secure-inbound', 'recommended, not required')
  assert.deepEqual(
    steps.map(({ code }) => code),
    stepNames.map((_, index) => `C${index}`),
  )
})

test('the next step is what is wrong, then what was begun, then what can be done', () => {
  assert.equal(deriveConnect(empty).next, 'validate-domains')
  assert.equal(deriveConnect({ ...empty, domains: [domain()] }).next, 'synchronize-directory')
  const failed = { domains: [domain()], routes: [route({ ...passed, passed: false })] }
  assert.equal(deriveConnect({ ...empty, ...failed }).next, 'prepare-inbound')
})

const synchronised: ObservedDirectory = {
  id: 'dir_1',
  name: 'Entra ID',
  isEnabled: true,
  isAccepted: true,
  isPreviewed: true,
  test: null,
  trouble: null,
  lastGoodAt: NOW,
  nextRunAt: null,
  entries: 3,
}
const ways: readonly (readonly [string, Partial<Observed>, string])[] = [
  ['a directory is usual', {}, 'mandatory optional'],
  ['no directory is usual', { tenant: { ...tenant, environment: 'hosted' } }, 'optional mandatory'],
  ['people were listed', { userCount: 3 }, 'optional mandatory'],
  ['the directory was skipped', { skipped: new Set(['synchronize-directory']) }, 'optional mandatory'],
  ['both are there', { userCount: 3, directories: [synchronised] }, 'mandatory optional'],
]
for (const [title, change, wanted] of ways) {
  test(`one way for people to get here is required: ${title}`, () => {
    const { steps } = deriveConnect({ ...empty, ...change })
    const of = (name: StepName) => steps.find((step) => step.name === name)!
    assert.equal(`${of('synchronize-directory').requirement} ${of('add-users').requirement}`, wanted)
    assert.equal(of('synchronize-directory').skippable, true)
  })
}

test('the lockdown needs every mandatory step; one of directory and users is enough', () => {
  const { steps } = deriveConnect({ ...complete, tenant: { ...tenant, environment: 'on-premises' } })
  const { needs, lockedBy, state } = steps.at(-1)!
  assert.deepEqual(needs[2], ['synchronize-directory', 'add-users'])
  assert.deepEqual(lockedBy, ['secure-inbound'])
  assert.equal(state, 'locked')
})

test('skipped is kept for optional steps alone, and what is done stays done', () => {
  const skipped = new Set<StepName>(['journaling', 'modify-mx'])
  const { steps } = deriveConnect({ ...complete, skipped })
  const state = (name: StepName) => steps.find((step) => step.name === name)!.state
  assert.deepEqual([state('journaling'), state('modify-mx')], ['skipped', 'done'])
})

test('gates of the MX change', () => {
  const passedOf = (observed: Observed) => {
    const { routeTested, outbound: seen, recipients } = mxGatesOf(observed, 'dom_1')
    return [routeTested.passed, seen.passed, recipients.passed]
  }
  assert.deepEqual(passedOf(complete), [true, true, true])
  assert.deepEqual(passedOf({ ...empty, domains: [domain()] }), [false, false, false])
  const inboundOnly = { ...empty, tenant: { ...tenant, inboundOnly: true }, domains: [domain()] }
  assert.deepEqual(passedOf(inboundOnly), [false, true, false])
})

test('every text is in the house style', () => {
  for (const [name, text] of Object.entries(stepTexts)) {
    for (const sentence of Object.values(text)) {
      assert.doesNotMatch(sentence, /!|please|successfully|simply/i, name)
    }
    for (const key of ['why', 'changesForUsers', 'couldBreak', 'undo'] as const) {
      assert.match(text[key], /\.$/, `${name} ${key}`)
    }
  }
})

test('who reads mail for postmaster is told, and missed where nobody is named', () => {
  const of = (postmaster: string | null) => {
    const { steps } = deriveConnect({ ...empty, tenant: { ...tenant, postmaster } })
    const step = steps.find(({ name }) => name === 'name-organization')
    return [step?.state, step?.checks.find(({ name }) => name === 'postmaster')?.state]
  }
  assert.deepEqual(of('pat@acme.example'), ['done', 'passed'])
  assert.deepEqual(of(null), ['done', 'warning'])
})
