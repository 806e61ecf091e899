// SRS there and back: by the tenant's key only, for three weeks, and through a chain of forwarders.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMailbox, mailboxOf } from '@gatepost/mail/address.ts'
import { isSrs, srsForward, srsReverse } from './srs.ts'

const NOW = Date.UTC(2026, 10, 22)
const DAY = 86_400_000
const at = { key: 'secret', domain: 'acme.example', now: NOW }
const box = (text: string) => mailboxOf(text, { allowUnderscore: true })!

function back(text: string, options: { readonly key?: string; readonly now?: number } = {}): string {
  const found = srsReverse(box(text), { key: options.key ?? 'secret', now: options.now ?? NOW })
  return found.ok ? formatMailbox(found.value) : found.fault
}

test('a rewritten reverse-path leads back to the sender', () => {
  for (const sender of [
    'bob@sender.example',
    'bob+news@sender.example',
    'a=b@sender.example',
    'Bob.B@sub.sender.example',
    '"bob b"@sender.example',
    '"b@b"@sender.example',
    'bob@mail_1.sender.example',
  ]) {
    const rewritten = formatMailbox(srsForward(box(sender), at))
    assert.match(rewritten, /^"?SRS0=[a-z2-7]{8}=[a-z2-7]{2}=.*@acme\.example$/)
    assert.ok(isSrs(box(rewritten)))
    assert.equal(back(rewritten), sender)
    assert.equal(
      back(rewritten.toLowerCase()).toLowerCase(),
      sender.toLowerCase(),
      'hosts that change the case',
    )
    assert.equal(back(rewritten, { now: NOW + 21 * DAY }), sender)
    assert.equal(back(rewritten, { now: NOW + 23 * DAY }), 'too-old')
    assert.equal(back(rewritten, { key: 'other' }), 'wrong-hash')
  }
})

test('a forged one leads nowhere', () => {
  const rewritten = formatMailbox(srsForward(box('bob@sender.example'), at))
  assert.equal(back(rewritten.replace('sender.example', 'victim.example')), 'wrong-hash')
  assert.equal(back(rewritten.replace('bob', 'eve')), 'wrong-hash')
  assert.equal(back('SRS0=aaaaaaaa=aa=victim.example=eve@acme.example'), 'wrong-hash')
  assert.equal(back('srs0@acme.example'), 'no-srs')
})

test('what was rewritten before gets SRS1, which skips those between', () => {
  const first = srsForward(box('bob@sender.example'), { ...at, key: 'one', domain: 'one.example' })
  const second = srsForward(first, { ...at, key: 'two', domain: 'two.example' })
  const third = srsForward(second, { ...at, key: 'three', domain: 'three.example' })
  assert.match(second.localPart, /^SRS1=[a-z2-7]{8}=one\.example==/)
  assert.match(third.localPart, /^SRS1=[a-z2-7]{8}=one\.example==/)
  const returned = srsReverse(third, { key: 'three', now: NOW })
  assert.ok(returned.ok)
  assert.equal(returned.value.domain, 'one.example')
  assert.equal(back(formatMailbox(returned.value), { key: 'one' }), 'bob@sender.example')
})
