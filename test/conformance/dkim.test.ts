// DKIM: mail-auth's vectors, each signature's verdict, beside mailauth's word on the same message.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Authenticator } from '@gatepost/server/authentication/authenticator.ts'
import { oracleDkim } from '@gatepost/server/authentication/oracle.fixture.ts'
import { resolverOf } from '@gatepost/server/authentication/resolver.ts'
import { addRecord, dnsOf, type Zone } from './made-up-dns.ts'
import { skipWithout, testdataFiles } from './testdata.ts'

const skip = skipWithout('dkim')
const files = skip
  ? []
  : [...testdataFiles('dkim'), ...testdataFiles('arc')].filter((file) => file.endsWith('.txt'))
/** When the vectors were made: their x= lies behind it. */
const NOW = 1_667_843_664_000

for (const file of files.filter((name) => /\/mail-auth\/\d+\.txt$/.test(name))) {
  test(`dkim ${file.split('/').slice(-3).join('/')}`, async () => {
    const { dns, content } = readVector(file)
    const ours = await verify(content, dns, NOW)
    const theirs = await oracleDkim(content, { resolver: resolverOf(dns, clockAt(NOW), { ms: 0 }), now: NOW })
    assert.deepEqual(ours.map(briefly), theirs.map(briefly))
    // The ARC vectors went through a list that changed the body: their author's signature is broken.
    const last = file.includes('/arc/mail-auth/001') ? 'fail' : 'pass'
    assert.equal(ours.at(-1)?.result, last, JSON.stringify(ours))
  })
}

function readVector(file: string) {
  const text = readFileSync(file, 'latin1')
  const gap = text.indexOf('\n\n')
  const zone: Zone = new Map()
  for (const line of text.slice(0, gap).split('\n')) {
    const space = line.indexOf(' ')
    addRecord(zone, line.slice(0, space).replace(/\.$/, ''), 'TXT', line.slice(space + 1))
  }
  const content = Buffer.from(text.slice(gap + 2).replace(/\r?\n/g, '\r\n'), 'latin1')
  return { dns: dnsOf(zone), content }
}

function clockAt(now: number) {
  return { now: () => now, sleep: () => Promise.resolve() }
}

async function verify(content: Buffer, dns: ReturnType<typeof dnsOf>, now: number) {
  const authenticator = new Authenticator({ dns, clock: clockAt(now), hostname: 'mx.gate.example' })
  const tap = authenticator.tap(content)
  tap?.write(content)
  return (await tap?.finish())?.dkim ?? []
}

function briefly({
  domain,
  selector,
  result,
}: {
  readonly domain: string
  readonly selector: string
  readonly result: string
}) {
  return `${result} ${selector} ${domain}`
}
