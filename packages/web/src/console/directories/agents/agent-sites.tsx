// Sites with an agent (D6): add one and pair it, see which is connected and what it pushed last, take one
// away.
import {
  type Agent,
  addAgent,
  askForPush,
  listAgents,
  type PairingCode,
  removeAgent,
  renewAgentCode,
  updateAgent,
} from '@gatepost/contract/agent.ts'
import { Button, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { Facts } from '#shared/facts.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { AgentPrograms } from './agent-programs.tsx'
import classes from './agents.module.css'
import { PairingNote } from './pairing-note.tsx'

export function AgentSites() {
  const tenant = useSlug()
  const may = useMay('directories:write')
  const [code, setCode] = useState<PairingCode | null>(null)
  const { data, error } = useEndpoint(listAgents, { params: { tenant } }, { refetchInterval: 3_000 })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const paired = data.items.find(({ id }) => id === code?.agent.id)?.pairedAt
  const isUsed =
    code !== null && paired != null && paired > code.agent.createdAt && paired !== code.agent.pairedAt
  return (
    <>
      <Panel title="Sites with an agent" flush>
        {data.items.length === 0 && (
          <p className={classes.none}>
            No site yet. The agent runs inside a network, reads the directory there and opens HTTPS outward:
            nothing has to be let in.
          </p>
        )}
        <ul className={stack.plain}>
          {data.items.map((agent) => (
            <Site key={agent.id} agent={agent} version={data.version} may={may} onCode={setCode} />
          ))}
        </ul>
        {may && <AddSite onCode={setCode} />}
      </Panel>
      {code !== null && <PairingNote pairing={code} isUsed={isUsed} />}
      <AgentPrograms programs={data.programs} version={data.version} />
    </>
  )
}

function AddSite({ onCode }: { readonly onCode: (code: PairingCode) => void }) {
  const tenant = useSlug()
  const [site, setSite] = useState('')
  const add = useAction(addAgent, {
    readAgain: [listAgents],
    onDone: (code) => {
      setSite('')
      onCode(code)
    },
  })
  return (
    <PanelBody>
      <div className={stack.end}>
        <TextInput
          label="New site"
          description="A name for the place, such as Head office."
          value={site}
          onChange={(event) => setSite(event.currentTarget.value)}
          maxLength={80}
        />
        <Button
          variant="default"
          loading={add.isPending}
          disabled={site.trim() === ''}
          onClick={() => add.mutate({ params: { tenant }, body: { site: site.trim() } })}
        >
          Add site
        </Button>
      </div>
      {add.error && <ProblemNote error={add.error} />}
    </PanelBody>
  )
}

type SiteProps = {
  readonly agent: Agent
  readonly version: string
  readonly may: boolean
  readonly onCode: (code: PairingCode) => void
}

function Site({ agent, version, may, onCode }: SiteProps) {
  return (
    <li className={classes.site}>
      <div className={classes.head}>
        <span className="strong">{agent.site}</span>
        <StateWord agent={agent} />
      </div>
      {agent.pairedAt !== null && <SiteFacts agent={agent} version={version} />}
      {agent.status?.trouble && (
        <Note tone="bad" title={agent.status.trouble.saw}>
          <p>{agent.status.trouble.remedy}</p>
        </Note>
      )}
      {may && <SiteActions agent={agent} onCode={onCode} />}
    </li>
  )
}

function StateWord({ agent }: { readonly agent: Agent }) {
  if (agent.state === 'waiting') return <ToneText tone="info">Waiting to be paired</ToneText>
  if (agent.state === 'connected') return <ToneText tone="ok">Connected</ToneText>
  return <ToneText tone="warn">Away</ToneText>
}

function SiteFacts({ agent, version }: { readonly agent: Agent; readonly version: string }) {
  const { status, lastPush, receiving } = agent
  return (
    <Facts
      rows={[
        ['Runs on', `${agent.hostName ?? 'unknown'}, ${agent.platform ?? ''}`],
        [
          'Version',
          agent.isOutdated ? `${agent.version}; ${version} can be downloaded below` : (agent.version ?? ''),
        ],
        [
          'Last seen',
          agent.lastSeenAt === null ? 'never' : <RelativeTime key="seen" at={agent.lastSeenAt} />,
        ],
        ['Reads', status?.directory ?? 'not told yet'],
        [
          'Last listing',
          lastPush ? (
            <span key="push">
              {count(lastPush.entries)} entries, <FullTime at={lastPush.at} />
            </span>
          ) : (
            'none yet'
          ),
        ],
        ...(receiving ? [['Receiving', `${count(receiving.entries)} entries so far`] as const] : []),
      ]}
    />
  )
}

function SiteActions({ agent, onCode }: Pick<SiteProps, 'agent' | 'onCode'>) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const params = { tenant, agent: agent.id }
  const readAgain = [listAgents]
  const renew = useAction(renewAgentCode, { readAgain, onDone: onCode })
  const change = useAction(updateAgent, { readAgain })
  const push = useAction(askForPush, { readAgain })
  const remove = useAction(removeAgent, { readAgain })
  const takeAway = async () => {
    const agreed = await confirm({
      title: `The agent of ${agent.site} is shut out at once`,
      body: 'Its token is revoked and its last listing removed. People that were read stay, as addresses that receive mail.',
      act: 'Remove site',
      keep: 'Keep it',
    })
    if (agreed) remove.mutate({ params })
  }
  const problem = renew.error ?? change.error ?? push.error ?? remove.error
  return (
    <>
      <Switch
        label="Answer live sign-ins"
        description="People of this directory sign in with its passwords. The agent has to allow it, too: gatepost-agent set --sign-in yes"
        checked={agent.liveSignIn}
        onChange={(event) => change.mutate({ params, body: { liveSignIn: event.currentTarget.checked } })}
      />
      <div className={stack.row}>
        {agent.pairedAt !== null && (
          <Button variant="default" size="compact-sm" onClick={() => push.mutate({ params })}>
            Read now<span className="hidden-visually"> at {agent.site}</span>
          </Button>
        )}
        <Button variant="default" size="compact-sm" onClick={() => renew.mutate({ params })}>
          New code<span className="hidden-visually"> for {agent.site}</span>
        </Button>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={takeAway}>
          Remove<span className="hidden-visually"> {agent.site}</span>
        </Button>
        {push.isSuccess && <span className="small tx3">Asked. A listing shows here when it is whole.</span>}
      </div>
      {problem && <ProblemNote error={problem} />}
    </>
  )
}
