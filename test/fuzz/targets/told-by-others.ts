// Short texts that others tell us of themselves: the PROXY header, policies of MTA-STS, SPF records, rows of
// lists. Nothing throws, and what is read holds what its type says.
import assert from 'node:assert/strict'
import { parseIp } from '@gatepost/mail/ip.ts'
import { findColumns } from '@gatepost/server/control/sender/import-columns.ts'
import { isCostly, isSpfRecord, takenIn, termsOf } from '@gatepost/server/control/signing/spf-record.ts'
import { guessColumns } from '@gatepost/server/control/user/columns.ts'
import { isPlainCsv } from '@gatepost/server/control/user/csv-plain.ts'
import { readStsPolicy, readStsRecord } from '@gatepost/server/delivery/tls/mta-sts-policy.ts'
import { isProxyHeader, parseProxyHeader, proxyHeader } from '@gatepost/server/edge/proxy.ts'
import type { Target } from '../target.ts'

const proxied = (client: string, server: string) =>
  Buffer.from(proxyHeader({ ip: client, port: 40_000 }, { ip: server, port: 25 })).toString('latin1')

export const proxyHeaders: Target = {
  name: 'proxy-headers',
  seeds: [
    `${proxied('203.0.113.7', '192.0.2.1')}EHLO a\r\n`,
    `${proxied('2001:db8::7', '2001:db8::1')}`,
    `\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00`,
    'PROXY TCP4 203.0.113.7 192.0.2.1 40000 25\r\n',
    'EHLO a.example\r\n',
  ],
  words: [
    '\r\n\r\n\0\r\nQUIT\n',
    '\x21\x11',
    '\x21\x21',
    '\x20\x00',
    '\x00\x0c',
    '\xff\xff',
    'PROXY ',
    '\x03\x00\x04abcd',
  ],
  check(input) {
    const header = parseProxyHeader(input)
    isProxyHeader(input)
    if (header.kind === 'proxied' || header.kind === 'local') assert.ok(header.length <= input.length)
    if (header.kind === 'proxied') {
      assert.notEqual(parseIp(header.ip), null, header.ip)
      assert.ok(header.port >= 0 && header.port <= 65_535)
    }
  },
}

export const publishedPolicies: Target = {
  name: 'published-policies',
  seeds: [
    'version: STSv1\r\nmode: enforce\r\nmx: mail.acme.example\r\nmx: *.acme.example\r\nmax_age: 604800\r\n',
    'v=STSv1; id=20261122T000000;',
    'v=spf1 ip4:203.0.113.0/24 include:_spf.bright.example a:mail.acme.example/24 mx exists:%{i}.x redirect=y.example',
    'Email,Name,Action\nann@acme.example,Ann,permit\nbob@acme.example,Bob,block\n',
    'E-Mail;Vorname;Nachname;Alias\na@b.example;A;B;c@d.example\n',
  ],
  words: [
    '\r\n',
    ': ',
    'mx: ',
    'max_age: ',
    '99999999999',
    ';',
    '=',
    'include:',
    'redirect=',
    '%{',
    '/',
    ',',
    '\t',
    '@',
    ' ',
    '*.',
    '\ufeff',
  ],
  check(input) {
    const text = input.toString('utf8')
    const policy = readStsPolicy(text)
    if (policy.ok) {
      assert.ok(policy.value.mx.length <= 100 && Number.isSafeInteger(policy.value.maxAgeSeconds))
      assert.ok(policy.value.mode === 'none' || policy.value.mx.length > 0)
    }
    const id = readStsRecord(text.split('\n'))
    assert.ok(id === null || /^[A-Za-z0-9]{1,32}$/.test(id))
    if (isSpfRecord(text)) {
      for (const term of termsOf(text)) {
        const name = takenIn(term)
        assert.ok(name === null || !name.includes('%'))
        assert.ok(name === null || isCostly(term), term)
      }
    }
    isPlainCsv(text, 10_000)
    const rows = text.split(/\r?\n/).map((line, at) => ({ line: at + 1, cells: line.split(/[,;\t]/) }))
    const seen = rows.slice(0, 20)
    guessColumns(seen)
    findColumns(seen)
  },
}
