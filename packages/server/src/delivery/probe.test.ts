// The route test, as administrators see it.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createSecureContext } from 'node:tls'
import { systemClock } from '#platform/clock.ts'
import { selfSigned } from '#platform/tls.ts'
import { fakeDns } from './delivery.fixture.ts'
import { type ProbeDeps, type ProbeOrder, probeRoute } from './probe.ts'
import { type Answer, type Sink, type SinkOptions, startSink } from './smtp-sink.fixture.ts'

const sinks: Sink[] = []
after(async () => {
  for (const sink of sinks) await sink.close()
})

const knowsAnn: Answer = (line) =>
  line.startsWith('RCPT') && !line.includes('ann@') ? '550 5.1.1 nobody' : undefined

async function probe(options: SinkOptions, changes: Partial<ProbeOrder> = {}, deps: Partial<ProbeDeps> = {}) {
  const sink = await startSink(options)
  sinks.push(sink)
  const result = await probeRoute(
    {
      kind: 'probe-route',
      id: 'ord_1',
      tenantId: 'ten_1',
      host: 'mail.acme.example',
      port: sink.port,
      tls: 'opportunistic',
      reversePath: 'test@gate.example',
      forwardPath: 'ann@acme.example',
      content: null,
      ...changes,
    },
    {
      dns: fakeDns({ 'mail.acme.example': { A: ['127.0.0.1'] } }),
      clock: systemClock,
      config: { hostname: 'gate.example', network: { privateTargets: ['127.0.0.0/8'] } },
      ownListeners: () => [],
      localAddresses: () => [],
      stepMs: 5_000,
      ...deps,
    },
  )
  assert.ok(result.kind === 'probe-route')
  const { results } = result
  return { sink, results, states: results.map(({ state }) => state).join(' ') }
}

describe('probe', () => {
  const { certificate, key } = selfSigned('mail.acme.example', Date.now())
  const tls = createSecureContext({ cert: certificate, key })

  it('passes a host that is set up well, with a real message', async () => {
    const content = Buffer.from('Subject: test\r\n\r\n.x\r\n').toString('base64')
    const { sink, results } = await probe(
      { answer: knowsAnn, tls },
      { content, tls: 'enforced-strict' },
      { ca: certificate },
    )
    assert.deepEqual(
      results.filter(({ state }) => state !== 'passed'),
      [],
    )
    assert.equal(sink.messages[0]?.content, 'Subject: test\r\n\r\n.x\r\n')
    assert.match(results[3]!.saw, /TLSv1\.3.*valid for this name/)
  })

  const cases: [name: string, options: SinkOptions, order: Partial<ProbeOrder>, states: string][] = [
    ['no TLS offered', { answer: knowsAnn }, {}, 'passed passed passed warning passed passed not-run'],
    [
      'TLS asked for, none offered',
      {},
      { tls: 'enforced-relaxed' },
      'passed passed passed failed not-run not-run not-run',
    ],
    [
      'a certificate nobody vouches for',
      { tls },
      { tls: 'enforced-strict' },
      'passed passed passed failed not-run not-run not-run',
    ],
    ['accepts everything', {}, { tls: 'none' }, 'passed passed passed passed passed warning not-run'],
    [
      'unknown ones only deferred',
      { answer: (line) => (line.includes('gatepost-test') ? '450 4.1.1 no' : undefined) },
      { tls: 'none' },
      'passed passed passed passed passed warning not-run',
    ],
    [
      'the recipient is unknown',
      { answer: knowsAnn },
      { tls: 'none', forwardPath: 'bob@acme.example' },
      'passed passed passed passed failed not-run not-run',
    ],
    [
      'no such name',
      {},
      { host: 'missing.example' },
      'failed not-run not-run not-run not-run not-run not-run',
    ],
    ['nobody listens', {}, { port: 1 }, 'passed failed not-run not-run not-run not-run not-run'],
    [
      'refused at the greeting',
      { answer: (line) => (line === '<greeting>' ? '554 5.7.1 go away' : undefined) },
      {},
      'passed passed failed not-run not-run not-run not-run',
    ],
    [
      'silent',
      { answer: (line) => (line === '<greeting>' ? null : undefined) },
      {},
      'passed passed failed not-run not-run not-run not-run',
    ],
  ]
  for (const [name, options, order, expected] of cases) {
    it(name, async () => {
      const { results, states } = await probe(options, order)
      assert.equal(states, expected)
      for (const { state, remedy, saw } of results) {
        assert.ok(saw.length > 5)
        if (state === 'failed' || state === 'warning') assert.ok(remedy, `a remedy for: ${saw}`)
      }
    })
  }

  it('does not reach private addresses that the operator does not allow', async () => {
    const config = { hostname: 'gate.example', network: { privateTargets: [] } }
    const { states, results, sink } = await probe({}, {}, { config })
    assert.ok(states.startsWith('failed not-run'))
    assert.match(results[0]!.saw, /network\.private_targets/)
    assert.equal(sink.connections.length, 0)
  })
})
