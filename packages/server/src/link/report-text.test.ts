// Reports in their short form: nothing of them is lost, and no number changes its meaning.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { newId } from '#platform/random.ts'
import { messagePolicies, rcptPolicies } from '#policy/order.ts'
import type { ExplanationStep, GatheredFacts } from '#policy/policy.ts'
import { reasons } from '#policy/reasons.ts'
import { readBatch } from './report-batch.ts'
import { FACT_NAMES, POLICY_NAMES, REASON_NAMES, STEP_KINDS } from './report-names.ts'
import { KEPT_MARK, reportText } from './report-text.ts'
import { wholeReport } from './report-whole.ts'
import type { AcceptedReport, RefusedReport, Report } from './reports.ts'

const AT = Date.UTC(2026, 10, 22)

const dull: ExplanationStep = {
  policy: 'relay',
  stage: 'rcpt',
  kind: 'continue',
  because: 'for-validated-domain',
  saw: 'client 192.0.2.1\t"quoted"\nüñ\u2028',
}
const FACTS: GatheredFacts = {
  recipient: { kind: 'known', value: { listed: true, source: null } },
  spf: { kind: 'unknown', why: 'timeout' },
  ['later' as 'greylist']: { kind: 'unknown', why: 'of a newer release' },
  ['another' as 'hops']: { kind: 'known', value: { received: 1, ownLoops: 0 } },
}

function accepted(change: Partial<AcceptedReport> = {}): AcceptedReport {
  return {
    kind: 'accepted',
    id: newId('msg', AT),
    at: AT,
    tenantId: 'ten_a',
    direction: 'inbound',
    origin: 'smtp',
    client: { ip: '192.0.2.1', name: null, helo: 'h', tls: null },
    reversePath: 'bob@sender.example',
    author: null,
    subject: null,
    messageIdField: null,
    size: 9,
    recipients: [{ index: 0, forwardPath: 'anna@acme.example', explanation: [dull], facts: FACTS }],
    explanation: [],
    facts: {},
    verdict: 'accept',
    settingsRevision: 1,
    ...change,
  }
}

