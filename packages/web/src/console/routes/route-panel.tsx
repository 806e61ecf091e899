// One delivery route: its host, the named tests as they run, and the proof that the test message arrived.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listRoutes, type Route, removeRoute } from '@gatepost/contract/route.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { CheckList } from '#shared/check-list.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { EditRoute } from './edit-route.tsx'
import { Arrival, TestForm } from './route-test.tsx'
import { purposeOf, tlsWordsOf } from './route-words.ts'

export function RoutePanel({ route }: { readonly route: Route }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('routes:write')
  const confirm = useConfirm()
  const [editing, setEditing] = useState(false)
  const remove = useAction(removeRoute, { readAgain: [listRoutes, getConnect] })
  const ask = async () => {
    const agreed = await confirm({
      title: t('routePanel.noMoreMailIsDeliveredTo', { host: route.host }),
      body: t('routePanel.mailThatWaitsForItStays'),
      act: t('routePanel.removeRoute'),
      keep: t('routePanel.keepRoute'),
    })
    if (agreed) remove.mutate({ params: { tenant, route: route.id } })
  }
  const test = route.lastTest
  return (
    <Panel title={route.name} side={purposeOf(t, route)} flush>
      <PanelBody>
        <div className={stack.stack}>
          {editing ? (
            <EditRoute route={route} onClose={() => setEditing(false)} />
          ) : (
            <p>
              <HostText>{`${route.host}:${route.port}`}</HostText>
              {route.moreHosts.length > 0 && (
                <span className="tx2">
                  {t('routePanel.andLoadShared', { value: route.moreHosts.join(', ') })}
                </span>
              )}
              <span className="tx2"> · {tlsWordsOf(t)[route.tls]}</span>
              {route.login && (
                <span className="tx2">{t('routePanel.logsInAs', { name: route.login.username })}</span>
              )}
            </p>
          )}
          {may && !editing && <TestForm route={route} />}
        </div>
      </PanelBody>
      {test && (
        <>
          <PanelFoot>
            <span role="status">
              {test.state === 'running' ? t('routePanel.theTestsRun') : sentenceOf(t, test.passed)}
            </span>
            <span className="small tx3">
              {rich(t, 'routePanel.with', {
                recipient: test.recipient,
                time: <RelativeTime at={test.startedAt} />,
              })}
            </span>
          </PanelFoot>
          <div className="ruled">
            <CheckList
              group="probe"
              checks={test.checks}
              label={t('routePanel.testsOf', { host: route.host })}
            />
          </div>
          <Arrival route={route} test={test} may={may} />
        </>
      )}
      {may && !editing && (
        <PanelFoot>
          {remove.error ? <ProblemNote error={remove.error} /> : <span />}
          <span>
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setEditing(true)}>
              {t('routePanel.editRoute')}
            </Button>
            <Button variant="subtle" color="gray" size="compact-sm" loading={remove.isPending} onClick={ask}>
              {t('routePanel.removeRoute')}
            </Button>
          </span>
        </PanelFoot>
      )}
    </Panel>
  )
}

function sentenceOf(t: Words, passed: boolean): string {
  return passed ? t('routePanel.allRequiredTestsPassed') : t('routePanel.aTestFailedMailWouldWaitIn')
}
