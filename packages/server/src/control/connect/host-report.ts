// Judges the report of the check script: whether Exchange Online knows our addresses, looks past us, trusts our
// seal, and lets its own filter look (C5). Pure.
import type { Check } from '@gatepost/contract/common.ts'
import type { HostReport } from '@gatepost/contract/host-check.ts'
import { compileIpSet, parseCidr } from '@gatepost/mail/ip.ts'

export type HostExpected = {
  /** Ours that mail comes from; connectors take IPv4 alone. */
  readonly addresses: readonly string[]
  readonly hostname: string
  /** The domain whose ARC seal should be trusted. */
  readonly domain: string
  readonly at: number
}

type Connector = HostReport['inbound'][number]
type Found = Pick<Check, 'state' | 'saw' | 'remedy'>

/** Every check is dated by when the script ran. */
export function hostReportChecks(report: HostReport, expected: HostExpected): readonly Check[] {
  const ours = expected.addresses.filter((ip) => !ip.includes(':'))
  const connector = connectorFor(report.inbound, ours)
  const of = (name: string, title: string, found: Found): Check => {
    return { name: `host-${name}`, title, ...found, checkedAt: expected.at, nextCheckAt: null }
  }
  return [
    of('connector', 'Exchange Online knows our addresses', knowsUs(connector, ours)),
    of('filtering', 'It looks past us (enhanced filtering)', looksPast(connector, ours)),
    of('sealer', 'It trusts the ARC seal', trustsSeal(report, expected.domain)),
    of('rules', 'No rule switches its filter off', filterStays(report)),
    of('outbound', 'Its outbound connector leads here', leadsHere(report, expected.hostname)),
  ]
}

/** The one that lists most of our addresses. */
function connectorFor(inbound: readonly Connector[], ours: readonly string[]): Connector | null {
  const counted = inbound
    .filter(({ enabled }) => enabled)
    .map((connector) => ({ connector, count: covered(connector.addresses, ours).length }))
    .filter(({ count }) => count > 0)
  return counted.toSorted((a, b) => b.count - a.count)[0]?.connector ?? null
}

function knowsUs(connector: Connector | null, ours: readonly string[]): Found {
  if (ours.length === 0) {
    const saw = 'No public IPv4 address of ours is known, so nothing could be compared.'
    return { state: 'not-verified', saw, remedy: 'Look at Readiness.' }
  }
  if (connector === null) {
    const saw = `No enabled inbound connector lists ${ours.join(', ')}.`
    return { state: 'failed', saw, remedy: 'Make the connector, as the instructions say.' }
  }
  const { name, type, addresses } = connector
  if (/^onpremises$/i.test(type)) {
    const saw = `“${name}” is of the type OnPremises: mail of others is taken for yours.`
    return { state: 'failed', saw, remedy: 'Use a connector of the type Partner.' }
  }
  const known = covered(addresses, ours)
  if (known.length === ours.length) {
    return { state: 'passed', saw: `“${name}” lists all of them: ${ours.join(', ')}.`, remedy: null }
  }
  const missing = ours.filter((ip) => !known.includes(ip)).join(', ')
  return { state: 'warning', saw: `“${name}” lacks ${missing}.`, remedy: 'Add it to the connector.' }
}

function looksPast(connector: Connector | null, ours: readonly string[]): Found {
  if (connector === null) return { state: 'not-run', saw: 'There is no connector for it yet.', remedy: null }
  const { name, skipLast, skip, users } = connector
  if (!skipLast && covered(skip, ours).length < ours.length) {
    const saw = `“${name}” does not: every message seems to come from us.`
    return { state: 'failed', saw, remedy: `Set-InboundConnector "${name}" -EFSkipLastIP $true` }
  }
  if (users.length > 0) {
    const saw = `“${name}” does for ${users.length === 1 ? 'one user' : `${users.length} users`} only.`
    return { state: 'warning', saw, remedy: `After the trial: Set-InboundConnector "${name}" -EFUsers $null` }
  }
  return { state: 'passed', saw: `“${name}” does.`, remedy: null }
}

function trustsSeal({ sealers }: HostReport, domain: string): Found {
  // The list may come as one text with commas.
  const trusted = sealers.flatMap((text) => text.split(',')).map((text) => text.trim().toLowerCase())
  if (trusted.includes(domain))
    return { state: 'passed', saw: `${domain} is a trusted sealer.`, remedy: null }
  const names = trusted.filter((text) => text !== '').join(', ')
  return {
    state: 'failed',
    saw: names === '' ? 'No sealer is trusted.' : `Trusted are ${names}, but not ${domain}.`,
    remedy: 'Run the ARC command of the instructions.',
  }
}

function filterStays({ rules }: HostReport): Found {
  const off = rules.filter(({ state, level }) => /^enabled$/i.test(state) && level.trim() === '-1')
  if (off.length === 0) return { state: 'passed', saw: 'None sets the spam level to −1.', remedy: null }
  const names = off.map(({ name }) => `“${name}”`).join(', ')
  const remedy =
    'Look at its conditions: with enhanced filtering the host’s own filter may judge our mail, too.'
  return { state: 'warning', saw: `${names} sets the spam level to −1.`, remedy }
}

function leadsHere({ outbound }: HostReport, hostname: string): Found {
  const own = hostname.toLowerCase()
  const ours = outbound.find(({ hosts }) => hosts.some((host) => host.toLowerCase().includes(own)))
  if (ours === undefined) return { state: 'not-run', saw: 'None does yet.', remedy: null }
  if (ours.enabled && ours.validated) return { state: 'passed', saw: `“${ours.name}” does.`, remedy: null }
  const saw = `“${ours.name}” is ${ours.enabled ? 'not validated' : 'not switched on'}.`
  return {
    state: 'warning',
    saw,
    remedy: 'Validate it and switch it on, as the instructions of outbound say.',
  }
}

/** Those of our addresses that stand in a list of addresses and ranges. */
function covered(ranges: readonly string[], ours: readonly string[]): readonly string[] {
  const readable = ranges.map((text) => text.trim()).filter((text) => parseCidr(text).ok)
  const set = compileIpSet(readable)
  return ours.filter((ip) => set.has(ip))
}
