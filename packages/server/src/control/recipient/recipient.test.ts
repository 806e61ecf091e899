// Recipients without a listing, over both databases: noted, reviewed, previewed, and senders made known.
import assert from 'node:assert/strict'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, delivery, START, withStore } from '../../../../../test/store/fixtures.ts'
import { getDomain, listDomains, updateDomain } from '../domain/domain.ts'
import { Problem } from '../problem.ts'
import { addRoute } from '../route/route.ts'
import type { ControlDeps } from '../scope.ts'
import { ProtectionNoteTaker } from '../tracking/protection-notes.ts'
import { listUsers } from '../user/user.ts'
import { addUnlisted, dismissUnlisted, listUnlisted, previewRecipients } from './review.ts'
import { keepSeenPeople } from './seen.ts'

const DAY_MS = 86_400_000

const taken = (tenantId: string, forwardPath: string) =>
  accepted(tenantId, {
    recipients: [
      {
        index: 0,
        forwardPath,
        explanation: [
          {
            policy: 'recipient-validation',
            stage: 'rcpt',
            kind: 'continue',
            because: 'recipient-learning',
            saw: '',
          },
        ],
        facts: {},
      },
    ],
  })

function notesOf(tenantId: string, reports: readonly Parameters<ProtectionNoteTaker['note']>[0][]) {
  const taker = new ProtectionNoteTaker()
  for (const report of reports) taker.note(report, () => tenantId)
  return taker.take()
}

testOnBoth('recipients seen are reviewed: the host’s word, users added, others set aside', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId } = scope
    const carl = taken(tenantId, 'Carl@acme.example')
    const ghost = taken(tenantId, 'ghost@acme.example')
    const notes = notesOf(tenantId, [
      carl,
      delivery(carl, { outcome: 'delivered', recipients: [0] }),
      taken(tenantId, 'carl@acme.example'),
      ghost,
      delivery(ghost, { outcome: 'bounced', recipients: [0] }),
      taken(tenantId, 'x@elsewhere.example'),
    ])
    assert.equal(await keepSeenPeople(notes, deps), false)
    const list = await listUnlisted(scope, { domain: 'acme.example', limit: 10 }, deps)
    assert.deepEqual(
      list.items.map(({ address, messages, delivered, refused }) => [address, messages, delivered, refused]),
      [
        ['carl@acme.example', 2, 1, 0],
        ['ghost@acme.example', 1, 0, 1],
      ],
    )
    const preview = await previewRecipients(scope, 'acme.example', deps)
    const known = preview.modes.find(({ mode }) => mode === 'known')
    assert.deepEqual([known?.addresses, known?.messages, known?.blocked], [2, 3, null])
    assert.equal(preview.modes.find(({ mode }) => mode === 'learning')?.addresses, 0)
    assert.match(preview.modes.find(({ mode }) => mode === 'call-forward')?.blocked ?? '', /delivery route/)
    assert.match(preview.modes.find(({ mode }) => mode === 'directory')?.blocked ?? '', /directory/)

    const addresses = { domain: 'acme.example', addresses: ['carl@acme.example'] }
    assert.deepEqual(await addUnlisted(scope, addresses, deps), { added: 1 })
    assert.deepEqual(await addUnlisted(scope, addresses, deps), { added: 0 })
    const ghosts = { domain: 'acme.example', addresses: ['ghost@acme.example'] }
    assert.deepEqual(await dismissUnlisted(scope, ghosts, deps), { dismissed: 1 })
    assert.equal((await listUnlisted(scope, { domain: 'acme.example', limit: 10 }, deps)).items.length, 0)
    assert.deepEqual(
      (await listUsers(scope, { limit: 10 }, deps)).items.map(({ email }) => email),
      ['carl@acme.example'],
    )
    await assert.rejects(
      addUnlisted(scope, { domain: 'acme.example', addresses: ['a@other.example'] }, deps),
      (error) => error instanceof Problem && error.problemName === 'invalid-input',
    )
  }),
)

testOnBoth('senders of accepted outbound mail become known, once, and of own domains only (R2)', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId } = scope
    const out = (reversePath: string) => accepted(tenantId, { direction: 'outbound', reversePath })
    const notes = notesOf(tenantId, [
      out('Anna@acme.example'),
      out('anna@acme.example'),
      out('x@elsewhere.example'),
    ])
    assert.equal(await keepSeenPeople(notes, deps), true)
    assert.equal(await keepSeenPeople(notes, deps), false)
    const { items } = await listUsers(scope, { limit: 10 }, deps)
    assert.deepEqual(
      items.map(({ email, sources }) => [email, ...sources]),
      [['Anna@acme.example', 'seen-in-mail']],
    )
  }),
)

testOnBoth('a mode is chosen only where it can tell who exists, and learning ends', (place) =>
  withStore(place, async (deps, clock) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const [domain] = (await listDomains(scope, deps)).items
    assert.ok(domain)
    const set = (change: Parameters<typeof updateDomain>[1]['change']) =>
      updateDomain(scope, { domain: domain.id, change, expected: null }, deps)
    const refusedBy = async (change: Parameters<typeof set>[0], words: RegExp): Promise<void> => {
      await assert.rejects(set(change), (error) => {
        assert.ok(error instanceof Problem)
        assert.match(error.errors[0]!.message, words)
        return true
      })
    }
    await refusedBy({ recipientMode: 'call-forward' }, /Add a delivery route/)
    const route = { name: 'Exchange', host: 'mail.acme.example', port: 25, tls: 'opportunistic' } as const
    await addRoute(scope, { ...route, defaultFor: 'inbound', alternateId: null, moreHosts: [] }, {
      ...deps,
      config: { ...deps.config, network: { privateTargets: [] } },
    } as unknown as ControlDeps)
    await refusedBy({ recipientMode: 'call-forward' }, /Test the delivery route Exchange first/)
    await refusedBy({ recipientMode: 'directory' }, /No directory names a user/)
    assert.equal((await getDomain(scope, domain.id, deps)).recipientMode, 'accept-all')

    const learning = await set({ recipientMode: 'learning', learningDays: 7 })
    assert.equal(learning.learningUntil, START + 7 * DAY_MS)
    clock.add(DAY_MS)
    // Another change does not begin the time anew.
    assert.equal((await set({ unknownRecipient: 'defer' })).learningUntil, START + 7 * DAY_MS)
    assert.equal((await set({ recipientMode: 'known' })).learningUntil, null)
  }),
)
