// Downloads the rows that pass the filters; the server writes the file as it reads, and notes who took it.
import { EXPORT_ROWS_MAX, exportMessages } from '@gatepost/contract/message.ts'
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import type { Query } from './message-search.ts'

export function ExportButton({ query }: { readonly query: Query }) {
  const tenant = useSlug()
  const words = useWords('messages')
  if (!useMay('messages:export')) return null
  const given = Object.entries(query).map(([name, value]) => [name, String(value)])
  const path = exportMessages.path.replace('{tenant}', encodeURIComponent(tenant))
  return (
    <Button
      component="a"
      href={`${path}?${new URLSearchParams(given)}`}
      download="messages.csv"
      variant="default"
      leftSection={<IconDownload size={15} aria-hidden />}
      title={words('exportHint', { number: count(EXPORT_ROWS_MAX) })}
    >
      {words('export')}
    </Button>
  )
}
