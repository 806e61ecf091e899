// A first-contact policy begins with who wrote in the days that tracking keeps, and a release from hold makes
// its author known.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PolicyDraft } from '@gatepost/contract/policy.ts'
import { KNOWN_AUTHOR_RENEWED_DAYS, knownAuthorKey } from '#link/known-author.ts'
import type { AuthenticationFact } from '#policy/facts.ts'
import { withFolder } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, batchOf, START, withStore } from '../../../../../test/store/fixtures.ts'
import { heldIn } from '../hold/notes.ts'
import { keepHeld } from '../hold/notes-store.ts'
import { createPolicy } from '../policy/policy.ts'
import { openTracking } from '../tracking/tracking.ts'
import { keepAuthorsSeen } from './learn.ts'
import { seedDue } from './seed.ts'

const PASSES: AuthenticationFact = {
  spf: 'pass',
  spfDomain: 'far.example',
  spfAligned: true,
  dkim: [],
  dmarc: { result: 'pass', policy: 'reject', domain: 'far.example' },
  arc: 'none',
}
const NOTHING: AuthenticationFact = { ...PASSES, spf: 'none', spfAligned: false }
const found = (value: AuthenticationFact) => ({ authentication: { kind: 'known', value } as const })
const signal = new AbortController().signal

const policy: PolicyDraft = {
  type: 'first-contact',
  name: 'First messages',
  description: '',
  enabled: true,
  from: { kind: 'external' },
  to: { kind: 'everyone' },
  addressesBasedOn: 'both',
  sourceIps: [],
  hostNames: [],
  validFrom: null,
  validUntil: null,
  override: false,
  bidirectional: false,
  option: { action: 'tag', measure: 'recipient', learnDays: 14, language: 'en' },
}

test('a policy is seeded once from what tracking keeps: let in, of somebody, for each recipient', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps, clock) => {
      const { store } = deps
      const acme = await addOrganisation(store, 'Acme', 'acme.example')
      const { tenantId } = acme
      const place = { database: null, dataFolder: join(dataFolder, 'seed') }
      const tracking = await openTracking({ ...place, store, clock, emit: () => {} })
      try {
        const ann = (held?: 'by-policy') => [
          { index: 0, forwardPath: 'Ann@acme.example', explanation: [], facts: {}, ...(held && { held }) },
        ]
        const letters = [
          { author: 'bob@far.example', recipients: ann(), facts: found(PASSES) },
          { author: 'bob@far.example', recipients: ann(), facts: found(PASSES) },
          { author: 'eve@far.example', recipients: ann(), facts: found(NOTHING) },
          { author: 'held@far.example', recipients: ann('by-policy'), facts: found(PASSES) },
          { author: 'unsure@far.example', recipients: ann(), facts: {} },
          { author: null, recipients: ann(), facts: found(PASSES) },
          { author: 'own@acme.example', recipients: ann(), facts: found(PASSES), direction: 'outbound' },
        ] as const
        const reports = letters.map((letter) => accepted(tenantId, { at: START, ...letter }))
        await tracking.take(batchOf(reports))
        const seeds = { ...deps, tracking, emit: () => {} }
        assert.deepEqual(await seedDue(seeds, signal), [], 'nobody asked for it')
        await createPolicy(acme, { draft: policy, reason: '' }, deps)
        assert.deepEqual(await seedDue(seeds, signal), [{ tenantId, messages: 6, pairs: 2 }])
        const known = await store.db
          .selectFrom('known_author')
          .select(['key', 'seen_at'])
          .where('tenant_id', '=', tenantId)
          .execute()
        const names = ['bob@far.example', '~eve@far.example']
        const keys = names.flatMap((name) => [
          knownAuthorKey('ann@acme.example', name),
          knownAuthorKey('', name),
        ])
        assert.deepEqual(known.map(({ key }) => key).sort(), keys.sort())
        assert.ok(known.every(({ seen_at }) => seen_at === START))
        assert.deepEqual(await seedDue(seeds, signal), [], 'it is done once')
      } finally {
        await tracking.close()
      }
    }),
  ))

test('the author of held mail becomes known when it is released, and only then', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async ({ store }) => {
      const { tenantId } = await addOrganisation(store, 'Acme', 'acme.example')
      const value = { author: 'eve@far.example', wroteTo: 'nobody', isStale: false } as const
      const both = ['ann@acme.example', 'ben@acme.example'].map((forwardPath, index) => {
        return { index, forwardPath, explanation: [], facts: {}, held: 'by-policy' as const }
      })
      const report = accepted(tenantId, {
        recipients: both,
        facts: { firstContact: { kind: 'known', value } },
      })
      const { held = [] } = heldIn(report) ?? {}
      assert.deepEqual((await keepHeld(store, { held, outcomes: [] })).authors, [])
      const at = START + KNOWN_AUTHOR_RENEWED_DAYS
      const note = { tenantId, messageId: report.id, indexes: [1], at, by: 'Anna', text: '' }
      const kept = async (outcome: 'released' | 'discarded', indexes: readonly number[]) => {
        return (await keepHeld(store, { held: [], outcomes: [{ ...note, outcome, indexes }] })).authors
      }
      assert.deepEqual(await kept('discarded', [0]), [])
      const released = await kept('released', [1])
      assert.deepEqual(released, [{ tenantId, author: value.author, recipient: 'ben@acme.example', at }])
      await keepAuthorsSeen(released, { store })
      // An older word does not make a known author older.
      await keepAuthorsSeen([{ ...released[0]!, at: START - 1 }], { store })
      const known = await store.db
        .selectFrom('known_author')
        .select(['key', 'seen_at'])
        .where('tenant_id', '=', tenantId)
        .execute()
      assert.ok(known.every(({ seen_at }) => seen_at === at))
      assert.ok(known.some(({ key }) => key === knownAuthorKey('ben@acme.example', value.author)))
      assert.equal(known.length, 2)
    }),
  ))
