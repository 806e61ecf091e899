// C11: journal mail arrives and can be read, and does not fall silent.
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
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

const NO_ENVELOPE =
  'What arrives tells no envelope: blind copies and members of lists are missing. ' +
  'Use a journal rule instead of copies, where the mail host has one.'

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
      title: 'Mail that passes is archived',
      state: archive.enabled ? 'passed' : 'warning',
      saw: archive.enabled ? 'Inbound and outbound mail is archived.' : 'Archiving is off.',
      remedy: archive.enabled ? null : 'Switch archiving on, so that journal and gateway can be compared.',
    }),
    checkOf({
      name: 'source',
      title: 'Your mail host is known as a source of journal mail',
      state: sources > 0 ? 'passed' : 'failed',
      saw: sources > 0 ? `${sources} known.` : 'No address, login or cloud of yours is known.',
      remedy: sources > 0 ? null : 'Authorise your mail host in the outbound step.',
    }),
    checkOf({
      name: 'report',
      title: 'A journal report arrived and was read',
      state:
        firstReportAt === null ? (journalEnabled ? 'running' : 'not-run') : isPlain ? 'warning' : 'passed',
      saw: sawOf(archive, isPlain),
      remedy: isPlain ? NO_ENVELOPE : null,
      checkedAt: archive.lastReportAt,
    }),
    checkOf({
      name: 'silence',
      title: 'Journal mail keeps coming',
      state: firstReportAt === null ? 'not-run' : isSilent ? 'failed' : 'passed',
      saw: isSilent ? 'Nothing came in hours in which some usually comes.' : 'As usual.',
      remedy: isSilent ? 'Look at the journal rule, the connector and its queue at the mail host.' : null,
    }),
  ]
  const isSatisfied = journalEnabled && firstReportAt !== null && !isSilent
  const common = { checks, isSatisfied }
  if (!journalEnabled) return { ...common, state: 'not-started', detail: 'Journaling is off' }
  if (firstReportAt === null) return { ...common, state: 'waiting', detail: 'Waiting for the first report' }
  if (isSilent) return { ...common, state: 'needs-attention', detail: 'Journal mail has stopped' }
  return { ...common, state: 'done', detail: isPlain ? 'Copies arrive, without envelope' : 'Reports arrive' }
}

function sawOf({ firstReportAt, reports, flagged }: ObservedArchive, isPlain: boolean): string {
  if (firstReportAt === null) return 'None yet.'
  if (isPlain) return `${reports} came in the last week, none with an envelope.`
  return `${reports} came in the last week${flagged > 0 ? `, ${flagged} of them flagged` : ''}.`
}
