// C9: the dangerous step. For each domain: gates, what we expect, what each server says, and the way back.
import type { Connect } from '@gatepost/contract/connect.ts'
import { getConnect } from '@gatepost/contract/connect.ts'
import { checkMx, type Domain, getMx, listDomains, type MxView } from '@gatepost/contract/domain.ts'
import { SegmentedControl } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { RecordsTable } from '#shared/records-table.tsx'
import { ServersTable } from '#shared/servers-table.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { Countdown } from '#shared/time.tsx'
import { FirstMessage } from './mx-first-message.tsx'
import { Gates } from './mx-gates.tsx'
import { StagedCutOver } from './mx-staged.tsx'
import { Stages } from './mx-stages.tsx'
import { MxWayBack } from './mx-way-back.tsx'

type Props = { readonly connect: Connect; readonly aside: ReactNode; readonly foot: ReactNode }

export function ModifyMx({ connect, aside, foot }: Props) {
  const tenant = useSlug()
  const { data, error } = useEndpoint(listDomains, { params: { tenant } })
  const words = useWords('connect')
  const [chosen, setChosen] = useState<string | null>(null)
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const validated = data.items.filter(({ validatedAt }) => validatedAt !== null)
  const domain =
    validated.find(({ id }) => id === chosen) ?? validated.find(({ primary }) => primary) ?? validated[0]
  if (!domain) {
    return (
      <Note tone="info" title={words('mx.none')}>
        <p>{words('mx.noneMeans')}</p>
      </Note>
    )
  }
  return (
    <>
      {validated.length > 1 && (
        <SegmentedControl
          aria-label={words('mx.domain')}
          value={domain.id}
          onChange={setChosen}
          data={validated.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <DomainMx
        key={domain.id}
        domain={domain}
        host={words(`hosts.${connect.environment}`)}
        aside={aside}
        foot={foot}
      />
    </>
  )
}

type DomainProps = {
  readonly domain: Domain
  readonly host: string
  readonly aside: ReactNode
  readonly foot: ReactNode
}

function DomainMx({ domain, host, aside, foot }: DomainProps) {
  const tenant = useSlug()
  const may = useMay('domains:write')
  const words = useWords('connect')
  const say = useSaid()
  const input = { params: { tenant, domain: domain.id } }
  const { data, error } = useEndpoint(getMx, input, {
    refetchInterval: (last) => (last?.complete && last.firstInboundSeenAt !== null ? 15_000 : 2_000),
  })
  const check = useAction(checkMx, { readAgain: [getMx, getConnect] })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <>
      <Stages mx={data} />
      <div className={stack.connect}>
        <div className={stack.stack}>
          <Panel
            title={data.domain}
            side="MX"
            flush
            actions={
              <>
                {data.nextCheckAt !== null && (
                  <span className="small">
                    <Countdown to={data.nextCheckAt} />
                  </span>
                )}
                {may && (
                  <CheckButton
                    of={data.domain}
                    busy={check.isPending}
                    error={check.error}
                    onCheck={() => check.mutate(input)}
                  />
                )}
              </>
            }
          >
            <PanelBody>
              <p className="small tx2">{words('mx.expect')}</p>
              <p>{say(data.said?.weExpect, data.weExpect)}</p>
            </PanelBody>
            <div className="ruled">
              <RecordsTable
                records={data.expected}
                fullNames={false}
                withState={false}
                label={words('mx.toPublish', { domain: data.domain })}
              />
            </div>
            <div className="ruled">
              <ServersTable
                records={data.expected}
                checkedAt={data.checkedAt}
                label={words('mx.servers', { domain: data.domain })}
              />
            </div>
            <div className="ruled">
              <PanelBody>
                <Sight mx={data} />
              </PanelBody>
            </div>
          </Panel>
          <Gates mx={data} />
          <StagedCutOver mx={data} />
          {foot}
        </div>
        <div className={stack.stack}>
          <FirstMessage mx={data} />
          <MxWayBack mx={data} host={host} />
          {aside}
        </div>
      </div>
    </>
  )
}

/** What we see, and hosts that are not ours by name. */
function Sight({ mx }: { readonly mx: MxView }) {
  const words = useWords('connect')
  const weSee = useSaid()(mx.said?.weSee, mx.weSee)
  if (mx.complete && mx.leftovers.length === 0) {
    return <Note tone="ok" role="status" title={weSee} />
  }
  if (mx.leftovers.length === 0) return <Note tone="info" role="status" title={weSee} />
  return (
    <Note tone="warn" role="status" title={weSee}>
      <p>{words('mx.leftovers')}</p>
      <ul>
        {mx.leftovers.map(({ exchange, preference }) => (
          <li key={`${preference} ${exchange}`}>
            <HostText>{`${preference} ${exchange}`}</HostText>
          </li>
        ))}
      </ul>
    </Note>
  )
}
