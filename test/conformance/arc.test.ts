// ValiMail's ARC suite: 171 chains and the verdict each must get (RFC 8617 §5.2). Bar: 95 %, and none that
// must fail may pass.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Authenticator } from '@gatepost/server/authentication/authenticator.ts'
import { addRecord, dnsOf, type Zone } from './made-up-dns.ts'
import { skipWithout, testdataPath } from './testdata.ts'
import { member, pairsOf, readYaml, textOf, type Yaml } from './yaml.ts'

const skip = skipWithout('arc')
const SHARE_MIN = 0.95

type Case = { readonly name: string; readonly message: string; readonly wanted: string; readonly zone: Zone }

test('ARC validation: at least 95 % right, and nothing that must fail passes', { skip }, async () => {
  const cases = readYaml(readFileSync(testdataPath('arc', 'arc-draft-validation-tests.yml'), 'utf8')).flatMap(
    casesOf,
  )
  assert.equal(cases.length, 171)
  const wrong: string[] = []
  for (const one of cases) {
    const got = await validate(one)
    if (got === one.wanted) continue
    assert.notEqual(got, 'pass', `${one.name} must not pass`)
    wrong.push(`${one.name}: ${got} is not ${one.wanted}`)
  }
  const share = (cases.length - wrong.length) / cases.length
  assert.ok(share >= SHARE_MIN, `${wrong.length} of ${cases.length} are wrong:\n${wrong.join('\n')}`)
  assert.deepEqual(wrong, EXPLAINED)
})

/** See docs/internals/authentication-differences.md. */
const EXPLAINED: readonly string[] = [
  'ams_fields_c_na: fail is not pass',
  'ams_fields_h_empty: fail is not pass',
]

function casesOf(scenario: Yaml): Case[] {
  const zone: Zone = new Map()
  for (const [name, value] of pairsOf(member(scenario, 'txt-records'))) {
    addRecord(zone, name, 'TXT', String(value).trim())
  }
  // Four names stand twice; as in any YAML reader the later one counts.
  return [...new Map(pairsOf(member(scenario, 'tests')))].map(([name, one]) => {
    const wanted = textOf(one, 'cv').toLowerCase() || 'fail'
    return { name, message: textOf(one, 'message'), wanted, zone }
  })
}

async function validate({ message, zone }: Case): Promise<string> {
  const content = Buffer.from(message.replace(/\r?\n/g, '\r\n'), 'latin1')
  const clock = { now: () => 1_500_000_000_000, sleep: () => Promise.resolve() }
  const authenticator = new Authenticator({ dns: dnsOf(zone), clock, hostname: 'mx.gate.example' })
  const tap = authenticator.tap(content)
  tap?.write(content)
  return tap === null ? 'none' : (await tap.finish()).arc
}
