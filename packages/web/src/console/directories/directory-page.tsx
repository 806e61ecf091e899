// One directory connector, and the page that adds one.
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { AddConnector } from './add-connector.tsx'
import { ConnectorView, useConnector } from './connector-view.tsx'

export function DirectoryPage() {
  const { connector: id = '' } = useParams({ strict: false })
  const slug = useSlug()
  const navigate = useNavigate()
  const { data } = useConnector(id)
  return (
    <Page title={data?.name ?? 'Directory'} crumbs={[useCrumb()]}>
      <ConnectorView id={id} onRemoved={() => navigate({ to: '/t/$slug/directories', params: { slug } })} />
    </Page>
  )
}

export function NewDirectoryPage() {
  const slug = useSlug()
  const navigate = useNavigate()
  return (
    <Page
      title="Add a directory"
      crumbs={[useCrumb()]}
      lead="Nothing is read before you have seen the changes and said yes to them."
    >
      <AddConnector
        onDone={({ id }) =>
          navigate({ to: '/t/$slug/directories/$connector', params: { slug, connector: id } })
        }
        onCancel={() => navigate({ to: '/t/$slug/directories', params: { slug } })}
      />
    </Page>
  )
}

function useCrumb() {
  const slug = useSlug()
  const link = (
    <Link to="/t/$slug/directories" params={{ slug }}>
      Directories
    </Link>
  )
  return { label: 'Directories', link }
}
