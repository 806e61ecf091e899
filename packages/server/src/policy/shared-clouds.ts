// Ranges from which clouds send mail of many organisations: an address there proves nobody (decisions 2, O4).
import { compileIpSet, parseCidr } from '@gatepost/mail/ip.ts'

export type SharedCloud = {
  readonly name: string
  /** Where the provider publishes its ranges, and when they were copied from there. */
  readonly source: string
  readonly asOf: string
  readonly ranges: readonly string[]
}

/** As the providers' SPF records list them. */
export const sharedClouds: readonly SharedCloud[] = [
  {
    name: 'Microsoft 365',
    source: 'spf.protection.outlook.com',
    asOf: '2026-11',
    ranges: [
      '40.92.0.0/15',
      '40.107.0.0/16',
      '52.100.0.0/15',
      '52.102.0.0/16',
      '52.103.0.0/17',
      '104.47.0.0/17',
      '2a01:111:f400::/48',
      '2a01:111:f403::/49',
      '2a01:111:f403:8000::/51',
      '2a01:111:f403:c000::/51',
      '2a01:111:f403:f000::/52',
    ],
  },
  {
    name: 'Google Workspace',
    source: '_spf.google.com',
    asOf: '2026-11',
    ranges: [
      '35.190.247.0/24',
      '35.191.0.0/16',
      '64.233.160.0/19',
      '66.102.0.0/20',
      '66.249.80.0/20',
      '72.14.192.0/18',
      '74.125.0.0/16',
      '108.177.8.0/21',
      '108.177.96.0/19',
      '130.211.0.0/22',
      '142.250.0.0/15',
      '172.217.0.0/16',
      '172.253.56.0/21',
      '172.253.112.0/20',
      '173.194.0.0/16',
      '209.85.128.0/17',
      '216.58.192.0/19',
      '216.239.32.0/19',
      '2001:4860:4000::/36',
      '2404:6800:4000::/36',
      '2607:f8b0:4000::/36',
      '2800:3f0:4000::/36',
      '2a00:1450:4000::/36',
      '2c0f:fb50:4000::/36',
    ],
  },
]

const compiled = sharedClouds.map(({ name, ranges }) => ({ name, set: compileIpSet(ranges) }))

/** The cloud that shares this address among its customers, or null. */
export function sharedCloudOf(ip: string): string | null {
  return compiled.find(({ set }) => set.has(ip))?.name ?? null
}

/** Ranges that cannot be read; none, as the tests assure. */
export function unreadableRanges(): readonly string[] {
  return sharedClouds.flatMap(({ ranges }) => ranges).filter((range) => !parseCidr(range).ok)
}
