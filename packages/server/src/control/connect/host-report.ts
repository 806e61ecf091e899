// Judges the report of the check script: whether Exchange Online knows our addresses, looks past us, trusts
// our seal, and lets its own filter look (C5). Pure.
import type { Check } from '@gatepost/contract/common.ts'
import type { HostReport } from '@gatepost/contract/host-check.ts'
import { say, type Text } from '@gatepost/contract/sayings.ts'
import { compileIpSet, parseCidr } from '@gatepost/mail/ip.ts'
import { checkOf } from './check.ts'

export type HostExpected = {
  /** Ours that mail comes from; connectors take IPv4 alone. */
  readonly addresses: readonly string[]
  readonly hostname: string
  /** The domains whose ARC seals should be trusted: each message is sealed by its recipient's. */
  readonly domains: readonly string[]
  readonly at: number
}

type Connector = HostReport['inbound'][number]
type Found = Pick<Check, 'state'> & { readonly saw: Text; readonly remedy: Text | null }

/** Every check is dated by when the script ran. */
export function hostReportChecks(report: HostReport, expected: HostExpected): readonly Check[] {
  const ours = expected.addresses.filter((ip) => !ip.includes(':'))
  const connector = connectorFor(report.inbound, ours)
  const of = (name: 'connector' | 'filtering' | 'sealer' | 'rules' | 'outbound', found: Found): Check =>
    checkOf({ name: `host-${name}`, title: say(`host.${name}`), ...found, checkedAt: expected.at })
  return [
    of('connector', knowsUs(connector, ours)),
    of('filtering', looksPast(connector, ours)),
    of('sealer', trustsSeal(report, expected.domains)),
    of('rules', filterStays(report)),
    of('outbound', leadsHere(report, expected.hostname)),
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
    return { state: 'not-verified', saw: say('host.no-address'), remedy: say('host.look-at-readiness') }
  }
  if (connector === null) {
    const saw = say('host.lists-none', { addresses: ours.join(', ') })
    return { state: 'failed', saw, remedy: say('host.make-connector') }
  }
  const { name, type, addresses } = connector
  if (/^onpremises$/i.test(type)) {
    return { state: 'failed', saw: say('host.on-premises', { name }), remedy: say('host.use-partner') }
  }
  const known = covered(addresses, ours)
  if (known.length === ours.length) {
    const saw = say('host.lists-all', { name, addresses: ours.join(', ') })
    return { state: 'passed', saw, remedy: null }
  }
  const missing = ours.filter((ip) => !known.includes(ip)).join(', ')
  return { state: 'warning', saw: say('host.lacks', { name, addresses: missing }), remedy: say('host.add') }
}

function looksPast(connector: Connector | null, ours: readonly string[]): Found {
  if (connector === null) return { state: 'not-run', saw: say('host.no-connector'), remedy: null }
  const { name, skipLast, skip, users } = connector
  if (!skipLast && covered(skip, ours).length < ours.length) {
    const saw = say('host.looks-at-us', { name })
    return { state: 'failed', saw, remedy: `Set-InboundConnector "${name}" -EFSkipLastIP $true` }
  }
  if (users.length > 0) {
    const saw = say('host.for-users', { name, count: users.length })
    const command = `Set-InboundConnector "${name}" -EFUsers $null`
    return { state: 'warning', saw, remedy: say('host.after-trial', { command }) }
  }
  return { state: 'passed', saw: say('host.does', { name }), remedy: null }
}

function trustsSeal({ sealers }: HostReport, domains: readonly string[]): Found {
  // The list may come as one text with commas.
  const trusted = sealers.flatMap((text) => text.split(',')).map((text) => text.trim().toLowerCase())
  const missing = domains.filter((name) => !trusted.includes(name))
  if (missing.length === 0) {
    return { state: 'passed', saw: say('host.sealer-trusted', { domain: domains.join(', ') }), remedy: null }
  }
  const names = trusted.filter((text) => text !== '').join(', ')
  return {
    state: 'failed',
    saw:
      names === '' ? say('host.no-sealer') : say('host.other-sealers', { names, domain: missing.join(', ') }),
    remedy: say('host.run-arc'),
  }
}

function filterStays({ rules }: HostReport): Found {
  const off = rules.filter(({ state, level }) => /^enabled$/i.test(state) && level.trim() === '-1')
  if (off.length === 0) return { state: 'passed', saw: say('host.no-rule'), remedy: null }
  const names = off.map(({ name }) => `“${name}”`).join(', ')
  return { state: 'warning', saw: say('host.rule', { names }), remedy: say('host.look-at-rule') }
}

function leadsHere({ outbound }: HostReport, hostname: string): Found {
  const own = hostname.toLowerCase()
  const ours = outbound.find(({ hosts }) => hosts.some((host) => host.toLowerCase().includes(own)))
  if (ours === undefined) return { state: 'not-run', saw: say('host.none-leads'), remedy: null }
  const { name, enabled, validated } = ours
  if (enabled && validated) return { state: 'passed', saw: say('host.does', { name }), remedy: null }
  const saw = say(enabled ? 'host.not-validated' : 'host.not-on', { name })
  return {
    state: 'warning',
    saw,
    remedy: say('host.validate'),
  }
}

/** Those of our addresses that stand in a list of addresses and ranges. */
function covered(ranges: readonly string[], ours: readonly string[]): readonly string[] {
  const readable = ranges.map((text) => text.trim()).filter((text) => parseCidr(text).ok)
  const set = compileIpSet(readable)
  return ours.filter((ip) => set.has(ip))
}
