// Leads from a page that raises alerts to where it is set who hears of them.

import { Link, useParams } from '@tanstack/react-router'
import { useWords } from '#i18n/i18n.ts'

/** A sentence of its own; `isSystem` for alerts of the installation, which operators hear of. */
export function AlertChannelLink({ what, isSystem }: { readonly what: string; readonly isSystem?: boolean }) {
  const t = useWords('alerts')
  const { slug } = useParams({ strict: false })
  const words = t('told')
  return (
    <p className="small tx2">
      {t('becomes', { what })}{' '}
      {isSystem || !slug ? (
        <Link to="/system/alerts">{words}</Link>
      ) : (
        <Link to="/t/$slug/alerts" params={{ slug }}>
          {words}
        </Link>
      )}
    </p>
  )
}
