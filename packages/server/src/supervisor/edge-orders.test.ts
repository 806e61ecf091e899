// Control's own mail enters the spool as clean as anybody's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Content } from '#spool/spool.ts'
import { carryOut } from './edge-orders.ts'

test('mail that control submits with bare line endings is stored with CRLF', async () => {
  const stored: string[] = []
  const text = (content: Content): string =>
    content.kind === 'memory' ? Buffer.concat(content.chunks).toString() : ''
  const deps = {
    clock: systemClock,
    spool: {
      commitMessage: async (_: unknown, content: Content) => {
        stored.push(text(content))
      },
    },
    current: () => ({ settings: () => ({ domains: [], revision: 1 }) }),
    onAccepted: (_: unknown, content: Content) => stored.push(text(content)),
  } as unknown as Parameters<typeof carryOut>[1]
  const content = Buffer.from('Subject: a\nX: b\r\n\r\nc\rd\n').toString('base64')
  const order = { kind: 'submit', id: 'ord_1', tenantId: 'ten_1', reversePath: null, content } as const
  const done = await carryOut({ ...order, forwardPaths: ['ann@acme.example'] }, deps)
  assert.equal(done.kind, 'submit')
  assert.deepEqual(stored, Array(2).fill('Subject: a\r\nX: b\r\n\r\nc\r\nd\r\n'))
})
