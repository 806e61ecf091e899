// An end user's own choice of digests, and a new one by hand (H5, H6).
import { DIGEST_LANGUAGES } from '@gatepost/contract/digest.ts'
import { getPortal, type OwnSettings, sendOwnDigest, setOwnSettings } from '@gatepost/contract/portal.ts'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { nameOfLanguage, useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import classes from './portal.module.css'
import { usePortalTenant } from './use-portal.ts'

export function DigestForm() {
  const tenant = usePortalTenant()
  const { data } = useEndpoint(getPortal, { params: { tenant } }, { enabled: tenant !== '' })
  if (!data?.mailboxes.some(({ own }) => own)) return null
  return <Form tenant={tenant} settings={data.settings} isOn={data.digestEnabled} />
}

type Props = { readonly tenant: string; readonly settings: OwnSettings; readonly isOn: boolean }

function Form({ tenant, settings, isOn }: Props) {
  const t = useWords('portal')
  const [digest, setDigest] = useState(settings.digest ?? '')
  const [language, setLanguage] = useState<string>(settings.language ?? '')
  const save = useAction(setOwnSettings, { readAgain: [getPortal] })
  const send = useAction(sendOwnDigest)
  return (
    <Panel title={t('digest.title')}>
      <p className="tx2">{t('digest.lead')}</p>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          const body = { digest: digest || null, language: language || null } as OwnSettings
          save.mutate({ params: { tenant }, body })
        }}
      >
        <NativeSelect
          label={t('digest.get')}
          value={digest}
          onChange={(event) => setDigest(event.currentTarget.value as 'on' | 'off' | '')}
          data={[
            { value: '', label: t('digest.default', { state: t(isOn ? 'digest.on' : 'digest.off') }) },
            { value: 'on', label: t('digest.on') },
            { value: 'off', label: t('digest.off') },
          ]}
        />
        <NativeSelect
          label={t('digest.language')}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value)}
          data={[
            { value: '', label: t('digest.languageDefault') },
            ...DIGEST_LANGUAGES.map((value) => ({ value, label: nameOfLanguage(value) })),
          ]}
        />
        {(save.error ?? send.error) && <ProblemNote error={save.error ?? send.error} />}
        {save.isSuccess && <Note tone="ok" title={t('digest.saved')} role="status" />}
        {send.data && (
          <Note
            tone="ok"
            role="status"
            title={
              send.data.messages > 0 ? t('digest.sent', { count: send.data.messages }) : t('digest.nothing')
            }
          />
        )}
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t('digest.save')}
          </Button>
          <Button
            variant="default"
            loading={send.isPending}
            onClick={() => send.mutate({ params: { tenant } })}
          >
            {t('digest.now')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
