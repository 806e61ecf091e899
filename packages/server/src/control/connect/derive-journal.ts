// C11: journal mail arrives and can be read, and does not fall silent.
import { say, type Text } from '@gatepost/contract/sayings.ts'
import { checkOf, is } from './check.ts'
import type { Own } from './derive.ts'
import type { Observed } from './observed.ts'

/** What the archive shows of itself to Connect. */
export type ObservedArchive = {
  readonly enabled: boolean
  readonly journalEnabled: boolean
  readonly firstReportAt: number | null
  readonly lastReportAt: number | null
  /** Reports of the last week, and those that could not be read or tell no envelope. */
  readonly reports: number
  readonly flagged: number
  readonly isSilent: boolean
  readonly sources: number
}

const OFF: ObservedArchive = {
  enabled: false,
  journalEnabled: false,
  firstReportAt: null,
  lastReportAt: null,
  reports: 0,
  flagged: 0,
  isSilent: false,
  sources: 0,
}

export function deriveJournaling({ archive = OFF }: Observed): Own {
  const { journalEnabled, firstReportAt, reports, flagged, isSilent, sources } = archive
  const isPlain = reports > 0 && flagged === reports
  const checks = [
    checkOf({
      name: 'archive',
      title: say('journal.archived'),
      state: archive.enabled ? 'passed' : 'warning',
      saw: say(archive.enabled ? 'journal.archiving' : 'journal.archiving-off'),
      remedy: archive.enabled ? null : say('journal.switch-on'),
    }),
    checkOf({
      name: 'source',
      title: say('journal.source'),
      state: sources > 0 ? 'passed' : 'failed',
      saw: sources > 0 ? say('journal.sources', { number: sources }) : say('journal.no-source'),
      remedy: sources > 0 ? null : say('journal.authorise'),
    }),
    checkOf({
      name: 'report',
      title: say('journal.read'),
      state:
        firstReportAt === null ? (journalEnabled ? 'running' : 'not-run') : isPlain ? 'warning' : 'passed',
      saw: sawOf(archive, isPlain),
      remedy: isPlain ? say('journal.no-envelope') : null,
      checkedAt: archive.lastReportAt,
    }),
    checkOf({
      name: 'silence',
      title: say('journal.keeps'),
      state: firstReportAt === null ? 'not-run' : isSilent ? 'failed' : 'passed',
      saw: say(isSilent ? 'journal.silent' : 'journal.usual'),
      remedy: isSilent ? say('journal.look') : null,
    }),
  ]
  const isSatisfied = journalEnabled && firstReportAt !== null && !isSilent
  const common = { checks, isSatisfied }
  if (!journalEnabled) return { ...common, ...is('not-started', say('journal.off')) }
  if (firstReportAt === null) return { ...common, ...is('waiting', say('journal.first')) }
  if (isSilent) return { ...common, ...is('needs-attention', say('journal.stopped')) }
  return { ...common, ...is('done', say(isPlain ? 'journal.copies' : 'journal.arrive')) }
}

function sawOf({ firstReportAt, reports, flagged }: ObservedArchive, isPlain: boolean): Text {
  if (firstReportAt === null) return say('check.none-yet')
  if (isPlain) return say('journal.plain', { number: reports })
  if (flagged > 0) return say('journal.flagged', { number: reports, flagged })
  return say('journal.came', { number: reports })
}
