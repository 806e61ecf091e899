// Whose application reads Entra ID (V1): the operator's, after a consent by link, or one of the
// organisation's own. Offered where the operator has one.

import {
  type EntraConsent,
  getEntraConsent,
  revokeEntraConsent,
  startEntraConsent,
} from '@gatepost/contract/provider-app.ts'
import { Button, SegmentedControl } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { Block, Note, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import type { DirectoryValues } from './kinds/kind-form.ts'

/** The consent is given in another tab, maybe by somebody else. */
const READ_MS = 3_000

export function ConsentChoice({ form }: { readonly form: UseFormReturnType<DirectoryValues> }) {
  const t = useWords('directories')
  const tenant = useSlug()
  const { settings } = form.values
  const { data } = useEndpoint(getEntraConsent, { params: { tenant } }, { refetchInterval: READ_MS })
  if (settings.kind !== 'entra' || !data) return null
  if (!data.isOffered && settings.app !== 'provider') return null
  return (
    <>
      <SegmentedControl
        aria-label={t('consent.whose')}
        data={[
          { value: 'own', label: t('consent.own') },
          { value: 'provider', label: t('consent.provider') },
        ]}
        value={settings.app ?? 'own'}
        onChange={(value) => form.setFieldValue('settings.app', value as 'own' | 'provider')}
      />
      {settings.app === 'provider' && <Consent tenant={tenant} data={data} />}
    </>
  )
}

function Consent({ tenant, data }: { readonly tenant: string; readonly data: EntraConsent }) {
  const t = useWords('directories')
  const start = useAction(startEntraConsent)
  const revoke = useAction(revokeEntraConsent, {
    readAgain: [getEntraConsent],
    said: () => ({ text: t('consent.forgotten') }),
  })
  const { consent, isOffered } = data
  if (!isOffered)
    return (
      <Note tone="bad" title={t('consent.noMore')}>
        <p>{t('consent.noMoreMeans')}</p>
      </Note>
    )
  return (
    <div className={stack.stack}>
      {consent === null ? (
        <Note tone="info" title={t('consent.once')}>
          <p>{t('consent.onceMeans')}</p>
        </Note>
      ) : (
        <Facts
          rows={[
            [t('consent.consent'), <FullTime key="at" at={consent.at} />],
            [t('consent.organisation'), <code key="id">{consent.entraTenant}</code>],
            [t('consent.proven'), consent.domain],
            [t('consent.asked'), consent.askedBy],
          ]}
        />
      )}
      {start.data && consent === null && (
        <>
          <Block>{start.data.url}</Block>
          <CopyButton value={start.data.url} label={t('consent.copy')} text />
        </>
      )}
      {Boolean(start.error ?? revoke.error) && <ProblemNote error={start.error ?? revoke.error} />}
      <div className={stack.row}>
        <Button
          variant="default"
          loading={start.isPending}
          onClick={() => start.mutate({ params: { tenant } })}
        >
          {consent === null ? t('consent.make') : t('consent.again')}
        </Button>
        {start.data && consent === null && (
          <Button component="a" href={start.data.url} target="_blank" rel="noreferrer">
            {t('consent.at')}
          </Button>
        )}
        {consent !== null && (
          <Button
            variant="subtle"
            color="gray"
            loading={revoke.isPending}
            onClick={() => revoke.mutate({ params: { tenant } })}
          >
            {t('consent.forget')}
          </Button>
        )}
      </div>
    </div>
  )
}
