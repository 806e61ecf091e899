// What the report of the check script adds to the step that prepares inbound mail (C5).
import type { Check } from '@gatepost/contract/common.ts'
import { checkOf } from './check.ts'
import { deliversToExchangeOnline, type Observed } from './observed.ts'

/** Settings change: what was read so long ago is no proof any more. */
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
      title: 'Connectors and rules of Exchange Online',
      state: 'not-verified',
      saw: 'No look from outside shows them.',
      remedy: 'Run the check script and drop its file below.',
    })
    return { checks: [check], failed: null }
  }
  if (now - host.ranAt <= OLD_MS) {
    return { checks: host.checks, failed: host.checks.find(({ state }) => state === 'failed') ?? null }
  }
  const days = Math.floor((now - host.ranAt) / 86_400_000)
  const remedy = 'Run the check script again and drop its file below.'
  const checks = host.checks.map((check) => {
    return {
      ...check,
      state: 'not-verified' as const,
      saw: `${check.saw} That was ${days} days ago.`,
      remedy,
    }
  })
  return { checks, failed: null }
}
