// TLS partners over both databases: added, tested by an edge, asked for TLS, and walled off from others.
import assert from 'node:assert/strict'
import { listPolicies } from '@gatepost/server/control/policy/policy.ts'
import type { EdgeLink } from '@gatepost/server/control/scope.ts'
import {
  addTlsPartner,
  enforceTlsPartner,
  listTlsPartners,
  removeTlsPartner,
  testTlsPartner,
} from '@gatepost/server/control/tls/partner.ts'
import type { OrderResult } from '@gatepost/server/link/orders.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, quietLink, withStore } from './fixtures.ts'

const PROBED: OrderResult = {
  kind: 'probe-tls',
  mx: { state: 'found', saw: 'Mail goes to mx.far.example.' },
  sts: { state: 'none', saw: 'None.', expiresAt: null },
  hosts: [
    {
      host: 'mx.far.example',
      ip: '203.0.113.1',
      state: 'encrypted',
      saw: 'TLSv1.3.',
      version: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      certificate: null,
      isVerified: true,
      isForDomain: false,
      dane: 'none',
      isNamedBySts: null,
    },
  ],
}

function linkWith(answer: () => Promise<OrderResult>): EdgeLink {
  const edge = { node: 'n', slot: 0, version: 1, seenAt: 1 }
  return { ...quietLink, edges: () => [edge], order: answer }
}

testOnBoth('a partner is tested, asked, changed and removed', (place) =>
  withStore(place, async (base, clock) => {
    const deps = { ...base, link: linkWith(async () => PROBED) }
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const { partner, finished } = await addTlsPartner(acme, ' Far.Example. ', deps)
    assert.deepEqual([partner.domain, partner.test?.state], ['far.example', 'running'])
    await finished
    const [tested] = (await listTlsPartners(acme.tenantId, deps)).items
    assert.equal(tested?.test?.strongest, 'enforced-strict')
    assert.deepEqual((await listTlsPartners(other.tenantId, deps)).items, [])
    await assert.rejects(addTlsPartner(acme, 'far.example', deps), /in the list already/)
    await assert.rejects(addTlsPartner(acme, 'not a domain', deps), /domain of the partner/)
    await assert.rejects(testTlsPartner(acme, 'far.example', deps), /a moment ago/)
    await assert.rejects(testTlsPartner(other, 'far.example', deps), /not in the list/)

    const ask = { domain: 'far.example', receipt: true, reason: 'the bank wants it' }
    const asked = await enforceTlsPartner(acme, { ...ask, level: 'enforced-strict' }, deps)
    assert.deepEqual(asked.policies.map(({ type, level }) => `${type} ${level}`).sort(), [
      'secure-delivery enforced-strict',
      'secure-receipt null',
    ])
    assert.equal(asked.warning, null)
    const more = await enforceTlsPartner(acme, { ...ask, level: 'dane' }, deps)
    assert.match(more.warning ?? '', /asks for more than the hosts can bear/)
    const { items } = await listPolicies(acme, { limit: 100, type: 'secure-delivery' }, deps)
    assert.equal(items.length, 1, 'the policy was changed, not doubled')

    clock.add(10_000)
    const failing = { ...deps, link: linkWith(() => Promise.reject(new Error('the edge went away'))) }
    await (await testTlsPartner(acme, 'far.example', failing)).finished
    const [unknown] = (await listTlsPartners(acme.tenantId, deps)).items
    assert.equal(unknown?.test?.strongest, null)
    assert.match(unknown?.test?.checks[0]?.saw ?? '', /went away/)
    assert.equal(unknown?.warning, null, 'what nobody saw is no reason to warn')

    await removeTlsPartner(acme, 'far.example', deps)
    assert.deepEqual((await listTlsPartners(acme.tenantId, deps)).items, [])
    await assert.rejects(addTlsPartner(acme, 'near.example', base), { problemName: 'edge-unreachable' })
  }),
)
