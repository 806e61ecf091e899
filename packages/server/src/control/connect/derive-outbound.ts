// The steps of outbound mail, derived: who may send and whether it was seen (C6), and forwarding (C13).
import type { Check } from '@gatepost/contract/common.ts'
import { countOf } from '../domain/look.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import { type Observed, validatedOf } from './observed.ts'
import { hasDrifted } from './spf-watch.ts'

/** C6. In a hybrid each half has to be seen, unless one sends for both. */
export function deriveOutbound(observed: Observed): Own {
  const { outbound, tenant } = observed
  const { addresses, firstSeenAt, logins, clouds } = outbound
  const ways = [...addresses, ...logins.map((name) => `login ${name}`), ...clouds.map(({ name }) => name)]
  const hasWay = ways.length > 0
  const halves = tenant.environment === 'hybrid' && clouds.length > 0 ? halvesOf(outbound) : []
  const missing = halves.filter(({ state }) => state !== 'passed')
  const checks = [
    checkOf({
      name: 'address',
      title: 'Your mail host may send through us',
      state: hasWay ? 'passed' : 'not-run',
      saw: hasWay ? ways.join(', ') : missingText(observed),
      remedy: hasWay
        ? null
        : cloudOf(tenant) === null
          ? 'Authorise the public address of your mail host, or make a login for it.'
          : `Switch on “We send through ${cloudOf(tenant)}”.`,
    }),
    ...clouds.map(proofCheck),
    ...(halves.length > 0 ? halves : [seenCheck(firstSeenAt, hasWay)]),
    ...spfChecks(observed),
  ]
  const unproven = clouds.find(({ isProven }) => !isProven)
  const own = { checks, isSatisfied: hasWay && firstSeenAt !== null }
  if (hasWay && unproven)
    return { ...own, state: 'in-progress', detail: `${unproven.name} cannot be recognised yet` }
  if (hasWay && firstSeenAt !== null && missing.length > 0) {
    return {
      ...own,
      state: 'waiting',
      detail: `Waiting for a message from ${missing[0]!.title.includes('Exchange Online') ? 'Exchange Online' : 'your own servers'}`,
    }
  }
  const drifted = spfOf(observed).find(({ look }) => hasDrifted(look))
  if (hasWay && firstSeenAt !== null && drifted)
    return {
      ...own,
      state: 'needs-attention',
      detail: `The SPF record of ${drifted.name} no longer names this gateway`,
    }
  if (hasWay && firstSeenAt !== null)
    return { ...own, state: 'done', detail: `${wayText(outbound)}, mail seen` }
  if (firstSeenAt !== null)
    return { ...own, state: 'needs-attention', detail: 'No address is authorised any more' }
  if (hasWay) return { ...own, state: 'waiting', detail: 'Waiting for the first message' }
  return { ...own, state: 'not-started', detail: missingText(observed) }
}

/** C13: nobody has to forward anything. */
export function deriveForwarding({ forwardings }: Observed): Own {
  const isUsed = forwardings > 0
  const check = checkOf({
    name: 'forwarding',
    title: 'Addresses forward, and none of them leads in a circle',
    state: isUsed ? 'passed' : 'not-required',
    saw: isUsed
      ? `${countOf(forwardings, 'forwarding address', 'forwarding addresses')}.`
      : 'None is needed.',
    remedy: null,
  })
  const detail = isUsed ? countOf(forwardings, 'forwarding address', 'forwarding addresses') : 'None yet'
  return { state: isUsed ? 'done' : 'not-started', detail, checks: [check], isSatisfied: isUsed }
}

type Outbound = Observed['outbound']

/** The records that are watched; an organisation that only receives needs none. */
function spfOf(observed: Observed) {
  if (observed.tenant.inboundOnly) return []
  return validatedOf(observed).flatMap(({ name, spf }) => (spf === undefined ? [] : [{ name, ...spf }]))
}

/** What drifted stands first: alerts tell the first check that is wrong. */
function spfChecks(observed: Observed): readonly Check[] {
  const checks = spfOf(observed).map(({ name, look, checkedAt, nextCheckAt }) => {
    const isRight = look.state === 'right'
    return checkOf({
      name: `spf ${name}`,
      title: `The SPF record of ${name} names this gateway`,
      state: isRight
        ? 'passed'
        : hasDrifted(look)
          ? 'failed'
          : look.state === 'unknown'
            ? 'not-verified'
            : 'warning',
      saw: look.saw,
      remedy: isRight ? null : 'Open “Outbound mail”, SPF: it shows the whole record to enter.',
      checkedAt,
      nextCheckAt,
    })
  })
  return checks.toSorted((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'))
}

function proofCheck({ name, isProven }: Outbound['clouds'][number]): Check {
  return checkOf({
    name: `proof-${name}`,
    title: `Mail from ${name} is recognised as yours`,
    state: isProven ? 'passed' : 'failed',
    saw: isProven
      ? 'An id there is proven, or a secret header is set.'
      : 'Nothing there is proven to be yours.',
    remedy: isProven
      ? null
      : 'Look up the id of your domains, or make the secret header for a rule at the provider.',
  })
}

function seenCheck(firstSeenAt: number | null, hasWay: boolean): Check {
  return checkOf({
    name: 'message',
    title: 'A message from your mail host was seen',
    state: firstSeenAt !== null ? 'passed' : hasWay ? 'running' : 'not-run',
    saw: firstSeenAt !== null ? 'Accepted and sent on.' : 'None yet.',
    remedy:
      firstSeenAt !== null ? null : 'Point the smart host of your mail host at us and write to the outside.',
    checkedAt: firstSeenAt,
  })
}

function halvesOf({ hostSeenAt, cloudSeenAt }: Outbound): readonly Check[] {
  const half = (name: string, title: string, seenAt: number | null): Check =>
    checkOf({
      name,
      title,
      state: seenAt === null ? 'running' : 'passed',
      saw: seenAt === null ? 'None yet.' : 'Accepted and sent on.',
      remedy: seenAt === null ? 'Write to the outside from a mailbox of this half.' : null,
      checkedAt: seenAt,
    })
  return [
    half('message', 'A message from your own servers was seen', hostSeenAt),
    half('message-cloud', 'A message from Exchange Online was seen', cloudSeenAt),
  ]
}

function wayText({ addresses, logins, clouds }: Outbound): string {
  if (addresses.length > 0) return countOf(addresses.length, 'address', 'addresses')
  return logins.length > 0 ? countOf(logins.length, 'login') : (clouds[0]?.name ?? '')
}

/** Where all mail comes out of a shared cloud, that is the way; addresses there cannot be authorised. */
function cloudOf({ environment }: Observed['tenant']): string | null {
  if (environment === 'microsoft-365') return 'Microsoft 365'
  return environment === 'google-workspace' ? 'Google Workspace' : null
}

function missingText({ tenant, outbound: { refused } }: Observed): string {
  const cloud = cloudOf(tenant)
  if (refused.length === 0)
    return cloud === null ? 'No address is authorised yet' : `${cloud} is not switched on yet`
  const who = refused.length === 1 ? refused[0]! : countOf(refused.length, 'address', 'addresses')
  return `${who} tried and was refused`.replace('addresses tried and was', 'addresses tried and were')
}
