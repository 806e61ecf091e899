// What name servers and resolvers say of MX records, and how far the change has come by it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { english } from '@gatepost/contract/sayings.ts'
import { madeUpDns, NAME_SERVERS } from '../../../../../test/store/made-up-dns.ts'
import { stagedOf, weSeeMx } from './mx.ts'
import { isNullMx, leftoversOf, lookAtMx, type MxLook } from './mx-look.ts'

const QUESTION = 'MX acme.example'
const hostname = 'mx.gate.example'
const RESOLVER = '198.51.100.53:53'

async function looked(
  fill: (dns: ReturnType<typeof madeUpDns>) => void,
  before: MxLook | null = null,
): Promise<{ readonly look: MxLook; readonly saw: string }> {
  const dns = madeUpDns()
  fill(dns)
  const look = await lookAtMx('acme.example', before, {
    dns: dns.dns,
    hostname,
    resolvers: [RESOLVER],
    now: 1_000,
  })
  return { look, saw: english(weSeeMx(look, leftoversOf(look, hostname))) }
}

const ours = (dns: ReturnType<typeof madeUpDns>) => dns.set(QUESTION, ['10 mx.gate.example'])

test('our name twice is ours, not “no record”', async () => {
  const { look, saw } = await looked((dns) =>
    dns.set(QUESTION, ['10 mx.gate.example', '20 MX.gate.example.']),
  )
  assert.equal(look.outcome, 'complete')
  assert.equal(saw, 'Only our MX at 2 of 2 name servers.')
})

test('a server that is silent or late names no other record', async () => {
  const silent = await looked((dns) => {
    ours(dns)
    dns.set(QUESTION, 'failed', NAME_SERVERS[0].address)
  })
  assert.deepEqual([silent.look.outcome, silent.saw], ['complete', 'Only our MX at 1 of 2 name servers.'])
  const late = await looked((dns) => {
    ours(dns)
    dns.set(QUESTION, [], NAME_SERVERS[0].address)
  })
  assert.deepEqual([late.look.outcome, late.saw], ['partly', 'Only our MX at 1 of 2 name servers.'])
})

test('a resolver that keeps the old answer is no drift of the zone', async () => {
  const { look: before } = await looked(ours)
  const old = (dns: ReturnType<typeof madeUpDns>) => dns.set(QUESTION, ['10 mx.old.example'], RESOLVER)
  const { look } = await looked((dns) => {
    ours(dns)
    old(dns)
  }, before)
  assert.deepEqual([look.outcome, look.misses], ['partly', 0])
  const gone = await looked((dns) => dns.set(QUESTION, ['10 mx.old.example']), look)
  assert.deepEqual([gone.look.outcome, gone.look.misses], ['elsewhere', 1])
})

test('a null MX takes no mail (RFC 7505), and nothing may stand beside it', async () => {
  const { look, saw } = await looked((dns) => dns.set(QUESTION, ['0 .']))
  assert.equal(isNullMx(look), true)
  assert.equal(saw, 'Its MX record (“0 .”) says that the domain takes no mail.')
  assert.equal(stagedOf('acme.example', look, hostname), null)
})
