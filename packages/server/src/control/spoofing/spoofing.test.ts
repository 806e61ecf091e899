// Who sends as us, over both databases: from reports to sources, to exemptions, to trusted services.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuthenticationFact } from '#policy/facts.ts'
import { known } from '#policy/facts.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, refused, withStore } from '../../../../../test/store/fixtures.ts'
import { listPolicies } from '../policy/policy.ts'
import { Problem } from '../problem.ts'
import { addService, listServices, removeService } from '../service/service.ts'
import { ProtectionNoteTaker } from '../tracking/protection-notes.ts'
import { hostPatternOf } from './exemptions.ts'
import { dismissSource, exemptSource, getSpoofing, setSpoofing, spoofingOverview } from './spoofing.ts'
import { keepSpoofs } from './store.ts'

const NOTHING: AuthenticationFact = {
  spf: 'none',
  spfDomain: 'bounce.survey.example',
  spfAligned: false,
  dkim: [],
  dmarc: { result: 'fail', policy: 'none', domain: 'acme.example' },
  arc: 'none',
}
const step = (because: 'spoofing' | 'spoofing-reported') =>
  ({
    policy: 'anti-spoofing-header',
    stage: 'message',
    kind: because === 'spoofing' ? 'reject' : 'continue',
    because,
    saw: '',
  }) as const

function refusal(
  tenantId: string,
  found: Partial<AuthenticationFact> = {},
  name: string | null = 'ms7.ssmx.example',
) {
  return refused({
    tenantId,
    direction: 'inbound',
    outcome: 'refused',
    client: { ip: '203.0.113.9', name, helo: 'ms7', tls: null },
    reversePath: 'bounce@bounce.survey.example',
    forwardPath: 'anna@acme.example',
    author: 'hr@acme.example',
    explanation: [step('spoofing')],
    facts: { authentication: known({ ...NOTHING, ...found }) },
  })
}

function notesOf(tenantId: string, reports: readonly Parameters<ProtectionNoteTaker['note']>[0][]) {
  const taker = new ProtectionNoteTaker()
  for (const report of reports)
    taker.note(report, (domain) => (domain === 'acme.example' ? tenantId : undefined))
  return taker.take().spoofs
}

testOnBoth('a service is recognised, exempted by one click, and then passes', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId } = scope
    await keepSpoofs(deps.store, notesOf(tenantId, [refusal(tenantId), refusal(tenantId)]))
    const before = await getSpoofing(scope, { dismissed: 'false' }, deps)
    assert.equal(before.domains[0]!.state, 'refuses')
    assert.equal(before.domains[0]!.refused, 2)
    const [source] = before.sources
    assert.ok(source)
    assert.deepEqual(
      [source.kind, source.source, source.state, source.refused],
      ['host', 'ssmx.example', 'refused', 2],
    )
    assert.deepEqual(
      source.exemptions.map(({ by, value }) => `${by} ${value}`),
      ['host ms*.ssmx.example', 'ip 203.0.113.9'],
    )
    assert.deepEqual((await spoofingOverview(tenantId, deps)).stopped, ['ssmx.example'])

    const key = { domain: source.domain, kind: source.kind, source: source.source }
    const exemption = {
      ...key,
      by: 'host',
      value: 'ms*.ssmx.example',
      sender: 'hr@acme.example',
      reason: '',
    } as const
    const { policy } = await exemptSource(scope, exemption, deps)
    assert.deepEqual(policy.from, { kind: 'address', address: 'hr@acme.example' })
    const after = await getSpoofing(scope, { dismissed: 'false' }, deps)
    assert.equal(after.sources[0]!.state, 'exempt')
    assert.equal(after.sources[0]!.exemptedBy?.id, policy.id)
    assert.deepEqual(
      after.domains[0]!.exemptions.map(({ id }) => id),
      [policy.id],
    )
    assert.deepEqual((await spoofingOverview(tenantId, deps)).exempted, ['ssmx.example'])

    await dismissSource(scope, { ...key, dismissed: true }, deps)
    assert.equal((await getSpoofing(scope, { dismissed: 'false' }, deps)).sources.length, 0)
    assert.equal((await getSpoofing(scope, { dismissed: 'true' }, deps)).sources[0]!.dismissed, true)
  }),
)

