// Authentication-Results: what is read can be written, and reads the same; values of a stranger never
// become results.
import assert from 'node:assert/strict'
import {
  authenticationResults,
  isOwnAuthenticationResults,
  parseAuthenticationResults,
  receivedField,
} from '@gatepost/mail/trace-fields.ts'
import type { Target } from '../target.ts'

const NAME = 'Authentication-Results:'

export const authenticationResultsField: Target = {
  name: 'authentication-results',
  seeds: [
    ' mx.example; none',
    ' mx.example 1; spf=pass smtp.mailfrom=a@b.example',
    ' mx.example; dkim=fail reason="bad (hash)" header.d=b.example header.s=s1; dmarc=none',
    ' (c) "mx example" (d); auth=pass (e \\) f) smtp.auth="a\\"b"@c.example',
    ' mx.example; dkim / 1 = pass header . d = b.example',
  ],
  words: [';', '=', '"', '\\', '(', ')', ' ', '; dkim=pass', ' smtp.helo=', '\r\n', 'none', '/', '.'],
  check(input) {
    const text = input.toString('utf8')
    const parsed = parseAuthenticationResults(text)
    isOwnAuthenticationResults({ nameLower: 'authentication-results', value: text }, 'mx.example')
    if (parsed.ok && parsed.value.authservId.length < 500) {
      const field = authenticationResults(parsed.value)
      assert.match(field, /^[^\r\n]+(?:\r\n[\t ][^\r\n]*)*\r\n$/)
      const again = parseAuthenticationResults(field.slice(NAME.length))
      assert.ok(again.ok)
      assert.deepEqual(
        again.value.results.map(({ method }) => method),
        parsed.value.results.map(({ method }) => method),
      )
    }
    checkAsValue(text)
  },
}

/** The input as HELO, reverse-path and reason: still one result, still one field. */
function checkAsValue(text: string): void {
  const field = authenticationResults({
    authservId: 'mx.example',
    results: [
      {
        method: 'spf',
        result: 'fail',
        reason: text,
        properties: [
          ['smtp.helo', text],
          ['smtp.mailfrom', text],
        ],
      },
    ],
  })
  const parsed = parseAuthenticationResults(field.slice(NAME.length))
  assert.ok(parsed.ok)
  assert.equal(parsed.value.results.length, 1)
  assert.equal(parsed.value.results[0]?.result, 'fail')
  assert.equal(parsed.value.results[0]?.properties.length, 2)
  const received = receivedField({
    helo: text,
    clientName: text,
    clientIp: '192.0.2.1',
    by: 'mx.example',
    protocol: 'ESMTP',
    tlsVersion: null,
    tlsCipher: null,
    id: 'q1',
    forMailbox: null,
    at: 0,
  })
  const lines = received.split('\r\n')
  assert.equal(lines.length, 4)
  assert.match(lines[0]!, /^Received: from [!-~]+ \([!-~]+ \[192\.0\.2\.1\]\)$/)
  assert.equal(lines[1], '\tby mx.example with ESMTP id q1;')
}
