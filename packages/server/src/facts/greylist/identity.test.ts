// Tests of identities: what counts as one sender, and what does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GreylistClient, identityOf, isGenericName, networkOf } from './identity.ts'

function client(part: Partial<GreylistClient> & { readonly from?: string }): GreylistClient {
  const { from = 'bob@sender.example', ...rest } = part
  const at = from.lastIndexOf('@')
  const reversePath = from === '' ? null : { localPart: from.slice(0, at), domain: from.slice(at + 1) }
  return { clientIp: '192.0.2.7', spfPass: null, names: [], reversePath, ...rest }
}

const cases: readonly (readonly [string, GreylistClient, string, boolean])[] = [
  [
    'SPF first',
    client({ spfPass: 'sender.example', names: ['mx.host.example'] }),
    'spf:sender.example',
    true,
  ],
  ['SPF of a sub-domain', client({ spfPass: 'bounce.news.sender.example' }), 'spf:sender.example', true],
  ['the HELO of a bounce', client({ from: '', spfPass: 'mx.sender.example' }), 'spf:sender.example', true],
  ['upper case', client({ spfPass: 'Sender.EXAMPLE' }), 'spf:sender.example', true],
  ['a domain below a public suffix', client({ spfPass: 'a.acme.co.uk' }), 'spf:acme.co.uk', true],
  ['a customer of a shared suffix', client({ spfPass: 'shop.github.io' }), 'spf:shop.github.io', true],
  ['the host', client({ names: ['out7.mailer.example'] }), 'host:mailer.example', true],
  [
    'a host named by its address',
    client({ names: ['192-0-2-7.dynamic.isp.example'] }),
    'net:192.0.2.0/24 sender.example',
    false,
  ],
  ['nobody vouches', client({}), 'net:192.0.2.0/24 sender.example', false],
  ['a bounce of nobody', client({ from: '' }), 'net:192.0.2.0/24 <>', false],
  [
    'IPv6 by its /64',
    client({ clientIp: '2001:db8:1:2:3:4:5:6' }),
    'net:2001:db8:1:2::/64 sender.example',
    false,
  ],
]

for (const [name, asked, primary, isProven] of cases) {
  test(`identity: ${name}`, () => {
    const identity = identityOf(asked)
    assert.equal(identity.primary, primary)
    assert.equal(identity.isProven, isProven)
    assert.equal(identity.keys[0], primary)
  })
}

const names: readonly (readonly [string, string, boolean])[] = [
  ['192-0-2-7.dynamic.isp.example', '192.0.2.7', true],
  ['7.2.0.192.dsl.isp.example', '192.0.2.7', true],
  ['host192.000.002.007.isp.example', '192.0.2.7', true],
  ['p5B0C1D2E.dip0.isp.example', '91.12.29.46', true],
  ['192000002007.isp.example', '192.0.2.7', true],
  ['2001-db8-0000-0000-0000-0000-0000-0001.isp.example', '2001:db8::1', true],
  ['a8-37.smtp-out.bulk.example', '54.240.8.37', false],
  ['o12.ptr77.bulk.example', '192.0.2.7', false],
  ['mail.sender.example', '192.0.2.7', false],
  ['mx1.sender.example', '1.1.1.1', false],
  ['mx.sender.example', '2001:db8::1', false],
]

for (const [name, ip, isGeneric] of names) {
  test(`${name} ${isGeneric ? 'repeats' : 'does not repeat'} ${ip}`, () => {
    assert.equal(isGenericName(name, ip), isGeneric)
  })
}

/** A small generator with a seed, so that a failure can be run again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('property: local part, sub-domain and pool member never change a proven identity', () => {
  const random = randomOf(20_261_122)
  for (let round = 0; round < 2_000; round++) {
    const organisation = `o${random(50)}.example`
    const sub = random(2) === 0 ? organisation : `b${random(1_000)}.${organisation}`
    const asked = client({
      clientIp: `203.0.${random(256)}.${random(256)}`,
      from: `bounce-${random(1_000_000)}@${sub}`,
      spfPass: sub,
      names: random(2) === 0 ? [] : [`mx${random(9)}.other${random(9)}.example`],
    })
    assert.equal(identityOf(asked).primary, `spf:${organisation}`)
  }
})

test('property: an unproven identity is the network and the organisation, nothing else', () => {
  const random = randomOf(7)
  for (let round = 0; round < 2_000; round++) {
    const [a, b] = [random(256), random(256)]
    const organisation = `o${random(50)}.example`
    const from = `x${random(1_000)}@s${random(9)}.${organisation}`
    const here = client({ clientIp: `203.${a}.${b}.${random(256)}`, from })
    const there = client({ clientIp: `203.${a}.${(b + 1) % 256}.${random(256)}`, from })
    assert.equal(identityOf(here).primary, `net:203.${a}.${b}.0/24 ${organisation}`)
    assert.notEqual(identityOf(there).primary, identityOf(here).primary)
  }
})

test('a text that is no address is its own network', () => {
  assert.equal(networkOf('nonsense'), 'nonsense')
})
