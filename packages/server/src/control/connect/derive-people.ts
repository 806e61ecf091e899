// The steps about the organisation, its domains, its people and its outbound mail, derived (C0, C1, C3, C6,
// C8).
import type { Check } from '@gatepost/contract/common.ts'
import { countOf } from '../domain/look.ts'
import type { Own } from './derive.ts'
import { type Observed, type ObservedDomain, validatedOf } from './observed.ts'

/** C0: the set-up link asked for all of it, so an organisation that exists has a name. */
export function deriveOrganization({ tenant }: Observed): Own {
  const isKnown = tenant.contact !== ''
  const check = checkOf({
    name: 'details',
    title: 'Name, environment and emergency contact are known',
    state: isKnown ? 'passed' : 'failed',
    saw: isKnown ? `${tenant.name}; ${tenant.contact}` : 'The emergency contact is missing.',
    remedy: isKnown ? null : 'Enter an emergency contact under Settings.',
    checkedAt: tenant.createdAt,
  })
  const detail = isKnown ? tenant.name : 'The emergency contact is missing'
  return { state: isKnown ? 'done' : 'needs-attention', detail, checks: [check], isSatisfied: isKnown }
}

/** C1 */
export function deriveDomains(observed: Observed): Own {
  const { domains } = observed
  const validated = validatedOf(observed)
  const pending = domains.filter(({ state }) => state === 'pending')
  const own = { checks: domains.map(domainCheck), isSatisfied: validated.length > 0 }
  const gone = domains.find(({ state }) => state === 'temporarily-failing')
  const expired = domains.find(({ state }) => state === 'expired')
  if (domains.length === 0) return { ...own, state: 'not-started', detail: 'No domain yet' }
  if (gone) return { ...own, state: 'needs-attention', detail: `The proof record of ${gone.name} is gone` }
  if (expired)
    return { ...own, state: 'needs-attention', detail: `The time to prove ${expired.name} is over` }
  if (pending.length > 0) {
    const toCome = pending.length === 1 ? 'one record to come' : `${pending.length} records to come`
    const done = validated.length === 0 ? '' : `${validated.length} of ${domains.length}, `
    return { ...own, state: 'waiting', detail: upperFirst(`${done}${toCome}`) }
  }
  return { ...own, state: 'done', detail: countOf(domains.length, 'domain') }
}

/** C3 */
export function deriveUsers({ userCount }: Observed): Own {
  const isDone = userCount > 0
  const check = checkOf({
    name: 'users',
    title: 'Users are known',
    state: isDone ? 'passed' : 'not-run',
    saw: isDone ? `${countOf(userCount, 'user')} in the list.` : 'The list is empty.',
    remedy: isDone ? null : 'Add one user by form, or many by CSV.',
  })
  const detail = isDone ? countOf(userCount, 'user') : 'No users yet'
  return { state: isDone ? 'done' : 'not-started', detail, checks: [check], isSatisfied: isDone }
}

/** C7: done by an import alone. What is learned from outbound mail is no collection of former years. */
export function deriveSenders({ senders }: Observed): Own {
  const { users, entries, waitingUsers, importedAt } = senders
  const isDone = importedAt !== null && entries > 0
  const counts = `${countOf(entries, 'entry', 'entries')} of ${countOf(users, 'user')}`
  const waiting =
    waitingUsers === 0 ? '' : `; ${countOf(waitingUsers, 'address', 'addresses')} without a user yet`
  const check = checkOf({
    name: 'senders',
    title: 'Senders that people know are permitted',
    state: isDone ? 'passed' : 'not-run',
    saw: isDone
      ? `${counts}${waiting}.`
      : entries > 0
        ? `Nothing was imported yet; ${counts} learned or entered.`
        : 'Nothing was imported yet.',
    remedy: isDone ? null : 'Import a CSV of the addresses people write to, or skip this step.',
    checkedAt: importedAt,
  })
  return {
    state: isDone ? 'done' : 'not-started',
    detail: isDone ? counts : 'Nothing imported yet',
    checks: [check],
    isSatisfied: isDone,
  }
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
    return {
      ...own,
      state: 'needs-attention',
      detail: `No user is known in ${empty.name}: its mail is refused`,
    }
  }
  if (over) {
    const detail = `Learning of ${over.name} has ended: review who was seen`
    return { ...own, state: 'needs-attention', detail }
  }
  if (isDone) return { ...own, state: 'done', detail: `Known recipients, ${countOf(known.length, 'domain')}` }
  const learning = domains.find(({ recipientMode }) => recipientMode === 'learning')
  if (learning) return { ...own, state: 'waiting', detail: `${learning.name} learns who is written to` }
  if (known.length === 0) return { ...own, state: 'not-started', detail: 'Mail for everybody is accepted' }
  return { ...own, state: 'in-progress', detail: `${known.length} of ${domains.length} domains` }
}

/** A check that nobody schedules, unless it says so. */
export function checkOf(
  check: Omit<Check, 'checkedAt' | 'nextCheckAt'> & Partial<Pick<Check, 'checkedAt' | 'nextCheckAt'>>,
): Check {
  return { checkedAt: null, nextCheckAt: null, ...check }
}

function domainCheck(domain: ObservedDomain): Check {
  const { name, state, saw, checkedAt, nextCheckAt } = domain
  const title = `${name} is yours`
  const base = { name: `domain ${name}`, title, saw, checkedAt, nextCheckAt }
  switch (state) {
    case 'validated':
      return checkOf({ ...base, state: 'passed', remedy: null })
    case 'temporarily-failing':
      return checkOf({
        ...base,
        state: 'warning',
        remedy: 'Publish the record again. Mail goes on meanwhile.',
      })
    case 'expired':
      return checkOf({
        ...base,
        state: 'failed',
        remedy: 'Add the domain again for a new record, or remove it.',
      })
    case 'pending':
      return checkOf({
        ...base,
        state: checkedAt === null ? 'not-run' : domain.isUnknown ? 'not-verified' : 'running',
        remedy: 'Publish the TXT or the CNAME record shown.',
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
  const base = { name: `recipients ${name}`, title: `Unknown recipients at ${name} are refused` }
  if (recipientMode === 'accept-all') {
    const remedy = 'Choose known recipients for this domain.'
    return checkOf({ ...base, state: 'not-run', saw: 'Mail for everybody is accepted.', remedy })
  }
  if (recipientMode === 'learning') {
    const saw = isLearningOver ? 'The time of learning is over.' : 'The domain learns who is written to.'
    const remedy = 'Look through the recipients that were seen, add those that exist, and end the learning.'
    return checkOf({ ...base, state: isLearningOver ? 'failed' : 'running', saw, remedy })
  }
  if (recipientMode === 'call-forward') {
    return checkOf({ ...base, state: 'passed', saw: 'The mail host is asked.', remedy: null })
  }
  if (userCount === 0) {
    const remedy = 'Add the users of this domain, or accept all for now.'
    return checkOf({ ...base, state: 'failed', saw: 'No user of the domain is known.', remedy })
  }
  return checkOf({ ...base, state: 'passed', saw: `${countOf(userCount, 'user')} known.`, remedy: null })
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
