// Signing keys and auto allow over both databases: what is stored is found again, and plans name their index.
import assert from 'node:assert/strict'
import { createPublishingStore } from '@gatepost/server/control/publishing/store.ts'
import { getAutoAllow, sweepAutoAllow } from '@gatepost/server/control/sender/auto-allow.ts'
import { keepCorrespondence } from '@gatepost/server/control/sender/correspondence.ts'
import { listSenders } from '@gatepost/server/control/sender/sender.ts'
import { addSigningKeys, getSigning, setArc } from '@gatepost/server/control/signing/signing.ts'
import { dueKeys } from '@gatepost/server/control/signing/store.ts'
import { managedSenderId } from '@gatepost/server/link/managed-sender.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, START, withStore } from './fixtures.ts'
import { madeUpDns } from './made-up-dns.ts'

const DAY = 86_400_000

testOnBoth('keys wait for their record, and are looked at when due', (place) =>
  withStore(place, async (given, clock) => {
    const deps = { ...given, dns: madeUpDns().dns }
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addSigningKeys(scope, { domain: 'acme.example', algorithms: ['ed25519-sha256'] }, deps)
    await setArc(scope, { seals: 'all', sealers: ['lists.example'], expected: 0 }, deps)
    const { domains, seals } = await getSigning(scope, deps)
    assert.equal(domains[0]?.keys[0]?.state, 'pending')
    assert.equal(seals, 'all')
    clock.add(DAY)
    const [due] = await dueKeys(deps.store, clock.now(), 10)
    assert.equal(due?.domain, 'acme.example')
    const rows = await createPublishingStore(deps.store).rowsOf(scope.tenantId)
    assert.deepEqual(rows?.signingKeys, [])
    assert.equal(rows?.arc?.seals, 'all')
  }),
)

testOnBoth('who is written to, suspended, written to again, and swept', (place) =>
  withStore(place, async (deps, clock) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId } = scope
    const wrote = (at: number) => ({
      made: [
        {
          tenantId,
          at,
          messageId: 'msg_1',
          user: 'ann@acme.example',
          to: Array.from({ length: 20 }, (_, one) => `p${one}@far.example`),
          answers: [],
        },
      ],
      bad: [],
      held: [{ tenantId, at, digest: 'abc' }],
    })
    await keepCorrespondence(wrote(START), deps)
    const id = managedSenderId('ann@acme.example', 'p7@far.example')
    const bad = [{ tenantId, at: START, id, messageId: 'msg_2' }]
    await keepCorrespondence({ made: [], bad, held: [] }, deps)
    const { items } = await listSenders(scope, { limit: 50, state: 'suspended' }, deps)
    assert.deepEqual(
      items.map(({ sender, messageId }) => [sender, messageId]),
      [['p7@far.example', 'msg_2']],
    )
    const counted = await getAutoAllow(scope, deps)
    assert.deepEqual([counted.entries, counted.suspended], [20, 1])
    await keepCorrespondence(wrote(START + DAY), deps)
    assert.equal((await getAutoAllow(scope, deps)).suspended, 0)
    clock.add(122 * DAY)
    assert.equal(await sweepAutoAllow(deps.store, clock.now()), true)
    assert.equal(await sweepAutoAllow(deps.store, clock.now()), false)
    assert.equal((await getAutoAllow(scope, deps)).entries, 0)
  }),
)
