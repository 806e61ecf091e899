// C7: the import of permitted senders, and the way to everybody's lists.

import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { CollectContacts } from '#console/senders/collect/collect-contacts.tsx'
import { ImportSenders } from '#console/senders/import-senders.tsx'
import { useWords } from '#i18n/i18n.ts'

export function ImportPermittedSenders() {
  const slug = useSlug()
  const words = useWords('connect')
  return (
    <>
      <ImportSenders />
      <CollectContacts />
      <p className="small">
        <Link to="/t/$slug/senders" params={{ slug }}>
          {words('sendersLists')}
        </Link>
      </p>
    </>
  )
}
