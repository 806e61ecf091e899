// A report that is not read whole makes the same row, words and notes as if it were: no reason that somebody
// takes note of may be missing among those that edges read reports whole for.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readBatch } from '#link/report-batch.ts'
import { REASON_NAMES, STEP_KINDS } from '#link/report-names.ts'
import { reportText } from '#link/report-text.ts'
import type { AcceptedReport } from '#link/reports.ts'
import { newId } from '#platform/random.ts'
import type { ExplanationStep } from '#policy/policy.ts'
import { NoteTaker } from './notes.ts'
import { messageRows, type ReadMessage } from './rows.ts'

const AT = Date.UTC(2026, 10, 22)
const entry = { id: 'lst_1', sender: 'bob@sender.example', source: 'auto-allow' }
const facts = {
  managedSender: { kind: 'known', value: { permit: entry, block: entry } },
  authentication: { kind: 'unknown', why: 'timeout' },
} as never as AcceptedReport['facts']
const POLICIES = [
  'recipient-validation',
  'anti-spoofing',
  'anti-spoofing-header',
  'permitted-senders',
  'spam',
] as const

function reportWith(step: ExplanationStep, direction: 'inbound' | 'outbound'): AcceptedReport {
  return {
    kind: 'accepted',
    id: newId('msg', AT),
    at: AT,
    tenantId: 'ten_a',
    direction,
    origin: 'smtp',
    client: { ip: '192.0.2.1', name: null, helo: 'h', tls: null },
    reversePath: 'bob@acme.example',
    author: 'bob@acme.example',
    subject: 'Hello there',
    messageIdField: '<1@sender.example>',
    size: 9,
    recipients: [{ index: 0, forwardPath: 'anna@acme.example', explanation: [step], facts }],
    explanation: [{ ...step, stage: 'message' }],
    facts,
    verdict: 'accept',
    settingsRevision: 1,
  }
}

it('is the same for every reason, kind and direction', () => {
  let dull = 0
  for (const because of REASON_NAMES) {
    for (const kind of STEP_KINDS) {
      for (const policy of POLICIES) {
        const rule = { id: `pol_${because.length}`, name: 'Rule' }
        const step: ExplanationStep = { policy, stage: 'rcpt', kind, because, saw: 'x', rule }
        const report = reportWith(step, because.length % 2 === 0 ? 'inbound' : 'outbound')
        const text = reportText(report)
        const body = `{"node":"n","slot":0,"reports":[\n{"sequence":1,"report":${text}}\n]}`
        const read = readBatch(body)
        assert.ok(read.ok && read.value.reports.length === 1)
        const crossed = read.value.reports[0] as ReadMessage
        if (crossed.rules !== null) dull += 1
        assert.deepEqual(made(crossed), made({ report, text, rules: null }), `${policy} ${kind} ${because}`)
      }
    }
  }
  assert.ok(dull > REASON_NAMES.length)
})

function made(read: ReadMessage) {
  const tenantOf = (domain: string) => (domain === 'acme.example' ? 'ten_a' : undefined)
  const notes = new NoteTaker()
  notes.note(read.report, tenantOf)
  const { message, words } = messageRows(read, { node: 'n', slot: 0 }, tenantOf)
  return { message, words: [...words], notes: notes.take() }
}
