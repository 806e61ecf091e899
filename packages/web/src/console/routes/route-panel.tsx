// One delivery route: its host, the named tests as they run, and the proof that the test message arrived.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listRoutes, type Route, removeRoute } from '@gatepost/contract/route.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { CheckList } from '#shared/check-list.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { EditRoute } from './edit-route.tsx'
import { Arrival, TestForm } from './route-test.tsx'
import { purposeOf, tlsWords } from './route-words.ts'

export function RoutePanel({ route }: { readonly route: Route }) {
  const tenant = useSlug()
  const may = useMay('routes:write')
  const confirm = useConfirm()
  const [editing, setEditing] = useState(false)
  const remove = useAction(removeRoute, { readAgain: [listRoutes, getConnect] })
  const ask = async () => {
    const agreed = await confirm({
      title: `No more mail is delivered to ${route.host}`,
      body: 'Mail that waits for it stays queued and takes the route that its domain has then.',
      act: 'Remove route',
      keep: 'Keep route',
    })
    if (agreed) remove.mutate({ params: { tenant, route: route.id } })
  }
  const test = route.lastTest
  return (
    <Panel title={route.name} side={purposeOf(route)} flush>
      <PanelBody>
        <div className={stack.stack}>
          {editing ? (
            <EditRoute route={route} onClose={() => setEditing(false)} />
          ) : (
            <p>
              <HostText>{`${route.host}:${route.port}`}</HostText>
              {route.moreHosts.length > 0 && (
                <span className="tx2"> and {route.moreHosts.join(', ')}, load shared</span>
              )}
              <span className="tx2"> · {tlsWords[route.tls]}</span>
            </p>
          )}
          {may && !editing && <TestForm route={route} />}
        </div>
      </PanelBody>
      {test && (
        <>
          <PanelFoot>
            <span role="status">{test.state === 'running' ? 'The tests run' : sentenceOf(test.passed)}</span>
            <span className="small tx3">
              with {test.recipient} · <RelativeTime at={test.startedAt} />
            </span>
          </PanelFoot>
          <div className="ruled">
            <CheckList checks={test.checks} label={`Tests of ${route.host}`} />
          </div>
          <Arrival route={route} test={test} may={may} />
        </>
      )}
      {may && !editing && (
        <PanelFoot>
          {remove.error ? <ProblemNote error={remove.error} /> : <span />}
          <span>
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setEditing(true)}>
              Edit route
            </Button>
            <Button variant="subtle" color="gray" size="compact-sm" loading={remove.isPending} onClick={ask}>
              Remove route
            </Button>
          </span>
        </PanelFoot>
      )}
    </Panel>
  )
}

function sentenceOf(passed: boolean): string {
  return passed ? 'All required tests passed' : 'A test failed: mail would wait in the queue'
}
