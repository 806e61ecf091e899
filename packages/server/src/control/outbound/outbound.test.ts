// Authorised addresses over SQLite: which may be entered, what is told about the rest, and that changes are
// settings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unreadableRanges } from '#policy/shared-clouds.ts'
import { withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, refused as report, START, withStore } from '../../../../../test/store/fixtures.ts'
import { Problem } from '../problem.ts'
import { keepMailNotes } from '../tracking/mail-observations.ts'
import { authorizeOutbound, getOutbound, readOutboundAddress, revokeOutbound } from './outbound.ts'

const addresses: readonly (readonly [string, string | RegExp])[] = [
  ['198.51.100.25', '198.51.100.25'],
  [' [2001:DB8:0::25] ', '2001:db8::25'],
  ['::ffff:198.51.100.25', '198.51.100.25'],
  ['198.51.100.25/32', '198.51.100.25'],
  ['127.0.0.9', '127.0.0.9'],
  ['198.51.100.0/24', /Only single addresses/],
  ['2001:db8::/64', /Only single addresses/],
  ['2001:db8::/32', /Only single addresses/],
  ['2001:db8::25/128', '2001:db8::25'],
  ['10.0.0.25', /private/],
  ['100.64.0.1', /private/],
  ['::1', /private/],
  ['0.0.0.0', /private/],
  ['169.254.169.254', /Link-local/],
  ['mail.acme.example', /Write an IP address/],
  ['198.51.100.256', /Write an IP address/],
  ['40.92.1.1', /Microsoft 365, from which many/],
  ['52.103.10.1', /Microsoft 365/],
  ['2a01:111:f403:c111::1', /Microsoft 365/],
  ['209.85.220.41', /Google Workspace/],
  ['2a00:1450:4864:20::1', /Google Workspace/],
]

test('single public addresses, those the operator opened, and no shared cloud’s', () => {
  for (const [text, expected] of addresses) {
    if (typeof expected === 'string') assert.equal(readOutboundAddress(text, ['127.0.0.0/8']), expected, text)
    else assert.throws(() => readOutboundAddress(text, ['127.0.0.0/8']), expected, text)
  }
  assert.deepEqual(unreadableRanges(), [])
})

test('an operator may enter networks, up to /24 and /64, and never with a shared cloud’s address', () => {
  const clouds = [
    { name: 'Microsoft 365', ranges: ['40.92.0.0/15', '203.0.113.128/28', '2a01:111:f403::/49'] },
  ]
  const cases: readonly (readonly [string, string | RegExp])[] = [
    ['198.51.100.0/24', '198.51.100.0/24'],
    ['198.51.100.9/28', '198.51.100.0/28'],
    ['2001:db8:1:2::/64', '2001:db8:1:2::/64'],
    ['198.51.0.0/23', /widest network that can be authorised is \/24/],
    ['2001:db8::/63', /is \/64/],
    ['203.0.113.0/24', /Microsoft 365, from which many/],
    ['40.92.3.0/30', /Microsoft 365/],
    ['2a01:111:f403:1::/64', /Microsoft 365/],
    ['10.0.0.0/24', /private/],
  ]
  for (const [text, expected] of cases) {
    const read = () => readOutboundAddress(text, [], { mayNetwork: true, clouds })
    if (typeof expected === 'string') assert.equal(read(), expected, text)
    else assert.throws(read, expected, text)
  }
})

test('authorising and revoking change the settings of one organisation', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (base) => {
      const acme = await addOrganisation(base.store, 'Acme', 'acme.example')
      const other = await addOrganisation(base.store, 'Globex', 'globex.example')
      let published = 0
      const deps = {
        ...base,
        link: { ...base.link, settingsChanged: () => (published += 1) },
        config: { ...base.config, network: { privateTargets: [] } },
        listening: [
          { role: 'mx', port: 2525 },
          { role: 'http', port: 8080 },
          { role: 'submission', port: 2587 },
        ],
      }
      const input = { address: '198.51.100.25', comment: 'Exchange' }
      const { addresses, smartHost, smartHostPorts } = await authorizeOutbound(acme, input, deps)
      assert.deepEqual([smartHost, smartHostPorts], ['mx.gate.example:2525', [2525, 2587]])
      assert.deepEqual(
        addresses.map(({ address, comment, lastSeenAt }) => [address, comment, lastSeenAt]),
        [['198.51.100.25', 'Exchange', null]],
      )
      await refused(
        authorizeOutbound(acme, { ...input, address: '::ffff:198.51.100.25' }, deps),
        'address-exists',
      )
      await refused(
        authorizeOutbound(acme, { ...input, address: '104.47.1.1' }, deps),
        'address-shared-cloud',
      )
      await refused(revokeOutbound(other, addresses[0]!.id, deps), 'not-found')
      await authorizeOutbound(other, input, deps)
      await revokeOutbound(acme, addresses[0]!.id, deps)
      assert.deepEqual((await getOutbound(acme, deps)).addresses, [])
      assert.equal((await getOutbound(other, deps)).addresses.length, 1)
      assert.equal(published, 3)
      const revisions = await base.store.db
        .selectFrom('revision')
        .select('reason')
        .where('tenant_id', '=', acme.tenantId)
        .where('subject', 'like', 'outbound%')
        .orderBy('number')
        .execute()
      assert.deepEqual(
        revisions.map(({ reason }) => reason),
        ['outbound.authorised', 'outbound.revoked'],
      )
    }),
  ))

test('addresses that tried are offered until they are authorised; the first message and last use are shown', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (base) => {
      const acme = await addOrganisation(base.store, 'Acme', 'acme.example')
      const { tenantId } = acme
      const smtp = { mx: [{ host: '', port: 0 }], submission: [{ host: '', port: 587 }], submissions: [] }
      const deps = { ...base, config: { ...base.config, smtp, network: { privateTargets: [] } } }
      const tried = { tenantId, address: report().client.ip, domain: 'acme.example', at: START, count: 3 }
      await keepMailNotes(base.store, { outbound: [], inbound: [], refused: [tried] })
      const before = await getOutbound(acme, deps)
      const { tenantId: _, at: lastSeenAt, ...shown } = tried
      assert.deepEqual(before.refused, [{ ...shown, lastSeenAt }])
      assert.deepEqual([before.smartHostPorts, before.firstSeenAt], [[587], null])
      await authorizeOutbound(acme, { address: tried.address, comment: '' }, deps)
      const note = { tenantId, ip: tried.address, at: START + 5, messageId: 'msg_1' }
      await keepMailNotes(base.store, { outbound: [note], inbound: [], refused: [] })
      const after = await getOutbound(acme, deps)
      assert.deepEqual(after.refused, [])
      assert.deepEqual([after.firstSeenAt, after.firstMessageId], [START + 5, 'msg_1'])
      assert.equal(after.addresses[0]?.lastSeenAt, START + 5)
    }),
  ))

async function refused(work: Promise<unknown>, name: string): Promise<void> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, `expected ${name}, got ${String(error)}`)
  assert.equal(error.problemName, name)
}
