// What is found wrong in SPF records, and the record to enter instead.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editOf, findingsOf } from './spf-record.ts'

const include = 'spf.gate.example'

const EDITS: readonly (readonly [
  name: string,
  records: readonly string[],
  isWanted: boolean,
  after: string | null,
])[] = [
  ['none yet', [], true, 'v=spf1 include:spf.gate.example ~all'],
  ['right already', ['v=spf1 ip4:192.0.2.1 -all'], false, null],
  [
    'before all',
    ['v=spf1 include:_spf.other.example -all'],
    true,
    'v=spf1 include:_spf.other.example include:spf.gate.example -all',
  ],
  ['no end', ['v=spf1 mx'], true, 'v=spf1 mx include:spf.gate.example ~all'],
  [
    'redirect stays last and needs no all',
    ['v=spf1 redirect=_spf.other.example'],
    true,
    'v=spf1 include:spf.gate.example redirect=_spf.other.example',
  ],
  [
    'two records become one, with the softer end',
    ['v=spf1 mx -all', 'v=spf1 a mx ~all'],
    true,
    'v=spf1 mx a include:spf.gate.example ~all',
  ],
  ['everybody is nobody', ['v=spf1 mx +all'], true, 'v=spf1 mx include:spf.gate.example ~all'],
  [
    'what nobody reads goes',
    ['v=spf1 mx -all include:spf.gate.example'],
    true,
    'v=spf1 mx include:spf.gate.example -all',
  ],
  ['said twice', ['v=spf1 mx mx -all'], false, 'v=spf1 mx -all'],
]

for (const [name, records, isWanted, after] of EDITS) {
  test(`edit: ${name}`, () => {
    assert.equal(editOf(records, { include, isWanted, dead: [] })?.after ?? null, after)
  })
}

test('a term whose record is gone is taken out', () => {
  const records = ['v=spf1 include:old.example mx -all']
  assert.equal(editOf(records, { include, isWanted: false, dead: ['old.example'] })?.after, 'v=spf1 mx -all')
})

const FINDINGS: readonly (readonly [
  records: readonly string[],
  lookUps: number,
  isOursIn: boolean,
  said: RegExp | null,
])[] = [
  [['v=spf1 include:spf.gate.example -all'], 1, true, null],
  [['v=spf1 mx -all'], 1, false, /ends with -all and does not take us in/],
  [['v=spf1 mx ~all', 'v=spf1 a ~all'], 2, true, /2 SPF records/],
  [['v=spf1 mx ~all'], 11, true, /11 look-ups.*counts for nothing/],
  [['v=spf1 mx ~all'], 9, true, /9 of 10 look-ups/],
  [['v=spf1 +all'], 0, true, /everybody/],
  [['v=spf1 mx ?all'], 1, true, /\?all/],
  [['v=spf1 mx'], 1, true, /does not end with all/],
  [['v=spf1 mx -all include:x.example'], 2, true, /behind all is read: include:x\.example/],
  [['v=spf1 ptr -all'], 1, true, /ptr/],
]

for (const [records, lookUps, isOursIn, said] of FINDINGS) {
  test(`findings: ${records.join(' and ')}, ${lookUps} look-ups`, () => {
    const found = findingsOf({ records, lookUps, isOursIn, dead: [] }).map(({ text }) => text)
    if (said === null) assert.deepEqual(found, [])
    else assert.match(found.join('\n'), said)
  })
}
