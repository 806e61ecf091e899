// One directory connector, and the page that adds one.

import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { AddConnector } from './add-connector.tsx'
import { ConnectorView, useConnector } from './connector-view.tsx'

export function DirectoryPage() {
  const t = useWords('directories')
  const { connector: id = '' } = useParams({ strict: false })
  const slug = useSlug()
  const navigate = useNavigate()
  const { data } = useConnector(id)
  return (
    <Page title={data?.name ?? t('list.directory')} crumbs={[useCrumb()]}>
      <ConnectorView id={id} onRemoved={() => navigate({ to: '/t/$slug/directories', params: { slug } })} />
    </Page>
  )
}

export function NewDirectoryPage() {
  const t = useWords('directories')
  const slug = useSlug()
  const navigate = useNavigate()
  return (
    <Page title={t('add.title')} crumbs={[useCrumb()]} lead={t('add.lead')}>
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
  const t = useWords('directories')
  const slug = useSlug()
  const link = (
    <Link to="/t/$slug/directories" params={{ slug }}>
      {t('title')}
    </Link>
  )
  return { label: t('title'), link }
}
