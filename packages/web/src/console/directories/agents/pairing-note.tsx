// The one-time code, shown once, with the commands that use it.
import type { PairingCode } from '@gatepost/contract/agent.ts'
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
  const { agent, code, url } = pairing
  if (isUsed)
    return (
      <Note tone="ok" role="status" title={`The agent of ${agent.site} is paired`}>
        <p>The code is used up. Tell the agent where its directory is, and start it.</p>
        <SetAndRun />
      </Note>
    )
  return (
    <Note tone="info" role="status" title={`Pair the agent of ${agent.site} with this code`}>
      <ol className={kinds.steps}>
        <li>Download the agent below, on a machine inside the network that reaches the directory.</li>
        <li>
          Pair it. The code works once
          {agent.codeExpiresAt !== null && (
            <>
              , until <FullTime at={agent.codeExpiresAt} />
            </>
          )}
          , and is not shown again.
          <Command value={`gatepost-agent pair ${url} ${code}`} what="pairing command" />
        </li>
        <li>
          Say where the directory is, and start it.
          <SetAndRun />
        </li>
      </ol>
    </Note>
  )
}

function SetAndRun() {
  return (
    <>
      <Command value={SET} what="settings command" />
      <Command value="gatepost-agent check someone@your-domain" what="check command" />
      <Command value="gatepost-agent run" what="run command" />
    </>
  )
}

const SET =
  'gatepost-agent set --host dc1.corp.example --user sync@corp.example --password password.txt --base DC=corp,DC=example'
