// Alerts of the archive: journal mail that stopped in hours in which some usually comes, and an archive that
// takes nothing.
import { say } from '@gatepost/contract/sayings.ts'
import type { ArchiveTrouble } from '../../archive/archive.ts'
import { silenceOf } from '../../archive/silence.ts'
import { allSettings, journalHours } from '../../archive/store.ts'
import type { NewAlert } from '../alert.ts'
import { organisations } from './kept-store.ts'
import type { Source } from './source.ts'

const HOUR_MS = 3_600_000
const HOURS_LOOKED_BACK = 840

export const archiveSource: Source = {
  name: 'archive',
  kinds: ['journal-silent', 'archive-failing'],
  everyMs: 60_000,
  async look({ store, archive }, now) {
    const wrong: NewAlert[] = failing(archive.trouble)
    const settings = (await allSettings(store)).filter(({ journal_enabled }) => journal_enabled === 1)
    if (settings.length === 0) return { wrong }
    const slugs = new Map((await organisations(store.db)).map(({ id, slug }) => [id, slug]))
    for (const { tenant_id: tenantId, silence_minutes: minutes } of settings) {
      const hours = await journalHours(store.db, tenantId, Math.floor(now / HOUR_MS) - HOURS_LOOKED_BACK)
      const { isSilent, lastAt, usual } = silenceOf(hours, { now, minutes })
      if (!isSilent || lastAt === null) continue
      wrong.push({
        tenantId,
        kind: 'journal-silent',
        subject: 'journal',
        subjectSaid: say('subject.journal'),
        severity: 'warning',
        text: say('alert.journal-silent', { when: minuteOf(lastAt), number: Math.round(usual) }),
        remedy: say('alert.look-at-journal'),
        link: `/t/${slugs.get(tenantId) ?? tenantId}/archive/settings`,
      })
    }
    return { wrong }
  },
}

/** The store is the operator's, and refuses all organisations alike. */
function failing(trouble: ArchiveTrouble | null): NewAlert[] {
  if (trouble === null) return []
  return [
    {
      tenantId: null,
      kind: 'archive-failing',
      subject: 'archive',
      subjectSaid: say('subject.archive'),
      severity: 'critical',
      text: say('alert.not-archived', { when: minuteOf(trouble.since), why: trouble.why }),
      remedy: say('alert.look-at-archive'),
      link: '/system/readiness',
    },
  ]
}

/** In UTC. */
function minuteOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
