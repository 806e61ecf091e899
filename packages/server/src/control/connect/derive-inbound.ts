// The steps of the way in, derived: the delivery route with its test, and the MX records (C5, C9).
import type { Check } from '@gatepost/contract/common.ts'
import { english, say, type Text } from '@gatepost/contract/sayings.ts'
import { weSeeMx } from '../domain/mx.ts'
import { isNullMx } from '../domain/mx-look.ts'
import { MISSES_BELIEVED } from '../domain/schedule.ts'
import { SEEN_CLIENT } from '../route/arrival.ts'
import { checkOf, is, saidOfCheck, titleOfTest } from './check.ts'
import type { Own } from './derive.ts'
import { hostChecksOf } from './derive-host.ts'
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
  const host = hostChecksOf(observed)
  const checks = [...routes.flatMap((route) => routeChecks(route, routes.length > 1)), ...host.checks]
  const isDone = routes.length > 0 && without.length === 0 && routes.every(isConfirmed)
  const own = { checks, isSatisfied: isDone }
  if (routes.length === 0) return { ...own, ...is('not-started', say('route.none')) }
  const failed = routes.find(({ test }) => test?.state === 'done' && !test.passed && !isCutOff(test))
  if (failed) return { ...own, ...is('needs-attention', failedText(failed)) }
  if (without.length > 0) {
    return { ...own, ...is('in-progress', say('route.missing', { domains: without.join(', ') })) }
  }
  if (routes.some(({ test }) => test?.state === 'running')) {
    return { ...own, ...is('in-progress', say('route.testing')) }
  }
  const untested = routes.find(({ test }) => test === null)
  if (untested) return { ...own, ...is('in-progress', say('route.untested', { host: untested.host })) }
  const cutOff = routes.find(({ test }) => test !== null && isCutOff(test))
  if (cutOff) return { ...own, ...is('in-progress', say('route.not-tested', { host: cutOff.host })) }
  if (!isDone) return { ...own, ...is('waiting', say('route.arrived-ask')) }
  const blind = routes.find(({ test }) => test?.checks.some(isHidden))
  // Mail arrives, so other steps may go on; but the host's own filter judges us instead of the sender.
  if (blind) return { ...own, ...is('needs-attention', say('route.blind', { host: blind.host })) }
  if (host.failed !== null)
    return { ...own, ...is('needs-attention', say('route.failed', { title: host.failed.title })) }
  const [first] = routes
  if (routes.length === 1) return { ...own, ...is('done', say('route.delivers', { host: first!.host })) }
  return { ...own, ...is('done', say('part.routes', { count: routes.length })) }
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
  if (drifted) return { ...own, ...is('needs-attention', say('mx.drifted', { domain: drifted.name })) }
  const count = say('part.domains', { count: complete.length })
  if (isAll && isSeen) return { ...own, ...is('done', say('mx.done', { domains: count })) }
  if (isAll) return { ...own, ...is('waiting', say('mx.first')) }
  const partly = domains.find(({ mx }) => mx.look?.outcome === 'partly')
  if (partly) {
    const others = partly.mx.leftovers.map(({ exchange }) => exchange).join(', ')
    if (others === '') return { ...own, ...is('waiting', say('mx.kept')) }
    return { ...own, ...is('in-progress', say('mx.beside', { others })) }
  }
  if (complete.length > 0) {
    const part = { done: complete.length, total: domains.length }
    return { ...own, ...is('in-progress', say('check.domains-of', part)) }
  }
  return { ...own, ...is('not-started', say('mx.not-here')) }
}

/** The test passed, and the reader found the message in the mailbox. */
export function isConfirmed({ test }: Pick<ObservedRoute, 'test'>): boolean {
  return test?.passed === true && test.arrivedAt !== null
}

/**
 * A sub-domain validated with its parent that has no MX takes no mail: nothing is to be changed there. One
 * whose MX was ours does; a look-up that failed tells neither.
 */
function takesMail({ validatedBy, mx: { look } }: ObservedDomain): boolean {
  if (validatedBy !== 'parent') return true
  if (look === null) return false
  if (look.completeAt !== null) return true
  return look.outcome !== 'none' && look.outcome !== 'unknown' && !isNullMx(look)
}

/** One look that found otherwise proves nothing: a second one must agree. */
function isComplete({ mx: { look } }: ObservedDomain): boolean {
  if (look === null) return false
  return look.outcome === 'complete' || (look.completeAt !== null && look.misses < MISSES_BELIEVED)
}

function hasDrifted({ mx: { look } }: ObservedDomain): boolean {
  return look !== null && look.completeAt !== null && look.misses >= MISSES_BELIEVED
}

/** Nobody could look: no edge answered, or the name could not be looked up. That is no "no". */
function isCutOff({ state, passed, checks }: NonNullable<ObservedRoute['test']>): boolean {
  if (state !== 'done' || passed) return false
  return checks.some((one) => one.state === 'not-verified') && checks.every((one) => one.state !== 'failed')
}

function isHidden({ name, state }: Check): boolean {
  return name === SEEN_CLIENT && state === 'failed'
}

function routeChecks(route: ObservedRoute, isNamed: boolean): Check[] {
  const named = (title: Text): Text => (isNamed ? say('part.titled', { title, name: route.name }) : title)
  const prefix = isNamed ? `${route.id} ` : ''
  const { test } = route
  if (test === null) {
    const title = named(say('route.tested'))
    const saw = say('route.where', { host: route.host, port: String(route.port) })
    const remedy = say('route.run-test')
    return [checkOf({ name: `${prefix}test`, title, state: 'not-run', saw, remedy })]
  }
  const arrival = checkOf({
    name: `${prefix}arrived`,
    title: named(say('route.arrived')),
    state: test.arrivedAt !== null ? 'passed' : test.passed ? 'running' : 'not-run',
    saw: say(test.arrivedAt !== null ? 'route.found-in' : 'route.sent-to', { recipient: test.recipient }),
    remedy: test.arrivedAt !== null ? null : say('route.confirm'),
    checkedAt: test.arrivedAt,
  })
  const tests = test.checks.map((check) => {
    const title = named(titleOfTest(check))
    const said = saidOfCheck({ ...check.said, title })
    return { ...check, name: `${prefix}${check.name}`, title: english(title), ...said }
  })
  return [...tests, arrival]
}

function failedText({ test, host }: ObservedRoute): Text {
  const failed = test?.checks.find(({ state }) => state === 'failed')
  return failed ? say('route.failed', { title: titleOfTest(failed) }) : say('route.not-tested', { host })
}

function mxChecks(domain: ObservedDomain): Check[] {
  const { name, mx, firstInboundSeenAt } = domain
  const isSeen = firstInboundSeenAt !== null
  return [
    checkOf({
      name: `mx ${name}`,
      title: say('mx.ours', { domain: name }),
      state: mxState(domain),
      saw: weSeeMx(mx.look, mx.leftovers),
      remedy: isComplete(domain) ? null : say('mx.publish'),
      checkedAt: mx.checkedAt,
      nextCheckAt: mx.nextCheckAt,
    }),
    checkOf({
      name: `mail ${name}`,
      title: say('mx.came', { domain: name }),
      state: isSeen ? 'passed' : isComplete(domain) ? 'running' : 'not-run',
      saw: isSeen ? say('mx.accepted') : say('check.none-yet'),
      remedy: isSeen ? null : say('mx.write'),
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