testOnBoth('report only takes the mail and counts what would be refused', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId } = scope
    const body = {
      domain: 'acme.example',
      action: 'report',
      acceptAligned: true,
      reason: 'a look first',
    } as const
    await setSpoofing(scope, body, deps)
    const message = accepted(tenantId, {
      author: 'hr@acme.example',
      client: { ip: '203.0.113.9', name: null, helo: 'x', tls: null },
      explanation: [step('spoofing-reported')],
      facts: {
        authentication: known({
          ...NOTHING,
          dkim: [{ domain: 'mail.survey.example', selector: 's', result: 'pass', aligned: false }],
        }),
      },
    })
    await keepSpoofs(deps.store, notesOf(tenantId, [message]))
    const { domains, sources } = await getSpoofing(scope, { dismissed: 'false' }, deps)
    assert.equal(domains[0]!.state, 'reports')
    assert.deepEqual(
      [sources[0]!.kind, sources[0]!.source, sources[0]!.state, sources[0]!.reported],
      ['dkim', 'survey.example', 'would-be-refused', 1],
    )
    await assert.rejects(
      setSpoofing(scope, { ...body, domain: 'other.example' }, deps),
      (error) => error instanceof Problem && error.problemName === 'not-found',
    )
  }),
)

testOnBoth('a trusted service makes its policies together and takes them away together', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const before = (await listPolicies(scope, { limit: 100 }, deps)).items.length
    const draft = {
      name: 'Survey',
      identity: 'host',
      value: 'MS*.ssmx.example',
      senders: ['hr@acme.example'],
      grants: { permit: true, spoofing: true, displayName: true },
      catalogue: null,
      comment: '',
    } as const
    const service = await addService(
      scope,
      { draft: { ...draft, senders: [...draft.senders] }, reason: '' },
      deps,
    )
    assert.equal(service.value, 'ms*.ssmx.example')
    assert.deepEqual(service.policies.map(({ type }) => type).sort(), [
      'anti-spoofing',
      'display-name',
      'greylisting',
      'permitted-senders',
    ])
    const { items } = await listServices(scope, deps)
    assert.deepEqual(
      items.map(({ id }) => id),
      [service.id],
    )
    await removeService(scope, service.id, deps)
    assert.equal((await listPolicies(scope, { limit: 100 }, deps)).items.length, before)
    assert.equal((await listServices(scope, deps)).items.length, 0)
  }),
)

testOnBoth('what anybody can write is no proof: a sender alone may not send as us', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const base = { name: 'X', senders: [], catalogue: null, comment: '' }
    const all = { permit: true, spoofing: true, displayName: true }
    for (const [identity, value, paths] of [
      ['from', 'hr@other.example', ['/draft/identity']],
      ['from', 'hr@acme.example', ['/draft/identity', '/draft/value']],
      ['dkim', 'co.uk', ['/draft/value']],
      ['host', '*.com', ['/draft/value']],
      ['ip', 'nowhere', ['/draft/value']],
    ] as const) {
      await assert.rejects(
        addService(scope, { draft: { ...base, identity, value, grants: all }, reason: '' }, deps),
        (error) => {
          assert.ok(error instanceof Problem)
          assert.deepEqual([...new Set(error.errors.map(({ path }) => path))], [...paths], value)
          return true
        },
      )
    }
    assert.equal((await listServices(scope, deps)).items.length, 0)
  }),
)

testOnBoth('a flood of forgers does not push services out', (place) =>
  withStore(place, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const forgers = Array.from({ length: 520 }, (_, at) => ({
      ...refusal(scope.tenantId, {}, null),
      client: { ip: `10.${at >> 8}.${at & 255}.1`, name: null, helo: 'x', tls: null },
    }))
    const service = accepted(scope.tenantId, {
      author: 'hr@acme.example',
      explanation: [{ ...step('spoofing-reported'), because: 'spoofing-aligned' }],
      facts: { authentication: known(NOTHING) },
    })
    await keepSpoofs(deps.store, notesOf(scope.tenantId, [service, ...forgers]))
    const { sources } = await getSpoofing(scope, { dismissed: 'false' }, deps)
    assert.ok(sources.length <= 500)
    assert.ok(sources.some(({ source }) => source === 'sender.example'))
  }),
)

test('servers of a pool are one pattern, a name of its own is not', async () => {
  assert.deepEqual(
    [
      'ms12.ssmx.net',
      'mail-web-01.domain.com',
      'o1.ptr.mg.example',
      'smtp.example',
      '192-0-2-1.example.net',
      'mail.example.com',
    ].map(hostPatternOf),
    [
      'ms*.ssmx.net',
      'mail-web-*.domain.com',
      'o*.ptr.mg.example',
      'smtp.example',
      '192-0-2-1.example.net',
      'mail.example.com',
    ],
  )
})
