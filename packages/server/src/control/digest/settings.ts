// When users are told of held mail, of what, and who is told for shared mailboxes (H4, H6).

import type { DigestSchedule, DigestSettings, setDigest } from '@gatepost/contract/digest.ts'
import type { BodyOf } from '@gatepost/contract/endpoint.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { isTimeZone, nextRunAt } from '../directory/schedule.ts'
import { validatedNames } from '../domain/store.ts'
import { SHOWN_CLASSES } from '../hold/classes.ts'
import { invalidInput } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import { countSent, digestOf, type StoredDigest, writeDigest } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>

const WEEK_MS = 7 * 86_400_000
/** What users are not told of by default: they could do nothing about it. */
const NOT_TOLD: ReadonlySet<string> = new Set(['virus', 'sender-rate', 'undeliverable', 'by-person'])

/** On where nobody chose: each working day at seven, of what a user may release or ask for. */
export const DIGEST_DEFAULTS: StoredDigest = {
  enabled: true,
  schedule: { days: [1, 2, 3, 4, 5], times: ['07:00'], timeZone: 'UTC' },
  language: 'en',
  classes: SHOWN_CLASSES.filter((name) => !NOT_TOLD.has(name)),
  delegates: [],
  nextAt: null,
  lastAt: null,
  revision: 0,
}

export async function digestSettings(scope: Scope, { store, clock }: Deps): Promise<DigestSettings> {
  const digest = (await digestOf(store.db, scope.tenantId)) ?? DIGEST_DEFAULTS
  return shown(digest, await countSent(store.db, scope.tenantId, clock.now() - WEEK_MS))
}

/** Throws `invalid-input` for an unknown zone, and for delegates outside the organisation. */
export async function changeDigest(
  scope: Scope,
  input: BodyOf<typeof setDigest> & { readonly expected?: number | null },
  { store, clock }: Deps,
): Promise<DigestSettings> {
  const now = clock.now()
  await requireValid(scope, input, { store })
  const saved = await store.transaction(async (trx) => {
    const before = (await digestOf(trx, scope.tenantId)) ?? DIGEST_DEFAULTS
    requireRevision(before, input.expected ?? null)
    const { enabled, days, times, timeZone, language, classes } = input
    const schedule = { days: [...new Set(days)].sort(), times: [...new Set(times)].sort(), timeZone }
    const delegates = input.delegates.map(({ mailbox, to }) => ({
      mailbox: addressKey(mailbox),
      to: [...new Set(to.map((address) => addressKey(address)))],
    }))
    const after = { enabled, schedule, language, classes, delegates }
    const revision = await changeSettings(trx, scope, {
      action: 'digest.changed',
      subject: 'digest of held mail',
      before: stateOf(before),
      after: stateOf(after),
      at: now,
    })
    const digest = { ...before, ...after, revision, nextAt: nextDigestAt(schedule, now) }
    await writeDigest(trx, scope.tenantId, digest)
    return digest
  })
  return shown(saved, await countSent(store.db, scope.tenantId, now - WEEK_MS))
}

/** The next time on the clock of its zone and on one of its days. */
export function nextDigestAt({ days, times, timeZone }: DigestSchedule, now: number): number | null {
  const weekday = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' })
  const NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  let at: number | null = now
  // Every time of eight days, at most.
  for (let round = 0; at !== null && round < 8 * times.length; round += 1) {
    at = nextRunAt({ times, timeZone }, at)
    if (at !== null && days.includes(NAMES.indexOf(weekday.format(at)) + 1)) return at
  }
  return null
}

async function requireValid(
  { tenantId }: Scope,
  { timeZone, delegates }: BodyOf<typeof setDigest>,
  { store }: Pick<Deps, 'store'>,
): Promise<void> {
  const errors: { path: string; message: string }[] = []
  if (!isTimeZone(timeZone)) errors.push({ path: '/timeZone', message: `“${timeZone}” is no time zone.` })
  const domains = await validatedNames(store.db, tenantId)
  delegates.forEach(({ mailbox, to }, at) => {
    for (const [path, address] of [
      [`/delegates/${at}/mailbox`, mailbox] as const,
      ...to.map((one, place) => [`/delegates/${at}/to/${place}`, one] as const),
    ]) {
      const read = mailboxOf(address)
      if (read === null || !domains.has(read.domain))
        errors.push({ path, message: `${address} is not in a validated domain of yours.` })
    }
  })
  if (errors.length > 0) throw invalidInput(errors)
}

function stateOf({
  enabled,
  schedule,
  language,
  classes,
  delegates,
}: Omit<StoredDigest, 'nextAt' | 'lastAt' | 'revision'>) {
  const { days, times, timeZone } = schedule
  const told = delegates.map(({ mailbox, to }) => `${mailbox}: ${to.join(', ')}`)
  return { enabled, days, times, timeZone, language, classes, delegates: told }
}

function shown(digest: StoredDigest, sent: number): DigestSettings {
  const { enabled, schedule, language, classes, delegates, nextAt, lastAt, revision } = digest
  return {
    enabled,
    ...schedule,
    language,
    classes: [...classes],
    delegates: delegates.map(({ mailbox, to }) => ({ mailbox, to: [...to] })),
    nextAt: enabled ? nextAt : null,
    lastSentAt: lastAt,
    sent,
    revision,
  }
}
