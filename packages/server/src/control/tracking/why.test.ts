// The way out that a refusal names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Story, smallestChangeOf } from './why.ts'

function changeFor(code: number, status: string): string | null {
  const body = { reply: { code, status, text: 'x' }, explanation: [], facts: {} } as unknown as Story['body']
  const about = { tenantId: 'acme', status: code < 500 ? 'deferred' : 'refused', attempts: [] }
  return smallestChangeOf({ ...about, reversePath: null, forwardPath: 'ann@acme.example', body })
}

test('what no policy decided is not laid at the client’s door where it was ours', () => {
  assert.match(changeFor(451, '4.7.0') ?? '', /limits\.connections_per_tenant/)
  assert.match(changeFor(452, '4.3.1') ?? '', /this gateway could not/)
  assert.match(changeFor(451, '4.3.0') ?? '', /this gateway could not/)
  assert.match(changeFor(452, '4.5.3') ?? '', /again in the next/)
  assert.match(changeFor(451, '4.4.2') ?? '', /hung up/)
  assert.match(changeFor(554, '5.5.2') ?? '', /what the client sent wrong/)
})
