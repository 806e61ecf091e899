// A directory behind an agent in the form of a connector (D6): which site pushes, and where sites are made.

import { listAgents } from '@gatepost/contract/agent.ts'
import type { AgentSettings } from '@gatepost/contract/directory-agent.ts'
import { NativeSelect } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { AgentSites } from '../agents/agent-sites.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'
import classes from './kinds.module.css'

export const agentForm: KindForm = {
  kind: 'agent',

  usualIn: [],
  notIn: ['google-workspace'],
  defaultName: 'Agent',
  looksUp: true,
  blank: (): AgentSettings => ({ kind: 'agent', agentId: null }),
  check: ({ settings }: DirectoryValues, _isNew: boolean, t: Words): Readonly<Record<string, string>> => {
    const isChosen = settings.kind !== 'agent' || (settings.agentId ?? '') !== ''
    return isChosen ? {} : { 'settings.agentId': t('agent.choose') }
  },
  Prerequisites: AgentPrerequisites,
  Fields: AgentFields,
}

function AgentPrerequisites() {
  const t = useWords('directories')
  return (
    <ul>
      <li>{t('agent.machine')}</li>
      <li>{t('agent.https')}</li>
      <li>{t('agent.account')}</li>
    </ul>
  )
}

function AgentFields({ form }: KindFieldsProps) {
  const t = useWords('directories')
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
        label={t('agent.site')}
        description={t('agent.siteMeans')}
        data={[
          { value: '', label: sites.length > 0 ? t('agent.chooseSite') : t('agent.addFirst') },
          ...sites,
        ]}
        {...form.getInputProps('settings.agentId')}
        value={settings.agentId ?? ''}
      />
    </div>
  )
}
