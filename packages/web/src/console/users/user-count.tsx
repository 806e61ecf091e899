// How many users are known, with the way to the list.
import { listUsers } from '@gatepost/contract/user.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { plural } from '#shared/format.ts'
import { Note } from '#shared/note.tsx'

export function UserCount() {
  const tenant = useSlug()
  const { data } = useEndpoint(listUsers, { params: { tenant }, query: { limit: 1 } })
  if (!data) return null
  const total = data.total ?? data.items.length
  if (total === 0) {
    return (
      <Note tone="info" title="No user is known yet">
        <p>
          One is enough for this step; all that receive mail should be here before unknown recipients are
          refused.
        </p>
      </Note>
    )
  }
  return (
    <Note tone="ok" title={`${plural(total, 'user')} known`}>
      <p>
        <Link to="/t/$slug/users" params={{ slug: tenant }}>
          Open the list
        </Link>
      </p>
    </Note>
  )
}
