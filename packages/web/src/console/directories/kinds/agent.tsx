// A directory behind an agent in the form of a connector (D6): which site pushes, and where sites are made.
import { listAgents } from '@gatepost/contract/agent.ts'
import type { AgentSettings } from '@gatepost/contract/directory-agent.ts'
import { NativeSelect } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import { AgentSites } from '../agents/agent-sites.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'
import classes from './kinds.module.css'

export const agentForm: KindForm = {
  kind: 'agent',
  label: 'Synchronisation agent',
  means: 'A directory inside a network that stays closed: the agent pushes outward by HTTPS',
  usualIn: [],
  notIn: ['google-workspace'],
  defaultName: 'Agent',
  looksUp: true,
  blank: (): AgentSettings => ({ kind: 'agent', agentId: null }),
  check: ({ settings }: DirectoryValues): Readonly<Record<string, string>> => {
    const isChosen = settings.kind !== 'agent' || (settings.agentId ?? '') !== ''
    return isChosen ? {} : { 'settings.agentId': 'Add a site, then choose it here' }
  },
  Prerequisites: AgentPrerequisites,
  Fields: AgentFields,
}

function AgentPrerequisites() {
  return (
    <ul>
      <li>
        A machine inside the network, Linux or Windows, that reaches the directory. A small one will do.
      </li>
      <li>
        From there HTTPS to this console is open, directly or through a proxy (HTTPS_PROXY). Nothing is let
        in.
      </li>
      <li>An account that reads the directory: a plain domain user. Its password stays on that machine.</li>
    </ul>
  )
}

function AgentFields({ form }: KindFieldsProps) {
  const tenant = useSlug()
  const { data, error } = useEndpoint(listAgents, { params: { tenant } }, { refetchInterval: 5_000 })
  const { settings } = form.values
  if (settings.kind !== 'agent') return null
  const sites = (data?.items ?? []).map(({ id, site }) => ({ value: id, label: site }))
  return (
    <div className={classes.fields}>
      {error && <ProblemNote error={error} />}
      <AgentSites />
      <NativeSelect
        label="Site"
        description="The agent of this site reads the directory inside its network and pushes it here."
        data={[{ value: '', label: sites.length > 0 ? 'Choose a site' : 'Add a site above first' }, ...sites]}
        {...form.getInputProps('settings.agentId')}
        value={settings.agentId ?? ''}
      />
    </div>
  )
}
