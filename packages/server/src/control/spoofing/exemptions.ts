// The ways to let a source that was seen send as us, the narrowest first, with what speaks against each (F3).
import type { Exemption } from '@gatepost/contract/spoofing.ts'
import { normalizeIp } from '@gatepost/mail/ip.ts'
import { sharedCloudOf } from '#policy/shared-clouds.ts'
import type { SpoofSample } from '../tracking/protection-notes.ts'

/** Ways for one source. `domain` is the internal domain it uses. */
export function exemptionsFor(sample: SpoofSample, domain: string): readonly Exemption[] {
  const { signers, hostName, ip, spf, spfDomain } = sample
  const cloud = sharedCloudOf(ip)
  const isForeign = (name: string): boolean => name !== domain && !name.endsWith(`.${domain}`)
  const found: Exemption[] = []
  for (const signer of signers.filter(isForeign)) {
    found.push({ by: 'dkim', value: signer, text: `Mail that ${signer} has signed validly.`, warnings: [] })
  }
  if (hostName !== null) {
    const value = hostPatternOf(hostName)
    found.push({
      by: 'host',
      value,
      text: `Mail from hosts whose verified name is ${value}.`,
      warnings:
        cloud === null ? [] : [`Hosts of ${cloud} send for everybody: anyone there could send as you.`],
    })
  }
  if (normalizeIp(ip) !== null) {
    found.push({
      by: 'ip',
      value: ip,
      text: `Mail from the address ${ip}.`,
      warnings: [
        ...(cloud === null ? [] : [`The address belongs to ${cloud}, which sends for everybody.`]),
        ...(hostName === null ? [] : ['Addresses of services change; the host name stays.']),
      ],
    })
  }
  if (spf === 'pass' && spfDomain !== '' && isForeign(spfDomain)) {
    found.push({
      by: 'spf',
      value: spfDomain,
      text: `Mail from every address in the SPF record of ${spfDomain}.`,
      warnings: cloud === null ? [] : [`The record takes in ${cloud}, which sends for everybody.`],
    })
  }
  return found
}

/** Servers of a pool differ by a number: `ms12.ssmx.net` is `ms*.ssmx.net`. */
export function hostPatternOf(hostName: string): string {
  const [label = '', ...rest] = hostName.toLowerCase().split('.')
  // One `*` alone would be the whole domain, and below two labels nobody owns it.
  const isPool = rest.length >= 2 && /^[a-z][a-z-]*\d+$/.test(label)
  return isPool ? [label.replace(/(?<!\d)\d+$/, '*'), ...rest].join('.') : hostName.toLowerCase()
}
