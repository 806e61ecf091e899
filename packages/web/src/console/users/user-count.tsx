// How many users are known, with the way to the list.

import { listUsers } from '@gatepost/contract/user.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'

export function UserCount() {
  const t = useWords('users')
  const tenant = useSlug()
  const { data } = useEndpoint(listUsers, { params: { tenant }, query: { limit: 1 } })
  if (!data) return null
  const total = data.total ?? data.items.length
  if (total === 0) {
    return (
      <Note tone="info" title={t('count.none')}>
        <p>{t('count.noneMeans')}</p>
      </Note>
    )
  }
  return (
    <Note tone="ok" title={t('count.known', { count: total })}>
      <p>
        <Link to="/t/$slug/users" params={{ slug: tenant }}>
          {t('count.open')}
        </Link>
      </p>
    </Note>
  )
}
