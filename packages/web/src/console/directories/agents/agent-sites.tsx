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
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { Facts } from '#shared/facts.tsx'
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
  const t = useWords('directories')
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
      <Panel title={t('site.title')} flush>
        {data.items.length === 0 && <p className={classes.none}>{t('site.none')}</p>}
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
  const t = useWords('directories')
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
          label={t('site.new')}
          description={t('site.newMeans')}
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
          {t('site.add')}
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
  const t = useWords('directories')
  if (agent.state === 'waiting') return <ToneText tone="info">{t('site.waiting')}</ToneText>
  if (agent.state === 'connected') return <ToneText tone="ok">{t('site.connected')}</ToneText>
  return <ToneText tone="warn">{t('site.away')}</ToneText>
}

function SiteFacts({ agent, version }: { readonly agent: Agent; readonly version: string }) {
  const t = useWords('directories')
  const { status, lastPush, receiving } = agent
  return (
    <Facts
      rows={[
        [t('site.runsOn'), `${agent.hostName ?? t('site.unknown')}, ${agent.platform ?? ''}`],
        [
          t('site.version'),
          agent.isOutdated
            ? t('site.outdated', { version: agent.version, newer: version })
            : (agent.version ?? ''),
        ],
        [
          t('site.seen'),
          agent.lastSeenAt === null ? t('site.never') : <RelativeTime key="seen" at={agent.lastSeenAt} />,
        ],
        [t('site.reads'), status?.directory ?? t('site.notTold')],
        [
          t('site.listing'),
          lastPush ? (
            <span key="push">
              {t('entries', { count: lastPush.entries })}, <FullTime at={lastPush.at} />
            </span>
          ) : (
            t('site.noneYet')
          ),
        ],
        ...(receiving ? [[t('site.receiving'), t('site.soFar', { count: receiving.entries })] as const] : []),
      ]}
    />
  )
}

function SiteActions({ agent, onCode }: Pick<SiteProps, 'agent' | 'onCode'>) {
  const t = useWords('directories')
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
      title: t('site.shutOut', { site: agent.site }),
      body: t('site.shutOutMeans'),
      act: t('site.remove'),
      keep: t('site.keep'),
    })
    if (agreed) remove.mutate({ params })
  }
  const problem = renew.error ?? change.error ?? push.error ?? remove.error
  return (
    <>
      <Switch
        label={t('site.live')}
        description={t('site.liveMeans')}
        checked={agent.liveSignIn}
        onChange={(event) => change.mutate({ params, body: { liveSignIn: event.currentTarget.checked } })}
      />
      <div className={stack.row}>
        {agent.pairedAt !== null && (
          <Button variant="default" size="compact-sm" onClick={() => push.mutate({ params })}>
            {t('site.read')}
            <span className="hidden-visually"> {t('site.at', { site: agent.site })}</span>
          </Button>
        )}
        <Button variant="default" size="compact-sm" onClick={() => renew.mutate({ params })}>
          {t('site.code')}
          <span className="hidden-visually"> {t('site.for', { site: agent.site })}</span>
        </Button>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={takeAway}>
          {t('site.removeShort')}
          <span className="hidden-visually"> {agent.site}</span>
        </Button>
        {push.isSuccess && <span className="small tx3">{t('site.asked')}</span>}
      </div>
      {problem && <ProblemNote error={problem} />}
    </>
  )
}
