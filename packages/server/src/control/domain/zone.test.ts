// Zone files hold every record in one line each, long texts in pieces; the careful way to ours has three
// changes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stagedOf } from './mx.ts'
import { zoneFileOf } from './zone.ts'

test('a zone file', () => {
  const long = 'p'.repeat(300)
  const text = zoneFileOf('acme.example', [
    {
      purpose: 'Key',
      type: 'TXT',
      name: 's1._domainkey.acme.example',
      relativeName: 's1._domainkey',
      value: `k=a;"b\\${long}`,
      priority: null,
    },
    { purpose: 'MX', type: 'MX', name: 'acme.example', relativeName: '@', value: 'gw.example', priority: 10 },
  ])
  const [, , key = '', , mx] = text.split('\n')
  assert.equal(mx, 'acme.example. 300 IN MX 10 gw.example.')
  const strings = [...key.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one = '']) =>
    one.replaceAll(/\\(.)/g, '$1'),
  )
  assert.deepEqual(
    strings.map((one) => one.length),
    [255, 52],
  )
  assert.equal(strings.join(''), `k=a;"b\\${long}`)
})

const MX = (preference: number, exchange: string) => ({ preference, exchange })
const staged: readonly (readonly [string, readonly ReturnType<typeof MX>[], unknown])[] = [
  ['nobody else is there', [MX(10, 'gw.example')], null],
  ['no MX at all', [], null],
  [
    'not begun',
    [MX(5, 'old.example.')],
    {
      stage: 'present',
      behind: 'acme.example. 300 IN MX 5 old.example.\nacme.example. 300 IN MX 15 gw.example.',
      before: 'acme.example. 300 IN MX 10 gw.example.\nacme.example. 300 IN MX 20 old.example.',
    },
  ],
  [
    'ours behind two',
    [MX(20, 'a.example'), MX(30, 'b.example'), MX(40, 'GW.example')],
    {
      stage: 'behind',
      before:
        'acme.example. 300 IN MX 10 gw.example.\nacme.example. 300 IN MX 20 a.example.\nacme.example. 300 IN MX 30 b.example.',
    },
  ],
  [
    'ours in front',
    [MX(10, 'gw.example'), MX(20, 'a.example')],
    { stage: 'before', alone: 'acme.example. 300 IN MX 10 gw.example.' },
  ],
]
for (const [title, records, wanted] of staged) {
  test(`the careful way: ${title}`, () => {
    const seen = stagedOf('acme.example', { records, outcome: 'partly' }, 'gw.example')
    if (wanted === null) assert.equal(seen, null)
    else assert.partialDeepStrictEqual(seen, wanted)
  })
}
