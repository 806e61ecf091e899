// Which recipients share a letter.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { envelopeOf } from '#spool/spool.fixture.ts'
import { recipientOf, routeOfHost, settingsOf } from './delivery.fixture.ts'
import { wayOf, waysOf } from './ways.ts'

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

test('what was written to a domain before it was lost stays with who wrote it, later mail goes to its holder', () => {
  const settings = {
    ...settingsOf([routeOfHost('mail.acme.example', 25)]),
    lostDomains: [{ name: 'sold.example', lostAt: 1_000 }],
  }
  const surroundings = { tenantOfDomain: () => 'ten_other', now: 2_000 }
  const wayAt = (receivedAt: number) => {
    const envelope = envelopeOf({ direction: 'outbound', receivedAt })
    return wayOf(settings, { envelope, recipient: recipientOf('bob@sold.example') }, surroundings).kind
  }
  assert.deepEqual([wayAt(999), wayAt(1_000)], ['route', 'gateway'])
})

test('each organisation of this gateway gets a letter of its own: a transaction is for one of them', () => {
  const recipients = ['a@one.example', 'b@two.example', 'c@one.example', 'd@too.one.example'].map(
    (path, index) => recipientOf(path, { index }),
  )
  const surroundings = { tenantOfDomain: (name: string) => `ten_${name.split('.').at(-2)}`, now: 0 }
  const envelope = envelopeOf({ direction: 'outbound' })
  const ways = [...waysOf(settingsOf([]), { envelope, recipients }, surroundings)]
  assert.deepEqual(
    ways.map(([, some]) => some.map(({ index }) => index)),
    [[0, 2, 3], [1]],
  )
})
