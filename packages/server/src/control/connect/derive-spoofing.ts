// The step about services that send as the organisation, derived (C14).
import { countOf } from '../domain/look.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import type { Observed } from './observed.ts'

/** Services named in one line. */
const NAMED_MAX = 3

export function deriveSpoofing({ spoofing }: Pick<Observed, 'spoofing'>): Own {
  const { stopped, exempted } = spoofing
  const check = checkOf({
    name: 'services',
    title: 'Services that send as you get through',
    state: stopped.length > 0 ? 'warning' : exempted.length > 0 ? 'passed' : 'not-run',
    saw: sawOf(stopped, exempted),
    remedy: stopped.length > 0 ? 'Let them through, or set them aside when they are not yours.' : null,
  })
  const own = { checks: [check], isSatisfied: stopped.length === 0 && exempted.length > 0 }
  if (stopped.length > 0) {
    const detail = `${countOf(stopped.length, 'service')} refused: ${namesOf(stopped)}`
    return { ...own, state: 'needs-attention', detail }
  }
  if (exempted.length > 0) return { ...own, state: 'done', detail: `${namesOf(exempted)} let through` }
  return { ...own, state: 'not-started', detail: 'No service was refused yet' }
}

function sawOf(stopped: readonly string[], exempted: readonly string[]): string {
  if (stopped.length > 0) return `${namesOf(stopped)} sent as you and would be refused.`
  if (exempted.length > 0) return `${namesOf(exempted)} may send as you.`
  return 'Nobody outside has sent as you yet.'
}

function namesOf(names: readonly string[]): string {
  const rest = names.length - NAMED_MAX
  const shown = names.slice(0, NAMED_MAX).join(', ')
  return rest > 0 ? `${shown} and ${rest} more` : shown
}
