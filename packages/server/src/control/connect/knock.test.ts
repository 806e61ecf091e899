// Knocking at mail hosts: a firewall and a host that is down look alike to a stranger, so the gateway's own
// address tells them apart; agents count for what they can know.
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import type { AgentProbeResult } from '@gatepost/contract/agent.ts'
import { systemMachine } from '#platform/machine.ts'
import { withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { madeUpDns } from '../../../../../test/store/made-up-dns.ts'
import { isClosed, lookAndKeepBypass, verdictOf } from './bypass.ts'
import { cloudDomainInDns } from './cloud-domain.ts'
import { createKnock, type Door, type Knock } from './knock.ts'

const STRANGER = '127.0.0.77'
let server: Server
let port = 0
let allowed: readonly string[] | null = null

before(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {})
    if (allowed !== null && !allowed.includes(socket.remoteAddress ?? '')) {
      socket.destroy()
      return
    }
    socket.write('220 mail.acme.example\r\n')
    socket.on('data', () => socket.write('250 ok\r\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
after(() => server.close())

type Setting = { readonly vantages?: readonly string[]; readonly agent?: AgentProbeResult }

function knocking(
  { vantages = [STRANGER], agent }: Setting,
  work: (knock: Knock, door: Door, deps: Parameters<typeof lookAndKeepBypass>[2]) => Promise<void>,
): Promise<void> {
  return withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (base, clock) => {
      const { tenantId } = await addOrganisation(base.store, 'Acme', 'acme.example')
      if (agent) {
        const row = {
          site: 'Office',
          token_digest: 'x',
          code_digest: null,
          code_expires_at: null,
          live_sign_in: 0,
        }
        const seen = {
          last_seen_at: 0,
          last_seen_from: null,
          version: null,
          platform: null,
          host_name: null,
          status: null,
        }
        await base.store.db
          .insertInto('agent')
          .values({
            id: 'agt_1',
            tenant_id: tenantId,
            paired_at: 0,
            created_at: 0,
            ...row,
            live_sign_in: 0,
            ...seen,
          })
          .execute()
      }
      const config = {
        ...base.config,
        network: { privateTargets: ['127.0.0.0/8'] },
        vantage: { addresses: vantages },
      }
      const knock = createKnock({
        ...base,
        config: config as typeof base.config,
        dns: madeUpDns().dns,
        machine: systemMachine,
        listening: [],
        agents: { isWaiting: () => true, probe: async () => agent ?? null },
      })
      const forwardPath = 'ann@acme.example'
      const door = { tenantId, host: '127.0.0.1', port, forwardPath, ownDomain: null, isWhole: false }
      await work(knock, door, { ...base, clock, knock })
    }),
  )
}

test('open to everybody, then to us alone, then down: only the second is closed', () =>
  knocking({}, async (_, door, deps) => {
    allowed = null
    assert.equal((await lookAndKeepBypass(door, true, deps)).verdict, 'open')
    allowed = ['127.0.0.1']
    const closed = await lookAndKeepBypass(door, true, deps)
    assert.equal(closed.verdict, 'closed', JSON.stringify(closed.knocks))
    allowed = []
    const down = await lookAndKeepBypass(door, true, deps)
    assert.equal(down.verdict, 'unknown')
    assert.match(down.knocks[0]?.reply ?? '', /gets no greeting either/)
    assert.equal(isClosed(down), true, 'what was closed stays so until somebody gets in twice')
    const nobody = await lookAndKeepBypass({ ...door, port: 1 }, true, deps)
    assert.equal(nobody.verdict, 'unknown')
    assert.equal(nobody.closedAt, null)
  }))

test('an agent inside proves a closed door, never an open one', async () => {
  const seen = { stage: 'rcpt', reply: '250 ok', address: '10.1.1.1' } as const
  allowed = null
  await knocking({ vantages: [], agent: { ...seen, kind: 'open' } }, async (knock, door) => {
    const knocks = await knock.knock(door)
    assert.equal(knocks[0]?.isInside, true)
    assert.equal(verdictOf(knocks), 'no-vantage')
  })
  const refused = { ...seen, kind: 'closed', reply: '550 5.7.1 no' } as const
  await knocking({ vantages: [], agent: refused }, async (knock, door) => {
    assert.equal(verdictOf(await knock.knock(door)), 'closed')
  })
  await knocking(
    { vantages: [], agent: { ...seen, kind: 'open', address: '203.0.113.9' } },
    async (knock, door) => {
      assert.equal(verdictOf(await knock.knock(door)), 'open')
    },
  )
})

test('without a vantage point nothing is verified', () =>
  knocking({ vantages: [] }, async (knock, door, deps) => {
    assert.deepEqual(await knock.vantages(door.tenantId), [])
    assert.equal((await lookAndKeepBypass(door, true, deps)).verdict, 'no-vantage')
  }))

test('a vantage point of a family that the host has not keeps no door from being closed', () =>
  knocking({ vantages: [STRANGER, '::1'] }, async (knock, door) => {
    allowed = ['127.0.0.1']
    const knocks = await knock.knock(door)
    assert.deepEqual(
      knocks.map(({ from }) => from.name),
      [STRANGER],
    )
    assert.equal(verdictOf(knocks), 'closed')
  }))

test('a cloud that takes the recipient proves nothing until a whole message is sent', () =>
  knocking({}, async (knock, door) => {
    allowed = null
    const cloud = { ...door, ownDomain: 'acme.example', cloudDomain: 'acme.onmicrosoft.com' }
    const [first] = await knock.knock(cloud)
    assert.equal(first?.kind, 'unknown')
    assert.match(first?.reply ?? '', /^250 ok Only a whole message tells more/)
  }))

test('a door that nobody can knock at any more is not verified after a week', () =>
  knocking({}, async (_, door, deps) => {
    const clock = deps.clock as typeof deps.clock & { add(ms: number): void }
    allowed = ['127.0.0.1']
    assert.equal(isClosed(await lookAndKeepBypass(door, true, deps)), true)
    const nobody = { ...deps, knock: { ...deps.knock, knock: async () => [] } }
    clock.add(7 * 86_400_000)
    assert.equal(isClosed(await lookAndKeepBypass(door, false, nobody)), true)
    clock.add(3_600_000)
    const later = await lookAndKeepBypass(door, false, nobody)
    assert.deepEqual([isClosed(later), later.closedAt, later.verdict], [false, null, 'no-vantage'])
  }))

test('in a cloud a recipient in its own domain is asked for too, and only a yes or a no counts', async () => {
  const told: string[] = []
  const cloud = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('220 cloud\r\n')
    socket.on('data', (octets) => {
      const line = octets.toString('latin1').trim()
      if (line.startsWith('RCPT')) told.push(line)
      const isOwn = line.includes('onmicrosoft.com')
      const no = isOwn ? '550 5.4.1 Recipient address rejected: Access denied' : '550 5.7.51 not you'
      socket.write(line.startsWith('RCPT') ? `${no}\r\n` : '250 ok\r\n')
    })
  })
  await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve))
  const at = (cloud.address() as AddressInfo).port
  await knocking({}, async (_, door, deps) => {
    const theirs = { ...door, port: at, ownDomain: 'acme.example', cloudDomain: 'acme.onmicrosoft.com' }
    const { knocks, verdict } = await lookAndKeepBypass(theirs, true, deps)
    assert.deepEqual(
      knocks.map(({ sender, recipient, kind }) => [sender, recipient, kind]),
      [
        ['outside', 'usual', 'closed'],
        ['own-domain', 'usual', 'closed'],
        ['outside', 'cloud-domain', 'unknown'],
      ],
    )
    assert.equal(told[2], 'RCPT TO:<ann@acme.onmicrosoft.com>')
    assert.equal(verdict, 'closed')
  })
  cloud.close()
})

test('the domain at Microsoft is read from the record of DKIM, in both of its forms', async () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['selector1-acme-example._domainkey.acme.onmicrosoft.com', 'acme.onmicrosoft.com'],
    ['selector1-acme-example._domainkey.acme.n-v1.dkim.mail.microsoft', 'acme.onmicrosoft.com'],
    ['selector1._domainkey.mail.example', null],
  ]
  for (const [target, expected] of cases) {
    const query = async () => ({ kind: 'found', records: [target], ttl: 1, authenticated: false, server: '' })
    const dns = { query } as unknown as Parameters<typeof cloudDomainInDns>[1]
    assert.equal(await cloudDomainInDns('acme.example', dns), expected)
  }
})
