// What the portal tells of mail that went to others too.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownRecipient } from './own.ts'

test('of a message to several, the portal names the own address and no blind copy', () => {
  const own = { address: 'ann@acme.example', keys: ['ann@acme.example', 'a.smith@acme.example'] }
  const shown = ['A.Smith@acme.example', 'boss@acme.example', null].map((first) => ownRecipient(first, own))
  assert.deepEqual(shown, ['A.Smith@acme.example', 'ann@acme.example', 'ann@acme.example'])
})
