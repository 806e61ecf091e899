// Alerts of the archive: journal mail that stopped in hours in which some usually comes, and an archive that
// takes nothing.
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
        severity: 'warning',
        text: `${since(lastAt)} In the same hours of other weeks some ${Math.round(usual)} came.`,
        remedy:
          'Look at the journal rule and the connector of the mail host, and at its queue to the journal address.',
        link: `/t/${slugs.get(tenantId) ?? tenantId}/archive/settings`,
      })
    }
    return { wrong }
  },
}

/** The store is the operator's, and refuses all organisations alike. */
function failing(trouble: ArchiveTrouble | null): NewAlert[] {
  if (trouble === null) return []
  const when = new Date(trouble.since).toISOString().slice(0, 16).replace('T', ' ')
  return [
    {
      tenantId: null,
      kind: 'archive-failing',
      subject: 'archive',
      severity: 'critical',
      text: `Since ${when} UTC the archive keeps nothing: ${trouble.why}. Mail goes on, and its copies wait in the spool.`,
      remedy:
        'Look at the room on the disk of the archive, or at the bucket and its keys. What waits follows by itself.',
      link: '/system/readiness',
    },
  ]
}

function since(at: number): string {
  const when = new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  return `No journal report came since ${when} UTC.`
}
