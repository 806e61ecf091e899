// What Connect sees of the archive (C11), from what is stored.
import type { ControlDeps } from '../scope.ts'
import { silenceOf } from './silence.ts'
import { journalHours, settingOf } from './store.ts'

const HOUR_MS = 3_600_000
const WEEK_HOURS = 168

export async function observeArchive(
  tenantId: string,
  { store, clock }: Pick<ControlDeps, 'store' | 'clock'>,
  ways: { readonly addresses: number; readonly logins: number; readonly clouds: number },
) {
  const setting = await settingOf(store.db, tenantId)
  const sources = ways.addresses + ways.logins + ways.clouds
  const now = clock.now()
  const hour = Math.floor(now / HOUR_MS)
  const hours = setting === null ? [] : await journalHours(store.db, tenantId, hour - 5 * WEEK_HOURS)
  const week = hours.filter((row) => row.hour > hour - WEEK_HOURS)
  const sum = (what: 'reports' | 'flagged'): number => week.reduce((all, row) => all + row[what], 0)
  const minutes = setting?.silence_minutes ?? 0
  return {
    enabled: setting?.enabled === 1,
    journalEnabled: setting?.journal_enabled === 1,
    firstReportAt: hours[0]?.last_at ?? null,
    lastReportAt: hours.at(-1)?.last_at ?? null,
    reports: sum('reports'),
    flagged: sum('flagged'),
    isSilent: setting?.journal_enabled === 1 && silenceOf(hours, { now, minutes }).isSilent,
    sources,
  }
}