function refused(change: Partial<RefusedReport>): RefusedReport {
  const { recipients: _, origin: _origin, size: _size, verdict: _verdict, client, ...common } = accepted()
  return {
    ...common,
    kind: 'refused',
    client: client!,
    outcome: 'refused',
    forwardPath: null,
    reply: { code: 550, status: null, text: 'no' },
    count: 1,
    ...change,
  }
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const linesOf = (...texts: readonly string[]): string => {
  const lines = texts.map((text, at) => `{"sequence":${at + 1},"report":${text}}`)
  return `{"node":"n","slot":0,"reports":[\n${lines.join(',\n')}\n]}`
}

describe('the numbers of names', () => {
  it('stay what they were: names are added at the end of their list alone', () => {
    const firsts = [
      POLICY_NAMES.slice(0, 20),
      STEP_KINDS.slice(0, 9),
      FACT_NAMES.slice(0, 18),
      REASON_NAMES.slice(0, 147),
    ]
    const digests = firsts.map((names) =>
      createHash('sha256').update(names.join()).digest('base64url').slice(0, 12),
    )
    assert.deepEqual(digests, ['eUBjvnnAh5NK', '5mRaX_O_NrXl', '3pbVcoNry72z', 'ns1CJezr4aqV'])
  })

  it('are those of every policy and reason, and fit into a code', () => {
    for (const { name } of [...rcptPolicies, ...messagePolicies]) {
      assert.ok(POLICY_NAMES.includes(name), `${name} has no number in report-names.ts`)
      assert.ok(REASON_NAMES.includes(`by-${name}`), `by-${name} has no number in report-names.ts`)
    }
    for (const reason of Object.keys(reasons)) {
      assert.ok(REASON_NAMES.includes(reason as never), `${reason} has no number in report-names.ts`)
    }
    for (const [names, max] of [
      [POLICY_NAMES, 128],
      [STEP_KINDS, 16],
      [REASON_NAMES, 65_536],
    ] as const) {
      assert.equal(new Set<string>(names).size, names.length)
      assert.ok(names.length <= max)
    }
  })
})

describe('the short form', () => {
  it('loses nothing: every policy, stage, kind and reason, with a rule and without', () => {
    const rule = { id: 'pol_1', name: 'A “rule”' }
    const steps = REASON_NAMES.flatMap((because, at) => {
      const policy = POLICY_NAMES[at % POLICY_NAMES.length]!
      const kind = STEP_KINDS[at % STEP_KINDS.length]!
      const step = { policy, kind, because, saw: `saw ${at}` }
      return [
        { ...step, stage: 'rcpt', rule },
        { ...step, stage: 'message' },
        { ...step, stage: 'rcpt', policy: 'new-policy' },
        { ...step, stage: 'message', because: 'new-reason', rule },
      ] as ExplanationStep[]
    })
    for (let at = 0; at < steps.length; at += 40) {
      const explanation = steps.slice(at, at + 40)
      const own = { verdict: 'hold', explanation, facts: FACTS } as const
      const recipient = { index: 0, forwardPath: 'anna@acme.example', explanation, facts: FACTS }
      const reports: Report[] = [
        accepted({ explanation, facts: FACTS }),
        accepted({ recipients: [recipient, { ...recipient, index: 1, message: own, held: 'by-policy' }] }),
        refused({ explanation, facts: FACTS }),
      ]
      for (const report of reports) {
        const text = reportText(report)
        assert.deepEqual(wholeReport(JSON.parse(text)), asJson(report))
        assert.ok(!text.includes('\n'))
        assert.equal(text.split(KEPT_MARK).length, 2)
      }
    }
  })

  it('is half as long, and tells what matters of it without being read', () => {
    const rule = { id: 'pol_1', name: 'Default' }
    const explanation = Array.from({ length: 12 }, (_, at) => ({ ...dull, ...(at < 2 ? { rule } : {}) }))
    const report = accepted({ explanation })
    const text = reportText(report)
    assert.ok(text.length < JSON.stringify(report).length * 0.6)
    const read = readBatch(linesOf(text))
    assert.ok(read.ok)
    const [first] = read.value.reports
    assert.deepEqual([first?.rules, first?.text], [['pol_1'], text])
    assert.ok(first?.report.kind === 'accepted')
    assert.deepEqual([first.report.explanation, first.report.facts], [[], {}])
  })

  it('of what matters is read whole: reasons that are noted, holds, waivers, clouds, new authors', () => {
    const [recipient] = accepted().recipients
    const cloud = { provider: 'google', isReversePathTenants: false }
    const relay = { authorizedFor: [], reversePathTenant: null, forwardPathTenant: null, cloud }
    const firstContact = { author: 'b@x', wroteTo: 'nobody', isStale: false }
    const telling: Partial<AcceptedReport>[] = [
      { explanation: [{ ...dull, because: 'recipient-learning' }] },
      { explanation: [{ ...dull, kind: 'waive' }] },
      { explanation: [{ ...dull, kind: 'hold' }], verdict: 'hold' },
      { recipients: [{ ...recipient!, held: 'by-policy' }] },
      { recipients: [{ ...recipient!, facts: { relay: { kind: 'known', value: relay as never } } }] },
      { facts: { firstContact: { kind: 'known', value: firstContact as never } } },
    ]
    for (const change of telling) {
      const report = accepted(change)
      const read = readBatch(linesOf(reportText(report)))
      assert.ok(read.ok && read.value.reports[0]?.rules === null)
      assert.deepEqual(read.value.reports[0].report, asJson(report))
    }
  })
})

describe('a batch', () => {
  it('is read in its long form too, and stored in the short one', () => {
    const long = accepted({ explanation: [dull], facts: FACTS })
    const read = readBatch(JSON.stringify({ node: 'n', slot: 0, reports: [{ sequence: 4, report: long }] }))
    assert.ok(read.ok)
    assert.equal(read.value.acknowledged, 4)
    assert.deepEqual(read.value.reports[0]?.report, asJson(long))
    assert.equal(read.value.reports[0]?.text, reportText(long))
    const mixed = readBatch(linesOf(JSON.stringify(long), reportText(accepted())))
    assert.ok(mixed.ok && mixed.value.reports.length === 2)
    assert.equal(mixed.value.reports[0]?.text, reportText(long))
  })

  it('leaves out what is wrong and cuts what is too long', () => {
    const telling = { ...dull, kind: 'hold', saw: 'x'.repeat(5_000) } as const
    const good = reportText(accepted({ explanation: [telling], verdict: 'hold' }))
    const bad = [
      good.replace('"kept":[[', '"kept":[[-1,'),
      good.replace('"kept":', '"kept":7,"more":'),
      good.replace('"size":9', '"size":"9"'),
      '{"kind":"accepted"}',
      'no JSON',
    ]
    const read = readBatch(linesOf(good, ...bad))
    assert.ok(read.ok)
    assert.equal(read.value.acknowledged, 6)
    assert.equal(read.value.rejected.length, 5)
    const [only, ...more] = read.value.reports
    assert.equal(more.length, 0)
    assert.ok(only?.report.kind === 'accepted')
    assert.equal(only.report.explanation[0]?.saw.length, 2_000)
    assert.ok(only.text.length < 3_500)
  })

  it('shows a name that only a newer release knows as its number', () => {
    const text = reportText(accepted({ explanation: [{ ...dull, kind: 'hold' }] }))
    const code = (60_000 << 13) | (100 << 6) | (2 << 2)
    const read = readBatch(linesOf(text.replace(/"kept":\[\[\d+/, `"kept":[[${code}`)))
    assert.ok(read.ok && read.value.reports[0]?.report.kind === 'accepted')
    const { policy, because } = read.value.reports[0].report.explanation[0]!
    assert.deepEqual([policy, because], ['number-100', 'number-60000'])
  })
})
