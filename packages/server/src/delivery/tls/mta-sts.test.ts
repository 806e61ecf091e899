// MTA-STS policies fetched from a real web server: kept, renewed, and kept on when everything else is gone.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Clock } from '#platform/clock.ts'
import { createTargetGuard } from '#platform/target-guard.ts'
import { fakeDns } from '../delivery.fixture.ts'
import { makeAuthority } from './certificates.fixture.ts'
import { MtaSts, type MtaStsOptions } from './mta-sts.ts'

const authority = makeAuthority()
const HOUR = 3_600_000
const guard = createTargetGuard({
  privateTargets: ['127.0.0.0/8'],
  ownListeners: () => [],
  localAddresses: () => [],
})

/** What the web server sends, and how often it was asked. */
const web = { status: 200, type: 'text/plain', body: '', asked: 0, location: '' }
let server: Server
let port = 0
let now = 0
let record: readonly string[] = []
let kept: string | null = null

const clock: Clock = { now: () => now, sleep: async () => {} }

function open(changes: Partial<MtaStsOptions> = {}): MtaSts {
  const zone = {
    get '_mta-sts.far.example'() {
      return record.length === 0 ? ({} as const) : { TXT: record }
    },
    'mta-sts.far.example': { A: ['127.0.0.1'] },
  }
  const keep = { load: () => kept, save: (text: string) => (kept = text) }
  const ca = authority.ca.certificate
  return new MtaSts({ dns: fakeDns(zone), clock, guard, port, ca, kept: keep, ...changes })
}

const policy = (mode: string, maxAge = 86_400) =>
  `version: STSv1\nmode: ${mode}\nmx: mx.far.example\nmax_age: ${maxAge}\n`

async function modeOf(sts: MtaSts): Promise<string> {
  const answer = await sts.policyOf('far.example')
  return answer.kind === 'policy' ? answer.policy.mode : `none${answer.why === null ? '' : `: ${answer.why}`}`
}

before(async () => {
  const { certificate, key } = authority.issue(['mta-sts.far.example'])
  server = createServer({ cert: certificate, key }, (_request, response) => {
    web.asked += 1
    response.writeHead(web.status, { 'content-type': web.type, location: web.location })
    response.end(web.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as { port: number }).port
})
after(() => server.close())
beforeEach(() => {
  Object.assign(web, { status: 200, type: 'text/plain; charset=utf-8', body: policy('enforce'), asked: 0 })
  now = 1_000_000
  record = ['v=STSv1; id=1']
  kept = null
})

describe('policyOf (abuse case 36)', () => {
  it('without a record nobody is asked', async () => {
    record = []
    assert.equal(await modeOf(open()), 'none')
    assert.equal(web.asked, 0)
  })

  it('a policy is fetched once, by all who ask at the same time and later', async () => {
    const sts = open()
    assert.deepEqual(await Promise.all([modeOf(sts), modeOf(sts)]), ['enforce', 'enforce'])
    assert.equal(await modeOf(sts), 'enforce')
    assert.equal(web.asked, 1)
  })

  it('a changed id is a changed policy', async () => {
    const sts = open()
    await modeOf(sts)
    Object.assign(web, { body: policy('testing') })
    record = ['v=STSv1; id=2']
    assert.equal(await modeOf(sts), 'testing')
    assert.equal(web.asked, 2)
  })

  it('past half of its life it is fetched again, so that it never runs out', async () => {
    const sts = open()
    await modeOf(sts)
    now += 13 * HOUR
    await modeOf(sts)
    assert.equal(web.asked, 2)
    now += 13 * HOUR
    assert.equal(await modeOf(sts), 'enforce')
  })

  it('with record and web server gone it counts until its end, also after a restart', async () => {
    await modeOf(open())
    await new Promise((resolve) => setImmediate(resolve))
    record = []
    web.status = 500
    now += 23 * HOUR
    assert.equal(await modeOf(open()), 'enforce')
    now += 2 * HOUR
    assert.equal(await modeOf(open()), 'none')
  })

  it('a failed fetch keeps what was known and is not repeated for five minutes', async () => {
    const sts = open()
    await modeOf(sts)
    web.status = 503
    record = ['v=STSv1; id=2']
    assert.equal(await modeOf(sts), 'enforce')
    assert.equal(await modeOf(sts), 'enforce')
    assert.equal(web.asked, 2)
    now += 300_001
    Object.assign(web, { status: 200, body: policy('testing') })
    assert.equal(await modeOf(sts), 'testing')
  })

  it('mode none ends it', async () => {
    const sts = open()
    await modeOf(sts)
    web.body = policy('none')
    record = ['v=STSv1; id=2']
    assert.equal(await modeOf(sts), 'none')
  })

  const refused: readonly (readonly [string, object, RegExp])[] = [
    [
      'a redirect is not followed',
      { status: 301, location: 'https://mta-sts.far.example/else' },
      /answered 301/,
    ],
    ['another media type', { type: 'text/html' }, /text\/html/],
    ['a text that is no policy', { body: '<html>' }, /no colon/],
    ['a text without end', { body: policy('enforce').padEnd(70_000, '\n') }, /longer than/],
  ]
  for (const [name, sent, why] of refused) {
    it(`${name} is no policy, and says so`, async () => {
      Object.assign(web, sent)
      assert.match(await modeOf(open()), why)
    })
  }

  it('a certificate of nobody we know is no policy', async () => {
    assert.match(await modeOf(open({ ca: makeAuthority('Stranger').ca.certificate })), /could not be asked/)
  })

  it('an address that must not be connected to is not', async () => {
    const shy = createTargetGuard({ privateTargets: [], ownListeners: () => [], localAddresses: () => [] })
    assert.match(await modeOf(open({ guard: shy })), /no address that may be connected to/)
    assert.equal(web.asked, 0)
  })

  it('a file of policies that is broken counts as none', async () => {
    for (const text of ['', '{', '{"format":2}', '{"format":1,"policies":[["far.example",{}]]}', 'null']) {
      kept = text
      record = []
      assert.equal(await modeOf(open()), 'none')
    }
  })
})
