// API tokens of the organisation.

import { createToken, listTokens, revokeToken } from '@gatepost/contract/token.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { TokenManager } from './token-manager.tsx'

export function TokensPage() {
  const t = useWords('roles')
  const tenant = useSlug()
  const mayChange = useMay('tokens:write')
  const { data, error } = useEndpoint(listTokens, { params: { tenant } }, { refetchInterval: 30_000 })
  const create = useAction(createToken, { readAgain: [listTokens] })
  const revoke = useAction(revokeToken, { readAgain: [listTokens] })
  return (
    <Page
      title={t('token.list')}
      lead={t('token.lead')}
      actions={<a href="/docs/api">{t('token.reference')}</a>}
    >
      <TokenManager
        data={data}
        error={error}
        mayChange={mayChange}
        create={{
          act: (body) => create.mutate({ params: { tenant }, body }),
          made: create.data,
          error: create.error,
          busy: create.isPending,
        }}
        revoke={{ act: (token) => revoke.mutate({ params: { tenant, token } }), error: revoke.error }}
      />
    </Page>
  )
}
