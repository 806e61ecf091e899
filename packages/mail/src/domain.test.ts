// Domain names: one form for each name, and a refusal where two readers could see different ones.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainToASCII } from 'node:url'
import { isSubdomainOf, parseDomain } from './domain.ts'

test('names come out in lower case', () => {
  for (const [text, name] of [
    ['Example.ORG', 'example.org'],
    ['xn--Bcher-kva.example', 'xn--bcher-kva.example'],
    ['a', 'a'],
    ['1.2.3.4', '1.2.3.4'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ] as const) {
    assert.deepEqual(parseDomain(text), { ok: true, value: name })
  }
})

test('wrong names are refused, with the reason', () => {
  for (const [text, fault] of [
    ['', 'domain-empty'],
    ['a..b', 'domain-label-empty'],
    ['a.b.', 'domain-label-empty'],
    ['.a', 'domain-label-empty'],
    ['-a.b', 'domain-hyphen'],
    ['a-.b', 'domain-hyphen'],
    ['a_b.c', 'domain-character'],
    ['a b.c', 'domain-character'],
    ['a\0.c', 'domain-character'],
    ['good.example(x)evil.example', 'domain-character'],
    [`${'a'.repeat(64)}.b`, 'domain-label-too-long'],
    [`${'a.'.repeat(127)}bb`, 'domain-too-long'],
    ['bücher.example', 'domain-not-ascii'],
  ] as const) {
    const parsed = parseDomain(text)
    assert.equal(parsed.ok ? parsed.value : parsed.fault, fault, text)
  }
})

test('options: underscores and fully qualified names', () => {
  assert.equal(parseDomain('_dmarc.a_b.example', { allowUnderscore: true }).ok, true)
  for (const text of ['localhost', '1.2.3.4', 'example.123']) {
    const parsed = parseDomain(text, { fullyQualified: true })
    assert.equal(parsed.ok ? '' : parsed.fault, 'domain-not-qualified', text)
  }
  assert.equal(parseDomain('a.b', { fullyQualified: true }).ok, true)
})

test('abuse 20: IDN forms give one A-label or are refused', () => {
  const read = (text: string) => {
    const parsed = parseDomain(text, { toAscii: domainToASCII })
    return parsed.ok ? parsed.value : parsed.fault
  }
  assert.equal(read('bücher.example'), 'xn--bcher-kva.example')
  assert.equal(read('BÜCHER.example'), 'xn--bcher-kva.example')
  assert.equal(read('bu\u0308cher.example'), 'xn--bcher-kva.example')
  for (const text of [
    'good\uff0eexample', // fullwidth dot
    'good\u3002example', // ideographic full stop
    'good\uff61example', // halfwidth full stop
    'go\u00adod.example', // soft hyphen
    'go\u200bod.example', // zero width space
    'ｇood.example', // fullwidth letter
    'go\ufe0fod.example', // variation selector
    'ﬁsh.example', // ligature
  ]) {
    assert.equal(read(text), 'domain-character', JSON.stringify(text))
  }
  assert.equal(read('\u2488.example'), 'domain-character')
  for (const delimiter of ['/', '?', '#', '\\', ':', '@', '%41', ' ', '[', '\0']) {
    assert.equal(read(`good.example${delimiter}bücher.example`), 'domain-character', delimiter)
  }
})

test('sub-domains', () => {
  assert.equal(isSubdomainOf('a.example.org', 'example.org'), true)
  assert.equal(isSubdomainOf('example.org', 'example.org'), true)
  assert.equal(isSubdomainOf('badexample.org', 'example.org'), false)
  assert.equal(isSubdomainOf('org', 'example.org'), false)
  assert.equal(isSubdomainOf('example.org', ''), false)
})
