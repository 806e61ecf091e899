// API tokens of the installation: for its operators' scripts.

import { createSystemToken, listSystemTokens, revokeSystemToken } from '@gatepost/contract/token.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { TokenManager } from '#console/tokens/token-manager.tsx'
import { useWords } from '#i18n/i18n.ts'

export function SystemTokensPage() {
  const t = useWords('system')
  const mayChange = useMay('system:write')
  const { data, error } = useEndpoint(listSystemTokens, {}, { refetchInterval: 30_000 })
  const create = useAction(createSystemToken, { readAgain: [listSystemTokens] })
  const revoke = useAction(revokeSystemToken, { readAgain: [listSystemTokens] })
  return (
    <Page title={t('systemTokens.apiTokens')} lead={t('systemTokens.tokensOfTheInstallation')}>
      <TokenManager
        data={data}
        error={error}
        mayChange={mayChange}
        create={{
          act: (body) => create.mutate({ body }),
          made: create.data,
          error: create.error,
          busy: create.isPending,
        }}
        revoke={{ act: (token) => revoke.mutate({ params: { token } }), error: revoke.error }}
      />
    </Page>
  )
}
