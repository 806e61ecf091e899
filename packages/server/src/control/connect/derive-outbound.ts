// The steps of outbound mail, derived: who may send and whether it was seen (C6), and forwarding (C13).
import type { Check } from '@gatepost/contract/common.ts'
import { listOf, say, type Text } from '@gatepost/contract/sayings.ts'
import { checkOf, is } from './check.ts'
import type { Own } from './derive.ts'
import { type Observed, validatedOf } from './observed.ts'
import { hasDrifted } from './spf-watch.ts'

/** C6. In a hybrid each half has to be seen, unless one sends for both. */
export function deriveOutbound(observed: Observed): Own {
  const { outbound, tenant } = observed
  const { addresses, firstSeenAt, logins, clouds } = outbound
  const byLogin = logins.map((name) => say('part.login', { name }))
  const ways = [...addresses, ...byLogin, ...clouds.map(({ name }) => name)]
  const hasWay = ways.length > 0
  const cloud = cloudOf(tenant)
  const halves = tenant.environment === 'hybrid' && clouds.length > 0 ? halvesOf(outbound) : []
  const missing = halves.filter(({ state }) => state !== 'passed')
  const checks = [
    checkOf({
      name: 'address',
      title: say('outbound.may-send'),
      state: hasWay ? 'passed' : 'not-run',
      saw: hasWay ? listOf(ways) : missingText(observed),
      remedy: hasWay
        ? null
        : cloud === null
          ? say('outbound.authorise')
          : say('outbound.switch-on', { cloud }),
    }),
    ...clouds.map(proofCheck),
    ...(halves.length > 0 ? halves : [seenCheck(firstSeenAt, hasWay)]),
    ...spfChecks(observed),
  ]
  const unproven = clouds.find(({ isProven }) => !isProven)
  const own = { checks, isSatisfied: hasWay && firstSeenAt !== null }
  if (hasWay && unproven)
    return { ...own, ...is('in-progress', say('outbound.unproven', { name: unproven.name })) }
  if (hasWay && firstSeenAt !== null && missing.length > 0) {
    const isCloud = missing[0]!.name === 'message-cloud'
    return { ...own, ...is('waiting', say(isCloud ? 'outbound.waits-cloud' : 'outbound.waits-own')) }
  }
  const drifted = spfOf(observed).find(({ look }) => hasDrifted(look))
  if (hasWay && firstSeenAt !== null && drifted)
    return { ...own, ...is('needs-attention', say('outbound.spf-drifted', { domain: drifted.name })) }
  if (hasWay && firstSeenAt !== null)
    return { ...own, ...is('done', say('outbound.done', { ways: wayText(outbound) })) }
  if (firstSeenAt !== null) return { ...own, ...is('needs-attention', say('outbound.gone')) }
  if (hasWay) return { ...own, ...is('waiting', say('outbound.first')) }
  return { ...own, ...is('not-started', missingText(observed)) }
}

/** C13: nobody has to forward anything. */
export function deriveForwarding({ forwardings }: Observed): Own {
  const isUsed = forwardings > 0
  const check = checkOf({
    name: 'forwarding',
    title: say('forwarding.no-circle'),
    state: isUsed ? 'passed' : 'not-required',
    saw: isUsed ? say('forwarding.saw', { count: forwardings }) : say('forwarding.none-needed'),
    remedy: null,
  })
  const own = { checks: [check], isSatisfied: isUsed }
  if (isUsed) return { ...own, ...is('done', say('part.forwardings', { count: forwardings })) }
  return { ...own, ...is('not-started', say('forwarding.none')) }
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
      title: say('spf.names-us', { domain: name }),
      state: isRight
        ? 'passed'
        : hasDrifted(look)
          ? 'failed'
          : look.state === 'unknown'
            ? 'not-verified'
            : 'warning',
      saw: look.said ?? look.saw,
      remedy: isRight ? null : say('spf.open'),
      checkedAt,
      nextCheckAt,
    })
  })
  return checks.toSorted((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'))
}

function proofCheck({ name, isProven }: Outbound['clouds'][number]): Check {
  return checkOf({
    name: `proof-${name}`,
    title: say('outbound.recognised', { name }),
    state: isProven ? 'passed' : 'failed',
    saw: say(isProven ? 'outbound.proven' : 'outbound.nothing-proven'),
    remedy: isProven ? null : say('outbound.prove'),
  })
}

function seenCheck(firstSeenAt: number | null, hasWay: boolean): Check {
  return checkOf({
    name: 'message',
    title: say('outbound.seen'),
    state: firstSeenAt !== null ? 'passed' : hasWay ? 'running' : 'not-run',
    saw: say(firstSeenAt !== null ? 'outbound.sent-on' : 'check.none-yet'),
    remedy: firstSeenAt !== null ? null : say('outbound.point'),
    checkedAt: firstSeenAt,
  })
}

function halvesOf({ hostSeenAt, cloudSeenAt }: Outbound): readonly Check[] {
  const half = (name: string, title: Text, seenAt: number | null): Check =>
    checkOf({
      name,
      title,
      state: seenAt === null ? 'running' : 'passed',
      saw: say(seenAt === null ? 'check.none-yet' : 'outbound.sent-on'),
      remedy: seenAt === null ? say('outbound.write-half') : null,
      checkedAt: seenAt,
    })
  return [
    half('message', say('outbound.seen-own'), hostSeenAt),
    half('message-cloud', say('outbound.seen-cloud'), cloudSeenAt),
  ]
}

function wayText({ addresses, logins, clouds }: Outbound): Text {
  if (addresses.length > 0) return say('part.addresses', { count: addresses.length })
  return logins.length > 0 ? say('part.logins', { count: logins.length }) : (clouds[0]?.name ?? '')
}

/** Where all mail comes out of a shared cloud, that is the way; addresses there cannot be authorised. */
function cloudOf({ environment }: Observed['tenant']): string | null {
  if (environment === 'microsoft-365') return 'Microsoft 365'
  return environment === 'google-workspace' ? 'Google Workspace' : null
}

function missingText({ tenant, outbound: { refused } }: Observed): Text {
  const cloud = cloudOf(tenant)
  const [address] = refused
  if (address !== undefined) return say('outbound.refused', { address, count: refused.length })
  return cloud === null ? say('outbound.no-address') : say('outbound.no-cloud', { cloud })
}
