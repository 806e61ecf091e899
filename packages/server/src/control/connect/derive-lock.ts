// The steps that lock the mail host, derived from what the bypass probe saw (C10, C16).
import type { Check } from '@gatepost/contract/common.ts'
import { type BypassLook, isClosed, isOpenAgain } from './bypass.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import type { Observed, ObservedDoor } from './observed.ts'

const REMEDY = 'Carry out “Lock” on this page: the mail host then takes mail from the listed sources alone.'
const NO_VANTAGE =
  'Let an agent run in your network, or ask the operator of this gateway for a second address (network.vantage_addresses).'

/** C10 */
export function deriveSecure({ doors }: Observed): Own {
  const checks = doors.map(checkOfDoor)
  const looked = doors.filter(({ look }) => look !== null)
  const closed = doors.filter(({ look }) => isClosed(look))
  const isAll = doors.length > 0 && closed.length === doors.length
  const own = { checks, isSatisfied: isAll }
  const again = doors.find(({ look }) => isOpenAgain(look))
  if (again)
    return { ...own, state: 'needs-attention', detail: `${again.host} takes mail from strangers again` }
  if (isAll) return { ...own, state: 'done', detail: `Closed to strangers, seen from ${seenFrom(doors)}` }
  if (looked.length === 0) return { ...own, state: 'not-started', detail: 'Not checked yet' }
  const open = doors.find(({ look }) => look?.verdict === 'open')
  if (open) return { ...own, state: 'in-progress', detail: `${open.host} takes mail from everybody` }
  if (looked.every(({ look }) => look?.verdict === 'no-vantage'))
    return { ...own, state: 'waiting', detail: 'Not verified: there is no vantage point' }
  return { ...own, state: 'waiting', detail: 'Not verified: the answer proves nothing yet' }
}

/** C16: the same door, watched for ever; old ways in must be closed as well. */
export function deriveLockdown(observed: Observed): Own {
  const own = deriveSecure(observed)
  const since = observed.doors.flatMap(({ look }) => look?.closedAt ?? [])
  if (own.state !== 'done') return own
  const date = new Date(Math.max(...since)).toISOString().slice(0, 10)
  return { ...own, detail: `Closed since ${date}, asked again every hour` }
}

function checkOfDoor({ host, port, look, checkedAt, nextCheckAt }: ObservedDoor): Check {
  return checkOf({
    name: `bypass ${host}:${port}`,
    title: `${host} refuses strangers`,
    state: stateOf(look),
    saw: sawOf(look),
    remedy: isClosed(look) ? null : look?.verdict === 'no-vantage' ? NO_VANTAGE : REMEDY,
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

function sawOf(look: BypassLook | null): string {
  if (look === null) return 'We have not knocked yet.'
  const telling =
    look.knocks.find(({ kind, isInside }) => kind === 'open' && !isInside) ??
    look.knocks.find(({ kind }) => kind === (look.verdict === 'closed' ? 'closed' : 'unknown')) ??
    look.knocks[0]
  if (!telling) return 'There is no vantage point: an address that is not the gateway’s.'
  const from = `From ${telling.from.name}`
  if (telling.kind === 'open' && telling.isInside)
    return `${from}: inside your network it answers, which says nothing.`
  if (telling.kind === 'open') return `${from}: it would take mail. “${telling.reply}”`
  return `${from}: ${telling.reply}`
}

function seenFrom(doors: readonly ObservedDoor[]): string {
  const names = doors.flatMap(({ look }) =>
    (look?.knocks ?? []).filter(({ kind }) => kind === 'closed').map(({ from }) => from.name),
  )
  return [...new Set(names)].join(', ') || 'before'
}
