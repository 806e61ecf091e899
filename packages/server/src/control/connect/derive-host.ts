// What the report of the check script adds to the step that prepares inbound mail (C5).
import type { Check } from '@gatepost/contract/common.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { checkOf, sawOfCheck, titleOfCheck } from './check.ts'
import { deliversToExchangeOnline, type Observed } from './observed.ts'

/** What was right so long ago is no proof any more. What was wrong stays so until a new report. */
const OLD_MS = 90 * 24 * 3_600_000

export type HostChecks = {
  readonly checks: readonly Check[]
  /** The first that says that mail is judged wrongly there. */
  readonly failed: Check | null
}

/** Nothing where mail is not delivered to Exchange Online. */
export function hostChecksOf(observed: Observed): HostChecks {
  const { host = null, now = 0 } = observed
  if (!deliversToExchangeOnline(observed)) return { checks: [], failed: null }
  if (host === null) {
    const check = checkOf({
      name: 'host-report',
      title: say('host.report'),
      state: 'not-verified',
      saw: say('host.unseen'),
      remedy: say('host.run-script'),
    })
    return { checks: [check], failed: null }
  }
  const failed = host.checks.find(({ state }) => state === 'failed') ?? null
  if (now - host.ranAt <= OLD_MS) return { checks: host.checks, failed }
  const number = Math.floor((now - host.ranAt) / 86_400_000)
  const checks = host.checks.map((check) => {
    const { name, state, checkedAt } = check
    return checkOf({
      name,
      title: titleOfCheck(check),
      state: state === 'failed' ? state : 'not-verified',
      saw: say('host.aged', { saw: sawOfCheck(check), number }),
      remedy: state === 'failed' ? (check.said?.remedy ?? check.remedy) : say('host.run-again'),
      checkedAt,
    })
  })
  return { checks, failed }
}
