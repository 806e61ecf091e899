// Everything about one connector: synchronisation, tests, connection, brakes, history. Used by its page and
// by C2.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  type Connector,
  getConnector,
  listConnectors,
  removeConnector,
} from '@gatepost/contract/directory.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { Facts } from '#shared/facts.tsx'
import { dateTime } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { BrakesForm } from './brakes-form.tsx'
import { ConnectorForm } from './connector-form.tsx'
import { ConnectorTests } from './connector-tests.tsx'
import { HistoryPanel } from './history-panel.tsx'
import { formOf } from './kinds.ts'
import { isRunning } from './run-words.ts'
import { SyncPanel } from './sync-panel.tsx'

const BUSY_MS = 700
const CALM_MS = 10_000

/** Reads a connector, often while something of it runs. */
export function useConnector(id: string) {
  const tenant = useSlug()
  return useEndpoint(
    getConnector,
    { params: { tenant, connector: id } },
    {
      refetchInterval: (last) =>
        isRunning(last?.lastRun) || last?.lastTest?.state === 'running' ? BUSY_MS : CALM_MS,
    },
  )
}

type Props = { readonly id: string; readonly brief?: boolean; readonly onRemoved?: () => void }

export function ConnectorView({ id, brief, onRemoved }: Props) {
  const t = useWords('directories')
  const { data: connector, error } = useConnector(id)
  if (!connector) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const isTested = connector.lastTest?.passed === true
  const tests = <ConnectorTests connector={connector} />
  const sync = <SyncPanel connector={connector} />
  return (
    <div className={stack.stack}>
      {isTested || connector.state !== 'new' ? (
        <>
          {sync}
          {tests}
        </>
      ) : (
        <>
          {tests}
          {sync}
        </>
      )}
      <ConnectionPanel key={connector.revision} connector={connector} onRemoved={onRemoved} />
      {!brief && (
        <>
          <Panel title={t('view.may')}>
            <BrakesForm key={connector.revision} connector={connector} />
          </Panel>
          <HistoryPanel connector={connector} />
        </>
      )}
    </div>
  )
}

type PanelProps = { readonly connector: Connector; readonly onRemoved?: (() => void) | undefined }

function ConnectionPanel({ connector, onRemoved }: PanelProps) {
  const t = useWords('directories')
  const tenant = useSlug()
  const may = useMay('directories:write')
  const confirm = useConfirm()
  const [editing, setEditing] = useState(false)
  const remove = useAction(removeConnector, {
    readAgain: [listConnectors, getConnect],
    ...(onRemoved ? { onDone: onRemoved } : {}),
  })
  const kind = formOf(connector.kind)
  const ask = async () => {
    const agreed = await confirm({
      title: t('view.gone', { name: connector.name }),
      body: t('view.goneMeans'),
      act: t('view.remove'),
      keep: t('view.keep'),
    })
    if (agreed) remove.mutate({ params: { tenant, connector: connector.id } })
  }
  return (
    <Panel
      title={t('connection')}
      side={kind ? t(`kind.${kind.kind}.label`) : connector.kind}
      flush={editing}
    >
      {editing && kind ? (
        <ConnectorForm
          kind={kind}
          connector={connector}
          onDone={() => setEditing(false)}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <div className={stack.stack}>
          {kind?.Notice && <kind.Notice settings={connector.settings} />}
          <Facts wide rows={factsOf(connector, t)} />
          {remove.error && <ProblemNote error={remove.error} />}
          {may && (
            <div className={stack.row}>
              {kind && (
                <Button variant="default" onClick={() => setEditing(true)}>
                  {t('view.edit')}
                </Button>
              )}
              <Button variant="subtle" color="gray" loading={remove.isPending} onClick={ask}>
                {t('view.remove')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Panel>
  )
}

function factsOf({ settings, secretSetAt }: Connector, t: Words) {
  const secret = [
    t('view.secret'),
    secretSetAt === null ? t('view.notSet') : t('view.set', { time: dateTime(secretSetAt) }),
  ] as const
  if (settings.kind === 'ldap')
    return [
      [t('view.server'), <HostText key="host">{`${settings.host}:${settings.port}`}</HostText>] as const,
      [
        t('view.encryption'),
        [
          settings.encryption === 'none' ? t('view.none') : encryptionWords[settings.encryption],
          t(`certificateInside.${settings.certificate}`),
        ].join(', '),
      ] as const,
      [t('view.account'), settings.userName] as const,
      ['Base DN', settings.baseDn || t('view.ownRoot')] as const,
      ...(settings.filter ? [[t('view.filter'), settings.filter] as const] : []),
      secret,
    ]
  const rows = Object.entries(settings).filter(
    ([name, value]) => name !== 'kind' && value !== null && value !== '',
  )
  return [
    ...rows.map(([name, value]) => [t(`field.${name}`, wordsOfField(name)), wordsOfValue(value, t)] as const),
    secret,
  ]
}

/** Switches as people say them; names as they are. */
function wordsOfValue(value: unknown, t: Words): string {
  if (typeof value === 'boolean') return value ? t('view.yes') : t('view.no')
  return String(value)
}

const encryptionWords = { tls: 'TLS', 'start-tls': 'StartTLS' } as const

/** `tenantDomain` → "Tenant domain". */
function wordsOfField(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
