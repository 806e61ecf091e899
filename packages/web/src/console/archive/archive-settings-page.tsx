// Settings of the archive: on and off, journal addresses, days, holds, and the proofs.
import { Link } from '@tanstack/react-router'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'
import { HoldsPanel } from './holds-panel.tsx'
import { JournalPanel } from './journal-panel.tsx'
import { ProofPanel } from './proof-panel.tsx'
import { RetentionPanel } from './retention-panel.tsx'
import { SwitchPanel } from './switch-panel.tsx'

export function ArchiveSettingsPage() {
  const words = useWords('archive')
  const slug = useSlug()
  const may = useMay('retention:write')
  return (
    <Page
      title={words('settings')}
      lead={words('settingsLead')}
      crumbs={[
        {
          label: words('title'),
          link: (
            <Link to="/t/$slug/archive" params={{ slug }}>
              {words('title')}
            </Link>
          ),
        },
      ]}
    >
      <div className={stack.stack}>
        <SwitchPanel may={may} />
        <JournalPanel may={may} />
        <RetentionPanel may={may} />
        <HoldsPanel may={may} />
        <ProofPanel />
      </div>
    </Page>
  )
}
