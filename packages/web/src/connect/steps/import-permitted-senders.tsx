// C7: the import of permitted senders, and the way to everybody's lists.
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { CollectContacts } from '#console/senders/collect/collect-contacts.tsx'
import { ImportSenders } from '#console/senders/import-senders.tsx'

export function ImportPermittedSenders() {
  const slug = useSlug()
  return (
    <>
      <ImportSenders />
      <CollectContacts />
      <p className="small">
        <Link to="/t/$slug/senders" params={{ slug }}>
          See and change everybody’s lists under Senders
        </Link>
      </p>
    </>
  )
}
