// The one-time code, shown once, with the commands that use it.

import type { PairingCode } from '@gatepost/contract/agent.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Note } from '#shared/note.tsx'
import { FullTime } from '#shared/time.tsx'
import kinds from '../kinds/kinds.module.css'
import { Command } from '../kinds/value.tsx'

export function PairingNote({
  pairing,
  isUsed,
}: {
  readonly pairing: PairingCode
  readonly isUsed: boolean
}) {
  const t = useWords('directories')
  const { agent, code, url } = pairing
  if (isUsed)
    return (
      <Note tone="ok" role="status" title={t('pair.done', { site: agent.site })}>
        <p>{t('pair.doneMeans')}</p>
        <SetAndRun />
      </Note>
    )
  return (
    <Note tone="info" role="status" title={t('pair.title', { site: agent.site })}>
      <ol className={kinds.steps}>
        <li>{t('pair.download')}</li>
        <li>
          {agent.codeExpiresAt === null
            ? t('pair.once')
            : rich(t, 'pair.onceUntil', { time: <FullTime at={agent.codeExpiresAt} /> })}
          <Command value={`gatepost-agent pair ${url} ${code}`} copy={t('pair.copyPair')} />
        </li>
        <li>
          {t('pair.say')} <SetAndRun />
        </li>
      </ol>
    </Note>
  )
}

function SetAndRun() {
  const t = useWords('directories')
  return (
    <>
      <Command value={SET} copy={t('pair.copySet')} />
      <Command value="gatepost-agent check someone@your-domain" copy={t('pair.copyCheck')} />
      <Command value="gatepost-agent run" copy={t('pair.copyRun')} />
    </>
  )
}

const SET =
  'gatepost-agent set --host dc1.corp.example --user sync@corp.example --password password.txt --base DC=corp,DC=example'
