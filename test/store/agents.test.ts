// Agents' rows on both databases: a push in chunks, told missing ones, replaced by a newer listing, dropped
// with its site.
import assert from 'node:assert/strict'
import { addAgent, listAgents, pairAgent, removeAgent } from '@gatepost/server/control/agent/agent.ts'
import { AgentDesk } from '@gatepost/server/control/agent/desk.ts'
import { beginPush, completePush, putChunk, requireAgentToken } from '@gatepost/server/control/agent/push.ts'
import { createPushReader } from '@gatepost/server/control/directory/kinds/agent.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, withStore } from './fixtures.ts'

const chunkOf = (names: readonly string[]) =>
  new TextEncoder().encode(
    JSON.stringify({
      entries: names.map((name) => ({
        externalId: name,
        kind: 'user',
        email: `${name}@acme.example`,
        aliases: [],
        name,
        userName: name,
        signInEnabled: true,
        attributes: [],
        members: [],
        place: '',
      })),
    }),
  )

testOnBoth('agents push whole listings, one after the other', (place) =>
  withStore(place, async (base, clock) => {
    const deps = { ...base, agents: new AgentDesk(), agentVersion: '0.1.0', url: 'https://gate.example/' }
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { code, agent } = await addAgent(scope, { site: 'Head office' }, deps)
    const about = { version: '0.1.0', platform: 'linux x64', hostName: 'helper', from: '192.0.2.1' }
    const { token } = await pairAgent({ ...about, code }, deps)
    const asker = await requireAgentToken(token, about.from, deps)
    const reader = createPushReader(
      { tenantId: scope.tenantId, settings: { kind: 'agent', agentId: agent.id } },
      deps,
    )
    const { signal } = new AbortController()
    for (const [round, names] of [
      ['ann', 'ben', 'cat'],
      ['ann', 'dan', 'eve'],
      ['ann', 'dan', 'flo'],
    ].entries()) {
      const pushId = `0b1c2d3e-0000-4000-8000-00000000000${round}`
      clock.add(1_000)
      await beginPush(asker, pushId, deps)
      await putChunk(asker, { pushId, number: 1, bytes: chunkOf(names.slice(2)) }, deps)
      const whole = { pushId, chunks: 2, entries: 3, notListed: [] }
      assert.deepEqual((await completePush(asker, whole, deps)).missing, [0])
      await putChunk(asker, { pushId, number: 0, bytes: chunkOf(names.slice(0, 2)) }, deps)
      await putChunk(asker, { pushId, number: 0, bytes: chunkOf(names.slice(0, 2)) }, deps)
      assert.equal((await completePush(asker, whole, deps)).isNew, true)
      assert.equal((await reader.lookUp(`${names[2]}@acme.example`, signal))?.name, names[2])
    }
    assert.equal(await reader.lookUp('ben@acme.example', signal), null)
    const [listed] = await listAgents(scope, deps)
    assert.equal(listed?.lastPush?.entries, 3)
    await removeAgent(scope, agent.id, deps)
    await assert.rejects(reader.lookUp('ann@acme.example', signal), /not pushed a whole listing/)
    await assert.rejects(requireAgentToken(token, about.from, deps), /not paired, or its site was removed/)
  }),
)

testOnBoth('what the listings of one organisation take has an end, and another has its own', (place) =>
  withStore(place, async (base) => {
    const deps = { ...base, agents: new AgentDesk(), agentVersion: '0.1.0', url: 'https://gate.example/' }
    const about = { version: '0.1.0', platform: 'linux x64', hostName: 'helper', from: '192.0.2.1' }
    const pushId = '0b1c2d3e-0000-4000-8000-000000000001'
    const pairedAt = async (name: string) => {
      const scope = await addOrganisation(deps.store, name, `${name.toLowerCase()}.example`)
      const { code } = await addAgent(scope, { site: 'Head office' }, deps)
      const { token } = await pairAgent({ ...about, code }, deps)
      const asker = await requireAgentToken(token, about.from, deps)
      await beginPush(asker, pushId, deps)
      return asker
    }
    const [acme, other] = [await pairedAt('Acme'), await pairedAt('Other')]
    const bytes = chunkOf(['ann', 'ben'])
    const put = (asker: typeof acme, number: number, limits: { chunks: number; octets: number }) =>
      putChunk(asker, { pushId, number, bytes }, deps, limits)
    const octets = 2 * bytes.length
    await put(acme, 0, { chunks: 9, octets })
    await put(acme, 1, { chunks: 9, octets })
    await put(acme, 1, { chunks: 9, octets })
    const refused = { problemName: 'limit-reached', message: /remove sites/ }
    await assert.rejects(put(acme, 2, { chunks: 9, octets }), refused)
    await assert.rejects(put(acme, 2, { chunks: 2, octets: 9e9 }), refused)
    assert.deepEqual(await beginPush(acme, pushId, deps), { received: [0, 1] })
    await put(other, 0, { chunks: 9, octets })
  }),
)
