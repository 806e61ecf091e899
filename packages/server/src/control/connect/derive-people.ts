// The steps about the organisation, its domains, its people and its outbound mail, derived (C0, C1, C3, C6,
// C8).
import type { Check } from '@gatepost/contract/common.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { checkOf, is } from './check.ts'
import type { Own } from './derive.ts'
import { type Observed, type ObservedDomain, validatedOf } from './observed.ts'

/** C0: the set-up link asked for all of it, so an organisation that exists has a name. */
export function deriveOrganization({ tenant }: Observed): Own {
  const isKnown = tenant.contact !== ''
  const check = checkOf({
    name: 'details',
    title: say('organization.known'),
    state: isKnown ? 'passed' : 'failed',
    saw: isKnown ? `${tenant.name}; ${tenant.contact}` : say('organization.no-contact-saw'),
    remedy: isKnown ? null : say('organization.enter-contact'),
    checkedAt: tenant.createdAt,
  })
  const own = { checks: [check, postmasterCheck(tenant)], isSatisfied: isKnown }
  if (isKnown) return { ...own, ...is('done', tenant.name) }
  return { ...own, ...is('needs-attention', say('organization.no-contact')) }
}

/** Mail for postmaster and abuse is always taken, so somebody has to read it (R1). */
function postmasterCheck({ postmaster = null, createdAt }: Observed['tenant']): Check {
  return checkOf({
    name: 'postmaster',
    title: say('organization.postmaster'),
    state: postmaster === null ? 'warning' : 'passed',
    saw: postmaster ?? say('organization.postmaster-none'),
    remedy: postmaster === null ? say('organization.postmaster-name') : null,
    checkedAt: createdAt,
  })
}

/** C1 */
export function deriveDomains(observed: Observed): Own {
  const { domains } = observed
  const validated = validatedOf(observed)
  const pending = domains.filter(({ state }) => state === 'pending')
  const own = { checks: domains.map(domainCheck), isSatisfied: validated.length > 0 }
  const gone = domains.find(({ state }) => state === 'temporarily-failing')
  const expired = domains.find(({ state }) => state === 'expired')
  if (domains.length === 0) return { ...own, ...is('not-started', say('domains.none')) }
  if (gone) return { ...own, ...is('needs-attention', say('domains.proof-gone', { domain: gone.name })) }
  if (expired) return { ...own, ...is('needs-attention', say('domains.time-over', { domain: expired.name })) }
  if (pending.length > 0) {
    const count = pending.length
    const toCome =
      validated.length === 0
        ? say('domains.to-come', { count })
        : say('domains.partly', { done: validated.length, total: domains.length, count })
    return { ...own, ...is('waiting', toCome) }
  }
  return { ...own, ...is('done', say('part.domains', { count: domains.length })) }
}

/** C3 */
export function deriveUsers({ userCount }: Observed): Own {
  const isDone = userCount > 0
  const check = checkOf({
    name: 'users',
    title: say('users.known'),
    state: isDone ? 'passed' : 'not-run',
    saw: isDone ? say('users.in-list', { count: userCount }) : say('users.empty'),
    remedy: isDone ? null : say('users.add'),
  })
  const own = { checks: [check], isSatisfied: isDone }
  if (isDone) return { ...own, ...is('done', say('part.users', { count: userCount })) }
  return { ...own, ...is('not-started', say('users.none')) }
}

/** C7: done by an import alone. What is learned from outbound mail is no collection of former years. */
export function deriveSenders({ senders }: Observed): Own {
  const { users, entries, waitingUsers, importedAt } = senders
  const isDone = importedAt !== null && entries > 0
  const counts = say('senders.counts', {
    entries: say('part.entries', { count: entries }),
    users: say('part.users', { count: users }),
  })
  const addresses = say('part.addresses', { count: waitingUsers })
  const imported =
    waitingUsers === 0 ? say('senders.saw', { counts }) : say('senders.saw-waiting', { counts, addresses })
  const check = checkOf({
    name: 'senders',
    title: say('senders.permitted'),
    state: isDone ? 'passed' : 'not-run',
    saw: isDone ? imported : entries > 0 ? say('senders.learned', { counts }) : say('senders.nothing'),
    remedy: isDone ? null : say('senders.import'),
    checkedAt: importedAt,
  })
  const own = { checks: [check], isSatisfied: isDone }
  return isDone ? { ...own, ...is('done', counts) } : { ...own, ...is('not-started', say('senders.none')) }
}

