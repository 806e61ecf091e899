// Malware from inside becomes an alert of the takeover kind, for its own organisation, until a day without it
// has passed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RefusedReport } from '#link/reports.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { madeUpDns } from '../../../../../test/store/made-up-dns.ts'
import { listAlerts } from '../alert/desk.ts'
import { takeoverSource } from '../alert/sources/kept.ts'
import type { SourceDeps } from '../alert/sources/source.ts'
import { applySource } from '../alert/watch.ts'
import type { Scope } from '../scope.ts'
import { keepMailNotes } from '../tracking/mail-observations.ts'
import { NoteTaker } from '../tracking/notes.ts'
import { infectedIn } from './infected-note.ts'

const HOUR = 3_600_000

function refusal(tenantId: string, at: number, change: Partial<RefusedReport> = {}): RefusedReport {
  const step = { policy: 'virus', kind: 'reject', because: 'virus-refused', saw: 'Eicar, by clamd' } as const
  return {
    kind: 'refused',
    id: `rep_${at}`,
    at,
    tenantId,
    direction: 'outbound',
    outcome: 'refused',
    client: { ip: '192.0.2.10', helo: 'mail.acme.example', tls: null } as unknown as RefusedReport['client'],
    reversePath: 'bounces@acme.example',
    forwardPath: 'eve@elsewhere.example',
    author: 'ann@acme.example',
    subject: 'papers',
    messageIdField: null,
    reply: { code: 554, status: '5.7.1', text: 'no' } as RefusedReport['reply'],
    explanation: [step as unknown as RefusedReport['explanation'][number]],
    facts: {},
    settingsRevision: 1,
    count: 1,
    ...change,
  }
}

testOnBoth('a sender whose malware was refused is an alert of its organisation for a day', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    // This source asks the store alone; the rest is there for others.
    const asked = { ...deps, dns: madeUpDns().dns, listening: [] } as unknown as SourceDeps
    const takers = new NoteTaker()
    const at = clock.now()
    takers.note(refusal(acme.tenantId, at), () => undefined)
    takers.note(refusal(acme.tenantId, at + 1, { author: null, reversePath: null }), () => undefined)
    takers.note(refusal('ten_gone', at), () => undefined)
    await keepMailNotes(deps.store, takers.take())
    const open = async (scope: Scope): Promise<readonly string[]> => {
      await applySource(takeoverSource, asked)
      const { items } = await listAlerts(scope, { state: 'open', limit: 10 }, deps)
      return items
        .map(({ kind, severity, subject, text }) => `${kind} ${severity} ${subject}: ${text}`)
        .sort()
    }
    const text =
      'tried to send malware (Eicar, by clamd). It was refused; a machine or an account may be in foreign hands.'
    assert.deepEqual(await open(acme), [
      `takeover critical 192.0.2.10: 192.0.2.10 ${text}`,
      `takeover critical ann@acme.example: ann@acme.example ${text}`,
    ])
    assert.deepEqual(await open(other), [])
    clock.add(23 * HOUR)
    takers.note(refusal(acme.tenantId, clock.now()), () => undefined)
    await keepMailNotes(deps.store, takers.take())
    clock.add(2 * HOUR)
    assert.deepEqual(await open(acme), [`takeover critical ann@acme.example: ann@acme.example ${text}`])
    clock.add(23 * HOUR)
    assert.deepEqual(await open(acme), [])
  }),
)

test('inbound malware, and refusals for other reasons, say nothing of a sender', () => {
  const because = { policy: 'relay', kind: 'reject', because: 'not-ours', saw: '' } as const
  const explanation = [because as unknown as RefusedReport['explanation'][number]]
  for (const change of [{ direction: 'inbound' }, { tenantId: null }, { explanation }] as const) {
    assert.equal(infectedIn(refusal('ten_1', 1, change)), null)
  }
})
