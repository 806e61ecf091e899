// Trace fields: what we write can be read back, and no value from a client becomes syntax.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDate } from './date.ts'
import {
  authenticationResults,
  isOwnAuthenticationResults,
  parseAuthenticationResults,
  type ReceivedDetails,
  receivedField,
  receivedProtocol,
} from './trace-fields.ts'

const details: ReceivedDetails = {
  helo: 'client.example',
  clientName: 'mail.client.example',
  clientIp: '192.0.2.1',
  by: 'mx.example',
  protocol: 'ESMTPS',
  tlsVersion: 'TLSv1.3',
  tlsCipher: 'TLS_AES_256_GCM_SHA384',
  id: 'msg_1',
  forMailbox: { localPart: 'ann', domain: 'ours.example' },
  at: Date.UTC(2026, 10, 21, 20, 54, 7),
}

test('dates', () => {
  assert.equal(formatDate(Date.UTC(2026, 10, 21, 20, 54, 7)), 'Sat, 21 Nov 2026 20:54:07 +0000')
  assert.equal(formatDate(0), 'Thu, 1 Jan 1970 00:00:00 +0000')
  assert.equal(formatDate(999), 'Thu, 1 Jan 1970 00:00:00 +0000')
  assert.equal(formatDate(1000), 'Thu, 1 Jan 1970 00:00:01 +0000')
})

test('Received', () => {
  assert.equal(
    receivedField(details),
    'Received: from client.example (mail.client.example [192.0.2.1])\r\n' +
      '\tby mx.example with ESMTPS id msg_1\r\n' +
      '\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384)\r\n' +
      '\tfor <ann@ours.example>;\r\n' +
      '\tSat, 21 Nov 2026 20:54:07 +0000\r\n',
  )
  assert.equal(
    receivedField({
      ...details,
      clientName: null,
      clientIp: '2001:db8::1',
      protocol: 'ESMTP',
      tlsVersion: null,
      tlsCipher: null,
      forMailbox: null,
    }),
    'Received: from client.example ([IPv6:2001:db8::1])\r\n\tby mx.example with ESMTP id msg_1;\r\n\tSat, 21 Nov 2026 20:54:07 +0000\r\n',
  )
})

test('protocols of RFC 3848 and RFC 6531', () => {
  const session = { extended: true, tls: false, auth: false, smtpUtf8: false }
  assert.equal(receivedProtocol({ ...session, extended: false }), 'SMTP')
  assert.equal(receivedProtocol(session), 'ESMTP')
  assert.equal(receivedProtocol({ ...session, tls: true, auth: true }), 'ESMTPSA')
  assert.equal(receivedProtocol({ ...session, smtpUtf8: true, tls: true }), 'UTF8SMTPS')
})

