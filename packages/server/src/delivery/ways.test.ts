// Which recipients share a letter.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { envelopeOf } from '#spool/spool.fixture.ts'
import { recipientOf, routeOfHost, settingsOf } from './delivery.fixture.ts'
import { waysOf } from './ways.ts'

test('who needs SMTPUTF8 goes apart: a host without it takes the others', () => {
  const recipients = ['ann@acme.example', '\u00e4@acme.example', 'bob@acme.example'].map((path, index) =>
    recipientOf(path, { index }),
  )
  const settings = settingsOf([routeOfHost('mail.acme.example', 25)])
  const surroundings = { tenantOfDomain: () => null, now: 0 }
  const ways = [...waysOf(settings, { envelope: envelopeOf(), recipients }, surroundings)]
  assert.deepEqual(
    ways.map(([, some]) => some.map(({ index }) => index)),
    [[0, 2], [1]],
  )
})
