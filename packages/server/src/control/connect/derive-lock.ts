// The steps that lock the mail host, derived from what the bypass probe saw (C10, C16).
import type { Check } from '@gatepost/contract/common.ts'
import { say, type Text } from '@gatepost/contract/sayings.ts'
import { type BypassLook, isClosed, isOpenAgain } from './bypass.ts'
import { checkOf, is } from './check.ts'
import type { Own } from './derive.ts'
import type { Observed, ObservedDoor } from './observed.ts'

/** C10 */
export function deriveSecure({ doors }: Observed): Own {
  const checks = doors.map(checkOfDoor)
  const looked = doors.filter(({ look }) => look !== null)
  const closed = doors.filter(({ look }) => isClosed(look))
  const isAll = doors.length > 0 && closed.length === doors.length
  const own = { checks, isSatisfied: isAll }
  const again = doors.find(({ look }) => isOpenAgain(look))
  if (again) return { ...own, ...is('needs-attention', say('lock.open-again', { host: again.host })) }
  if (isAll) return { ...own, ...is('done', say('lock.closed', { names: seenFrom(doors) })) }
  if (looked.length === 0) return { ...own, ...is('not-started', say('lock.not-checked')) }
  const open = doors.find(({ look }) => look?.verdict === 'open')
  if (open) return { ...own, ...is('in-progress', say('lock.open', { host: open.host })) }
  if (looked.every(({ look }) => look?.verdict === 'no-vantage'))
    return { ...own, ...is('waiting', say('lock.no-vantage')) }
  return { ...own, ...is('waiting', say('lock.unproven')) }
}

/** C16: the same door, watched for ever; old ways in must be closed as well. */
export function deriveLockdown(observed: Observed): Own {
  const own = deriveSecure(observed)
  const since = observed.doors.flatMap(({ look }) => look?.closedAt ?? [])
  if (own.state !== 'done') return own
  const date = new Date(Math.max(...since)).toISOString().slice(0, 10)
  return { ...own, ...is('done', say('lock.closed-since', { date })) }
}

function checkOfDoor({ host, port, look, checkedAt, nextCheckAt }: ObservedDoor): Check {
  return checkOf({
    name: `bypass ${host}:${port}`,
    title: say('lock.refuses', { host }),
    state: stateOf(look),
    saw: sawOf(look),
    remedy: isClosed(look) ? null : say(look?.verdict === 'no-vantage' ? 'lock.get-vantage' : 'lock.do'),
    checkedAt,
    nextCheckAt,
  })
}

function stateOf(look: BypassLook | null): Check['state'] {
  if (look === null) return 'not-run'
  if (isClosed(look)) return 'passed'
  if (look.verdict === 'open') return 'failed'
  return 'not-verified'
}

function sawOf(look: BypassLook | null): Text {
  if (look === null) return say('lock.not-knocked')
  const telling =
    look.knocks.find(({ kind, isInside }) => kind === 'open' && !isInside) ??
    look.knocks.find(({ kind }) => kind === (look.verdict === 'closed' ? 'closed' : 'unknown')) ??
    look.knocks[0]
  if (!telling) return say('lock.no-vantage-saw')
  const { from, reply, kind, isInside } = telling
  if (kind === 'open' && isInside) return say('lock.inside', { name: from.name })
  return say(kind === 'open' ? 'lock.would-take' : 'lock.said', { name: from.name, reply })
}

function seenFrom(doors: readonly ObservedDoor[]): Text {
  const names = doors.flatMap(({ look }) =>
    (look?.knocks ?? []).filter(({ kind }) => kind === 'closed').map(({ from }) => from.name),
  )
  return names.length === 0 ? say('part.before') : [...new Set(names)].join(', ')
}
