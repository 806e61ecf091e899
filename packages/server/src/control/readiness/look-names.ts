// Readiness of our names: the host name leads to us, PTR and HELO agree with it, and our zone has what
// tenants need.
import { listOf, say } from '@gatepost/contract/sayings.ts'
import { isPrivate } from '@gatepost/mail/ip.ts'
import { cnameTargetOf } from '../domain/proof.ts'
import { publicAddresses } from './addresses.ts'
import { failed, type Look, notVerified, passed, warning } from './finding.ts'
import { spfNameOf, spfPolicyOf } from './zone.ts'

export const hostnameLook: Look = {
  name: 'hostname',
  title: 'Our host name leads to us',
  async look({ config: { hostname }, addresses, machine }) {
    if (!hostname.includes('.')) {
      return failed(say('ready.name-short', { hostname }), say('ready.set-name'))
    }
    if (addresses.kind === 'failed') {
      return notVerified(
        say('ready.name-unknown', { hostname, why: addresses.why }),
        say('ready.see-resolver'),
      )
    }
    if (addresses.kind === 'none') {
      return failed(say('ready.name-without', { hostname }), say('ready.publish-address'))
    }
    const list = addresses.all.join(', ')
    if (addresses.all.every(isPrivate)) {
      return warning(say('ready.name-private', { hostname, addresses: list }), say('ready.publish-public'))
    }
    const own = new Set(machine.addresses())
    if (addresses.all.some((ip) => own.has(ip)))
      return passed(say('ready.name-ours', { hostname, addresses: list }))
    return notVerified(say('ready.name-behind', { hostname, addresses: list }), say('ready.pass-on'))
  },
}

export const reverseNameLook: Look = {
  name: 'reverse-name',
  title: 'PTR, host name and HELO are the same',
  async look({ config: { hostname }, addresses, machine, dns }) {
    const list = publicAddresses(addresses, machine.addresses())
    if (list.length === 0) {
      return notVerified(say('ready.no-public'), say('ready.publish-name'))
    }
    const names = await Promise.all(list.map(async (ip) => ({ ip, found: await dns.confirmedName(ip) })))
    const saw = listOf(
      names.map(({ ip, found }) => {
        if (found.kind === 'found') return say('ready.ptr-is', { ip, name: found.name })
        return found.kind === 'none'
          ? say('ready.ptr-none', { ip })
          : say('ready.ptr-unknown', { ip, why: found.why })
      }),
    )
    const wrong = names.filter(
      ({ found }) => found.kind === 'none' || (found.kind === 'found' && found.name !== hostname),
    )
    if (wrong.length > 0) {
      return failed(
        say('ready.ptr-differs', { hostname, names: saw }),
        say('ready.set-ptr', { addresses: wrong.map(({ ip }) => ip).join(', '), hostname }),
      )
    }
    if (names.some(({ found }) => found.kind === 'failed')) {
      return notVerified(say('ready.a-look-up-failed', { why: saw }), say('ready.see-resolver'))
    }
    return passed(say('ready.ptr-right', { names: saw }))
  },
}

export const ownZoneLook: Look = {
  name: 'own-zone',
  title: 'Our zone has the SPF include and the validation name',
  async look({ config: { hostname }, addresses, machine, dns }) {
    const include = spfNameOf(hostname)
    const target = cnameTargetOf(hostname)
    const [spf, alias] = await Promise.all([
      dns.query({ name: include, type: 'TXT', fresh: true }),
      dns.query({ name: target, type: 'CNAME', fresh: true }),
    ])
    const silent = [spf, alias].find((answer) => answer.kind === 'failed')
    if (silent?.kind === 'failed') {
      return notVerified(say('ready.a-look-up-failed', { why: silent.why }), say('ready.see-resolver'))
    }
    const policies = spf.kind === 'found' ? spf.records.filter((text) => text.startsWith('v=spf1')) : []
    const expected = spfPolicyOf(hostname, publicAddresses(addresses, machine.addresses()))
    const missing = [
      ...(policies.length === 0 ? [say('ready.no-spf', { name: include })] : []),
      // A name that answers NODATA exists, with an address instead of an alias.
      ...(alias.kind === 'absent' ? [say('ready.no-name', { name: target })] : []),
    ]
    const remedy = say('ready.publish-zone')
    const [first, ...rest] = missing
    if (first !== undefined) {
      const text = rest.reduce((one, other) => say('ready.both', { one, other }), first)
      return warning(say('ready.sentence', { text }), remedy)
    }
    const lacking = expected
      .split(' ')
      .filter((term) => /^ip[46]:/.test(term) && !policies[0]!.includes(term))
    const policy = policies[0] ?? ''
    if (lacking.length > 0)
      return warning(say('ready.spf-lacks', { name: include, policy, terms: lacking.join(' ') }), remedy)
    return passed(say('ready.zone-right', { name: include, policy, target }))
  },
}
