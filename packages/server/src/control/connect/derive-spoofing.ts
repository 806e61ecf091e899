// The step about services that send as the organisation, derived (C14).
import { say, type Text } from '@gatepost/contract/sayings.ts'
import { checkOf, is } from './check.ts'
import type { Own } from './derive.ts'
import type { Observed } from './observed.ts'

/** Services named in one line. */
const NAMED_MAX = 3

export function deriveSpoofing({ spoofing }: Pick<Observed, 'spoofing'>): Own {
  const { stopped, exempted } = spoofing
  const check = checkOf({
    name: 'services',
    title: say('spoofing.through'),
    state: stopped.length > 0 ? 'warning' : exempted.length > 0 ? 'passed' : 'not-run',
    saw: sawOf(stopped, exempted),
    remedy: stopped.length > 0 ? say('spoofing.decide') : null,
  })
  const own = { checks: [check], isSatisfied: stopped.length === 0 && exempted.length > 0 }
  if (stopped.length > 0) {
    const refused = say('spoofing.refused', { count: stopped.length, names: namesOf(stopped) })
    return { ...own, ...is('needs-attention', refused) }
  }
  if (exempted.length > 0) {
    return { ...own, ...is('done', say('spoofing.let', { names: namesOf(exempted) })) }
  }
  return { ...own, ...is('not-started', say('spoofing.none')) }
}

function sawOf(stopped: readonly string[], exempted: readonly string[]): Text {
  if (stopped.length > 0) return say('spoofing.would-refuse', { names: namesOf(stopped) })
  if (exempted.length > 0) return say('spoofing.may', { names: namesOf(exempted) })
  return say('spoofing.nobody')
}

function namesOf(names: readonly string[]): Text {
  const rest = names.length - NAMED_MAX
  const shown = names.slice(0, NAMED_MAX).join(', ')
  return rest > 0 ? say('part.more', { names: shown, more: rest }) : shown
}