test('abuse 32: nothing a client says becomes syntax of a Received field', () => {
  for (const evil of ['a\r\nX: y', 'a) by evil (', 'a;b', 'a"b', 'a\\', '', '\0', 'ü']) {
    const field = receivedField({
      ...details,
      helo: evil,
      clientName: evil,
      forMailbox: { localPart: 'a\r\nb', domain: 'c' },
    })
    assert.equal(field.split('\r\n').length, 6)
    assert.doesNotMatch(field, /X: y|by evil|\\|"b/)
    assert.match(field, /^Received: from [^ ();]+ \([^ ();]+ \[192\.0\.2\.1\]\)\r\n/)
  }
})

test('Authentication-Results: written, folded and read back', () => {
  const results = [
    {
      method: 'spf',
      result: 'pass',
      reason: undefined,
      properties: [['smtp.mailfrom', 'bob@sender.example']],
    },
    {
      method: 'dkim',
      result: 'fail',
      reason: 'body hash "wrong"',
      properties: [
        ['header.d', 'sender.example'],
        ['header.s', 'sel_1'],
        ['header.b', 'ab/c+d=='],
      ],
    },
    { method: 'dmarc', result: 'none', reason: undefined, properties: [] },
    {
      method: 'spf',
      result: 'fail',
      reason: undefined,
      properties: [
        ['smtp.helo', 'a;b (c) "d\\'],
        ['smtp.mailfrom', 'jörg@x.example'],
      ],
    },
  ] as const
  const field = authenticationResults({ authservId: 'mx.example', results })
  assert.match(
    field,
    /^Authentication-Results: mx\.example;\r\n\tspf=pass smtp\.mailfrom=bob@sender\.example;\r\n/,
  )
  for (const line of field.split('\r\n')) assert.ok(line.length <= 998)
  const read = parseAuthenticationResults(field.slice('Authentication-Results:'.length))
  assert.deepEqual(read, { ok: true, value: { authservId: 'mx.example', results } })
  assert.equal(
    authenticationResults({ authservId: 'mx.example', results: [] }),
    'Authentication-Results: mx.example; none\r\n',
  )
})

test('abuse 32: nothing from an envelope becomes syntax of Authentication-Results', () => {
  for (const evil of [
    'a\r\nX: y',
    'a"; dkim=pass header.d=ours.example',
    'a\\"; dkim=pass',
    'a (',
    'a; dkim=pass',
    'a\0b',
    '"a b"@c.example',
  ]) {
    const field = authenticationResults({
      authservId: 'mx.example',
      results: [
        {
          method: 'spf',
          result: 'fail',
          reason: evil,
          properties: [
            ['smtp.mailfrom', evil],
            ['smtp.helo', evil],
          ],
        },
      ],
    })
    const read = parseAuthenticationResults(field.slice('Authentication-Results:'.length))
    assert.ok(read.ok, evil)
    assert.deepEqual(
      read.value.results.map(({ method, result }) => [method, result]),
      [['spf', 'fail']],
      evil,
    )
    assert.equal(read.value.results[0]?.properties.length, 2)
    for (const line of field.split('\r\n').slice(1, -1)) assert.match(line, /^\t/)
  }
})

test('Authentication-Results as others write them (RFC 8601 appendix B)', () => {
  for (const [value, id, methods] of [
    [' example.org 1; none', 'example.org', []],
    [' example.org;', 'example.org', []],
    [' example.com; spf=pass smtp.mailfrom=example.net', 'example.com', ['spf=pass']],
    [
      ' example.com; auth=pass (cleartext) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net',
      'example.com',
      ['auth=pass', 'spf=pass'],
    ],
    [
      ' foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail' +
        " policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462",
      'foo.example.net',
      ['dkim=fail'],
    ],
    [
      ' "mx example"; dkim=pass (good "sig; nature \\) here) header.i="@x.example"',
      'mx example',
      ['dkim=pass'],
    ],
  ] as const) {
    const read = parseAuthenticationResults(value)
    assert.ok(read.ok, value)
    assert.equal(read.value.authservId, id)
    assert.deepEqual(
      read.value.results.map(({ method, result }) => `${method}=${result}`),
      methods,
    )
  }
  for (const value of [
    '',
    ';',
    '(',
    'a; spf',
    'a; spf=',
    'a; =pass',
    'a; spf=pass x',
    'a; spf=pass x.y=',
    'a b c; spf=pass',
  ]) {
    assert.equal(parseAuthenticationResults(value).ok, false, value)
  }
})

test('fields that claim to be ours', () => {
  const own = (value: string, nameLower = 'authentication-results') =>
    isOwnAuthenticationResults({ nameLower, value }, 'MX.example')
  for (const value of [
    'mx.example; spf=pass',
    '(x) mx.EXAMPLE (y) 1; none',
    '"mx.example"; none',
    'mx.example.; spf=pass',
    'mx.example/1; spf=pass',
    'mx.example=1; spf=pass',
    '"mx.example "; spf=pass',
    '; spf=pass',
    '',
  ]) {
    assert.equal(own(value), true, value)
  }
  for (const value of ['other.example; spf=pass', 'mx.example.org; spf=pass', 'mx.example-1; spf=pass'])
    assert.equal(own(value), false, value)
  assert.equal(own('mx.example; spf=pass', 'received-spf'), false)
})

test('abuse 21: reading takes linear time', () => {
  for (const unit of ['(', ')', '"', '\\', 'a', ';', '=', ' ', 'a=b;', '(a', '"a', '\\"', 'a;spf=pass ']) {
    const start = performance.now()
    parseAuthenticationResults(unit.repeat(100_000))
    parseAuthenticationResults(`a; ${unit.repeat(100_000)}`)
    assert.ok(performance.now() - start < 15_000, unit)
  }
})

test('a name of nothing but dots keeps nobody busy', () => {
  const value = `x${'.'.repeat(250_000)}y; spf=pass`
  const from = performance.now()
  assert.equal(
    isOwnAuthenticationResults({ nameLower: 'authentication-results', value }, 'mx.example'),
    false,
  )
  const took = performance.now() - from
  assert.ok(took < 1_000, `${Math.round(took)} ms`)
})