/** C8 */
export function deriveRecipients(observed: Observed): Own {
  const domains = validatedOf(observed)
  const known = domains.filter(isSelective)
  const checks = domains.map(recipientCheck)
  const isDone = domains.length > 0 && known.length === domains.length
  const own = { checks, isSatisfied: isDone }
  const empty = known.find((domain) => needsUsers(domain) && domain.userCount === 0)
  const over = domains.find(({ isLearningOver }) => isLearningOver)
  if (empty) {
    return { ...own, ...is('needs-attention', say('recipients.none-known', { domain: empty.name })) }
  }
  if (over) {
    return { ...own, ...is('needs-attention', say('recipients.learning-over', { domain: over.name })) }
  }
  if (isDone) {
    const count = say('part.domains', { count: known.length })
    return { ...own, ...is('done', say('recipients.done', { domains: count })) }
  }
  const learning = domains.find(({ recipientMode }) => recipientMode === 'learning')
  if (learning) return { ...own, ...is('waiting', say('recipients.learns', { domain: learning.name })) }
  if (known.length === 0) return { ...own, ...is('not-started', say('recipients.everybody')) }
  const part = { done: known.length, total: domains.length }
  return { ...own, ...is('in-progress', say('check.domains-of', part)) }
}

function domainCheck(domain: ObservedDomain): Check {
  const { name, state, saw, checkedAt, nextCheckAt } = domain
  const title = say('domains.yours', { domain: name })
  const base = { name: `domain ${name}`, title, saw, checkedAt, nextCheckAt }
  switch (state) {
    case 'validated':
      return checkOf({ ...base, state: 'passed', remedy: null })
    case 'temporarily-failing':
      return checkOf({
        ...base,
        state: 'warning',
        remedy: say('domains.publish-again'),
      })
    case 'expired':
      return checkOf({
        ...base,
        state: 'failed',
        remedy: say('domains.add-again'),
      })
    case 'pending':
      return checkOf({
        ...base,
        state: checkedAt === null ? 'not-run' : domain.isUnknown ? 'not-verified' : 'running',
        remedy: say('domains.publish'),
      })
  }
}

/** A domain that turns unknown recipients away. */
export function isSelective({ recipientMode }: Pick<ObservedDomain, 'recipientMode'>): boolean {
  return recipientMode !== 'accept-all' && recipientMode !== 'learning'
}

/** The mail host knows by itself; the other modes need the list. */
export function needsUsers({ recipientMode }: Pick<ObservedDomain, 'recipientMode'>): boolean {
  return recipientMode === 'known' || recipientMode === 'directory'
}

function recipientCheck(domain: ObservedDomain): Check {
  const { name, recipientMode, userCount, isLearningOver } = domain
  const base = { name: `recipients ${name}`, title: say('recipients.refused', { domain: name }) }
  if (recipientMode === 'accept-all') {
    const remedy = say('recipients.choose')
    return checkOf({ ...base, state: 'not-run', saw: say('recipients.everybody-saw'), remedy })
  }
  if (recipientMode === 'learning') {
    const saw = isLearningOver ? say('recipients.over-saw') : say('recipients.learns-saw')
    const remedy = say('recipients.review')
    return checkOf({ ...base, state: isLearningOver ? 'failed' : 'running', saw, remedy })
  }
  if (recipientMode === 'call-forward') {
    return checkOf({ ...base, state: 'passed', saw: say('recipients.host-asked'), remedy: null })
  }
  if (userCount === 0) {
    const remedy = say('recipients.add')
    return checkOf({ ...base, state: 'failed', saw: say('recipients.nobody'), remedy })
  }
  return checkOf({
    ...base,
    state: 'passed',
    saw: say('recipients.known', { count: userCount }),
    remedy: null,
  })
}
