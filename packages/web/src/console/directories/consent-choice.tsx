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
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { Block, Note, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import type { DirectoryValues } from './kinds/kind-form.ts'

/** The consent is given in another tab, maybe by somebody else. */
const READ_MS = 3_000

export function ConsentChoice({ form }: { readonly form: UseFormReturnType<DirectoryValues> }) {
  const tenant = useSlug()
  const { settings } = form.values
  const { data } = useEndpoint(getEntraConsent, { params: { tenant } }, { refetchInterval: READ_MS })
  if (settings.kind !== 'entra' || !data) return null
  if (!data.isOffered && settings.app !== 'provider') return null
  return (
    <>
      <SegmentedControl
        aria-label="Whose application reads the directory"
        data={[
          { value: 'own', label: 'An application of your own' },
          { value: 'provider', label: 'Your provider’s application' },
        ]}
        value={settings.app ?? 'own'}
        onChange={(value) => form.setFieldValue('settings.app', value as 'own' | 'provider')}
      />
      {settings.app === 'provider' && <Consent tenant={tenant} data={data} />}
    </>
  )
}

function Consent({ tenant, data }: { readonly tenant: string; readonly data: EntraConsent }) {
  const start = useAction(startEntraConsent)
  const revoke = useAction(revokeEntraConsent, {
    readAgain: [getEntraConsent],
    said: () => ({ text: 'The consent is forgotten here.' }),
  })
  const { consent, isOffered } = data
  if (!isOffered)
    return (
      <Note tone="bad" title="Your provider offers no application any more">
        <p>Choose an application of your own, or ask your provider.</p>
      </Note>
    )
  return (
    <div className={stack.stack}>
      {consent === null ? (
        <Note tone="info" title="An administrator at Microsoft consents once">
          <p>
            Make the link, and follow it as a Global Administrator of your organisation, or send it to one. It
            counts once, for an hour. Your validated domain proves that the consent is yours.
          </p>
        </Note>
      ) : (
        <Facts
          rows={[
            ['Consent', <FullTime key="at" at={consent.at} />],
            ['Organisation at Microsoft', <code key="id">{consent.entraTenant}</code>],
            ['Proven by', consent.domain],
            ['Asked by', consent.askedBy],
          ]}
        />
      )}
      {start.data && consent === null && (
        <>
          <Block>{start.data.url}</Block>
          <CopyButton value={start.data.url} label="Copy link" text />
        </>
      )}
      {Boolean(start.error ?? revoke.error) && <ProblemNote error={start.error ?? revoke.error} />}
      <div className={stack.row}>
        <Button
          variant="default"
          loading={start.isPending}
          onClick={() => start.mutate({ params: { tenant } })}
        >
          {consent === null ? 'Make the link' : 'Consent again'}
        </Button>
        {start.data && consent === null && (
          <Button component="a" href={start.data.url} target="_blank" rel="noreferrer">
            Consent at Microsoft
          </Button>
        )}
        {consent !== null && (
          <Button
            variant="subtle"
            color="gray"
            loading={revoke.isPending}
            onClick={() => revoke.mutate({ params: { tenant } })}
          >
            Forget the consent
          </Button>
        )}
      </div>
    </div>
  )
}
