// The named tests of a connector as they run, and the certificate to confirm (C2).

import {
  type Connector,
  getConnector,
  listConnectors,
  testConnector,
  updateConnector,
} from '@gatepost/contract/directory.ts'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { CheckList } from '#shared/check-list.tsx'
import { Facts } from '#shared/facts.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { formOf } from './kinds.ts'

const readAgain = [getConnector, listConnectors]

export function ConnectorTests({ connector }: { readonly connector: Connector }) {
  const t = useWords('directories')
  const tenant = useSlug()
  const may = useMay('directories:write')
  const run = useAction(testConnector, { readAgain })
  const [address, setAddress] = useState('')
  const test = connector.lastTest
  const looksUp = formOf(connector.kind)?.looksUp ?? false
  const params = { tenant, connector: connector.id }
  return (
    <Panel
      title={t('tests.title')}
      side={test ? <RelativeTime at={test.startedAt} /> : t('tests.notRun')}
      flush
    >
      {may && (
        <PanelBody>
          <form
            className={stack.stack}
            onSubmit={(event) => {
              event.preventDefault()
              run.mutate({ params, body: address.trim() === '' ? {} : { address: address.trim() } })
            }}
          >
            <div className={stack.end}>
              {looksUp && (
                <TextInput
                  label={t('tests.lookUp')}
                  description={t('tests.lookUpHint')}
                  type="email"
                  value={address}
                  onChange={({ currentTarget }) => setAddress(currentTarget.value)}
                />
              )}
              <Button
                type="submit"
                variant={test?.passed ? 'default' : 'filled'}
                loading={run.isPending || test?.state === 'running'}
              >
                {t('tests.run')}
              </Button>
            </div>
            {run.error && <ProblemNote error={run.error} />}
          </form>
        </PanelBody>
      )}
      {test && (
        <>
          <PanelFoot>
            <span role="status">{sentenceOf(t, test)}</span>
          </PanelFoot>
          <div className="ruled">
            <CheckList
              group="connector"
              checks={test.checks}
              label={t('tests.of', { name: connector.name })}
            />
          </div>
          {test.certificate && <Certificate connector={connector} />}
        </>
      )}
    </Panel>
  )
}

/** The certificate that TLS showed; one that is not issued for us can be confirmed by its fingerprint. */
function Certificate({ connector }: { readonly connector: Connector }) {
  const t = useWords('directories')
  const tenant = useSlug()
  const may = useMay('directories:write')
  const save = useAction(updateConnector, { readAgain })
  const shown = connector.lastTest?.certificate
  if (!shown || connector.settings.kind !== 'ldap') return null
  const { settings } = connector
  const isPinned =
    settings.certificate === 'pinned' && plain(settings.fingerprint ?? '') === plain(shown.fingerprint)
  const isRefused = connector.lastTest?.checks.some(({ name, state }) => name === 'tls' && state === 'failed')
  const confirm = () =>
    save.mutate({
      params: { tenant, connector: connector.id },
      body: { settings: { ...settings, certificate: 'pinned', fingerprint: shown.fingerprint } },
      revision: connector.revision,
    })
  return (
    <PanelBody>
      <div className={stack.stack}>
        <Facts
          wide
          rows={[
            [t('tests.certificateFor'), shown.names.join(', ') || shown.subject],
            [t('tests.issuedBy'), shown.issuer],
            [
              t('tests.validUntil'),
              shown.validUntil === null ? '–' : <FullTime key="until" at={shown.validUntil} />,
            ],
            ['SHA-256', <code key="fingerprint">{shown.fingerprint}</code>],
          ]}
        />
        {isPinned && <p className="small tx2">{t('tests.confirmed')}</p>}
        {!isPinned && isRefused && may && (
          <Note tone="info" title={t('tests.isIt')}>
            <p>{t('tests.compare')}</p>
            <Button variant="default" onClick={confirm} loading={save.isPending}>
              {t('tests.confirm')}
            </Button>
            {save.error && <ProblemNote error={save.error} />}
          </Note>
        )}
      </div>
    </PanelBody>
  )
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/[^0-9a-f]/gi, '').toLowerCase()
}

function sentenceOf(t: Words, { state, passed }: NonNullable<Connector['lastTest']>): string {
  if (state === 'running') return t('tests.running')
  return passed ? t('tests.passed') : t('tests.failed')
}
