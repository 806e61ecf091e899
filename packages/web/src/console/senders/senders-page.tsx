// Protection › Senders: what an entry skips, the import of permitted senders, and everybody's lists.

import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { AddSenders } from './add-senders.tsx'
import { AutoAllowPanel } from './auto-allow-panel.tsx'
import { CollectContacts } from './collect/collect-contacts.tsx'
import { ImportSenders } from './import-senders.tsx'
import { SenderList } from './sender-list.tsx'
import type { SendersSearch } from './senders-search.ts'
import { SkipTable } from './skip-table.tsx'

export function SendersPage() {
  const t = useWords('senders')
  const slug = useSlug()
  const may = useMay('senders:write')
  const search: SendersSearch = useSearch({ from: '/console/t/$slug/senders' })
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  return (
    <Page
      title={t('senders.senders')}
      lead={t('senders.anEntrySkipsSuspicionNever')}
      actions={
        may && (
          <Button
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            {t('senders.addSenders')}
          </Button>
        )
      }
    >
      <SkipTable />
      <ImportSenders />
      <CollectContacts />
      <AutoAllowPanel />
      <SenderList
        search={search}
        onChange={(next) =>
          void navigate({ to: '/t/$slug/senders', params: { slug }, search: next, replace: true })
        }
      />
      {adding && <AddSenders onClose={() => setAdding(false)} />}
    </Page>
  )
}
