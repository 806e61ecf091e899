// The steps of the way in, derived: the delivery route with its test, and the MX records (C5, C9).
import type { Check } from '@gatepost/contract/common.ts'
import { countOf } from '../domain/look.ts'
import { weSeeMx } from '../domain/mx.ts'
import { MISSES_BELIEVED } from '../domain/schedule.ts'
import { SEEN_CLIENT } from '../route/arrival.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import {
  inboundRoutesOf,
  type Observed,
  type ObservedDomain,
  type ObservedRoute,
  validatedOf,
} from './observed.ts'

/** C5 */
export function deriveInbound(observed: Observed): Own {
  const { routes, without } = inboundRoutesOf(observed)
  const checks = routes.flatMap((route) => routeChecks(route, routes.length > 1))
  const isDone = routes.length > 0 && without.length === 0 && routes.every(isConfirmed)
  const own = { checks, isSatisfied: isDone }
  if (routes.length === 0) return { ...own, state: 'not-started', detail: 'No delivery route yet' }
  const failed = routes.find(({ test }) => test?.state === 'done' && !test.passed)
  if (failed) return { ...own, state: 'needs-attention', detail: failedText(failed) }
  if (without.length > 0) {
    return { ...own, state: 'in-progress', detail: `${without.join(', ')} has no delivery route` }
  }
  if (routes.some(({ test }) => test?.state === 'running')) {
    return { ...own, state: 'in-progress', detail: 'The test is running' }
  }
  const untested = routes.find(({ test }) => test === null)
  if (untested)
    return { ...own, state: 'in-progress', detail: `The route to ${untested.host} is not tested yet` }
  if (!isDone) return { ...own, state: 'waiting', detail: 'Did the test message arrive?' }
  const blind = routes.find(({ test }) => test?.checks.some(isHidden))
  // Mail arrives, so other steps may go on; but the host's own filter judges us instead of the sender.
  if (blind) return { ...own, state: 'needs-attention', detail: `${blind.host} does not see the true client` }
  const detail = routes.length === 1 ? `Delivers to ${routes[0]!.host}` : countOf(routes.length, 'route')
  return { ...own, state: 'done', detail }
}

/** C9 */
export function deriveMx(observed: Observed): Own {
  const domains = validatedOf(observed).filter(takesMail)
  const checks = domains.flatMap(mxChecks)
  const complete = domains.filter(isComplete)
  const isSeen = complete.some(({ firstInboundSeenAt }) => firstInboundSeenAt !== null)
  const isAll = domains.length > 0 && complete.length === domains.length
  const own = { checks, isSatisfied: isAll && isSeen }
  const drifted = domains.find(hasDrifted)
  if (drifted)
    return { ...own, state: 'needs-attention', detail: `The MX of ${drifted.name} is no longer ours` }
  if (isAll && isSeen)
    return { ...own, state: 'done', detail: `${countOf(complete.length, 'domain')}, mail seen` }
  if (isAll) return { ...own, state: 'waiting', detail: 'Waiting for the first message' }
  const partly = domains.find(({ mx }) => mx.look?.outcome === 'partly')
  if (partly) {
    const others = partly.mx.leftovers.map(({ exchange }) => exchange).join(', ')
    const detail =
      others === '' ? 'Resolvers keep the old answer for a while' : `Still beside ours: ${others}`
    return { ...own, state: others === '' ? 'waiting' : 'in-progress', detail }
  }
  if (complete.length > 0) {
    return { ...own, state: 'in-progress', detail: `${complete.length} of ${domains.length} domains` }
  }
  return { ...own, state: 'not-started', detail: 'Mail does not come here yet' }
}

/** The test passed, and the reader found the message in the mailbox. */
export function isConfirmed({ test }: Pick<ObservedRoute, 'test'>): boolean {
  return test?.passed === true && test.arrivedAt !== null
}

/** A sub-domain validated with its parent that has no MX takes no mail: nothing is to be changed there. */
function takesMail({ validatedBy, mx }: ObservedDomain): boolean {
  return validatedBy !== 'parent' || (mx.look !== null && mx.look.outcome !== 'none')
}

/** One look that found otherwise proves nothing: a second one must agree. */
function isComplete({ mx: { look } }: ObservedDomain): boolean {
  if (look === null) return false
  return look.outcome === 'complete' || (look.completeAt !== null && look.misses < MISSES_BELIEVED)
}

function hasDrifted({ mx: { look } }: ObservedDomain): boolean {
  return look !== null && look.completeAt !== null && look.misses >= MISSES_BELIEVED
}

function isHidden({ name, state }: Check): boolean {
  return name === SEEN_CLIENT && state === 'failed'
}

function routeChecks(route: ObservedRoute, isNamed: boolean): Check[] {
  const of = isNamed ? ` (${route.name})` : ''
  const prefix = isNamed ? `${route.id} ` : ''
  const { test } = route
  if (test === null) {
    const title = `The delivery route is tested${of}`
    const saw = `${route.host}, port ${route.port}.`
    return [checkOf({ name: `${prefix}test`, title, state: 'not-run', saw, remedy: 'Run the test.' })]
  }
  const arrival = checkOf({
    name: `${prefix}arrived`,
    title: `The test message arrived${of}`,
    state: test.arrivedAt !== null ? 'passed' : test.passed ? 'running' : 'not-run',
    saw: test.arrivedAt !== null ? `Found in ${test.recipient}.` : `It was sent to ${test.recipient}.`,
    remedy: test.arrivedAt !== null ? null : 'Look into the mailbox and confirm.',
    checkedAt: test.arrivedAt,
  })
  const named = test.checks.map((check) => ({
    ...check,
    name: `${prefix}${check.name}`,
    title: `${check.title}${of}`,
  }))
  return [...named, arrival]
}

function failedText({ test, host }: ObservedRoute): string {
  const failed = test?.checks.find(({ state }) => state === 'failed')
  return failed
    ? `Failed: ${failed.title.charAt(0).toLowerCase()}${failed.title.slice(1)}`
    : `${host} was not tested`
}

function mxChecks(domain: ObservedDomain): Check[] {
  const { name, mx, firstInboundSeenAt } = domain
  const isSeen = firstInboundSeenAt !== null
  return [
    checkOf({
      name: `mx ${name}`,
      title: `The MX of ${name} is ours`,
      state: mxState(domain),
      saw: weSeeMx(mx.look, mx.leftovers),
      remedy: isComplete(domain) ? null : 'Publish the MX record shown, and remove all others.',
      checkedAt: mx.checkedAt,
      nextCheckAt: mx.nextCheckAt,
    }),
    checkOf({
      name: `mail ${name}`,
      title: `Mail for ${name} came in`,
      state: isSeen ? 'passed' : isComplete(domain) ? 'running' : 'not-run',
      saw: isSeen ? 'A message was accepted.' : 'None yet.',
      remedy: isSeen ? null : 'Write to somebody of yours from outside.',
      checkedAt: firstInboundSeenAt,
    }),
  ]
}

function mxState(domain: ObservedDomain): Check['state'] {
  if (isComplete(domain)) return 'passed'
  if (hasDrifted(domain)) return 'failed'
  switch (domain.mx.look?.outcome) {
    case 'partly':
      return 'warning'
    case 'unknown':
      return 'not-verified'
    default:
      return 'not-run'
  }
}
