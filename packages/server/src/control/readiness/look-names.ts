// Readiness of our names: the host name leads to us, PTR and HELO agree with it, and our zone has what
// tenants need.
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
      return failed(
        `Our name is ${hostname}, which no other mail host can look up.`,
        'Set GATEPOST_HOSTNAME to a full name such as mx.example.net and publish its address.',
      )
    }
    if (addresses.kind === 'failed') {
      return notVerified(
        `The look-up of ${hostname} failed: ${addresses.why}.`,
        'See the check of the resolver.',
      )
    }
    if (addresses.kind === 'none') {
      return failed(`${hostname} has no address.`, 'Publish the A record shown below in your zone.')
    }
    const list = addresses.all.join(', ')
    if (addresses.all.every(isPrivate)) {
      return warning(
        `${hostname} leads to ${list}: no public address, so mail from the internet cannot arrive.`,
        'Publish the public address of this gateway.',
      )
    }
    const own = new Set(machine.addresses())
    if (addresses.all.some((ip) => own.has(ip)))
      return passed(`${hostname} leads to ${list}, an address of ours.`)
    return notVerified(
      `${hostname} leads to ${list}, which no interface of this machine has, as behind NAT or a load balancer.`,
      'Make sure that this address passes port 25 on to this machine.',
    )
  },
}

export const reverseNameLook: Look = {
  name: 'reverse-name',
  title: 'PTR, host name and HELO are the same',
  async look({ config: { hostname }, addresses, machine, dns }) {
    const list = publicAddresses(addresses, machine.addresses())
    if (list.length === 0) {
      return notVerified(
        'We do not know our public address.',
        'Publish the host name first, then check again.',
      )
    }
    const names = await Promise.all(list.map(async (ip) => ({ ip, found: await dns.confirmedName(ip) })))
    const saw = names
      .map(({ ip, found }) =>
        found.kind === 'found'
          ? `${ip} is ${found.name}`
          : `${ip} ${found.kind === 'none' ? 'has no confirmed name' : `is unknown (${found.why})`}`,
      )
      .join(', ')
    const wrong = names.filter(
      ({ found }) => found.kind === 'none' || (found.kind === 'found' && found.name !== hostname),
    )
    if (wrong.length > 0) {
      return failed(
        `We say HELO ${hostname}, but ${saw}.`,
        `Ask the provider of the address to set the PTR of ${wrong.map(({ ip }) => ip).join(', ')} to ${hostname}.` +
          ' Many mail hosts refuse mail without it.',
      )
    }
    if (names.some(({ found }) => found.kind === 'failed')) {
      return notVerified(`A look-up failed: ${saw}.`, 'See the check of the resolver.')
    }
    return passed(`${saw}, and HELO says the same.`)
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
      return notVerified(`A look-up failed: ${silent.why}.`, 'See the check of the resolver.')
    }
    const policies = spf.kind === 'found' ? spf.records.filter((text) => text.startsWith('v=spf1')) : []
    const expected = spfPolicyOf(hostname, publicAddresses(addresses, machine.addresses()))
    const missing = [
      ...(policies.length === 0 ? [`${include} has no SPF record`] : []),
      // A name that answers NODATA exists, with an address instead of an alias.
      ...(alias.kind === 'absent' ? [`${target} does not exist`] : []),
    ]
    const remedy = 'Publish the records shown below in your zone.'
    if (missing.length > 0) return warning(`${missing.join(', and ')}.`, remedy)
    const lacking = expected
      .split(' ')
      .filter((term) => /^ip[46]:/.test(term) && !policies[0]!.includes(term))
    if (lacking.length > 0)
      return warning(`${include} says “${policies[0]}”, without ${lacking.join(' ')}.`, remedy)
    return passed(`${include} says “${policies[0]}”, and ${target} exists.`)
  },
}
