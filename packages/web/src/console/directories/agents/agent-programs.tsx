// The agent's programs: what can be downloaded, how large it is and its digest, or why it cannot be had.

import type { AgentProgram } from '@gatepost/contract/agent.ts'
import { Button } from '@mantine/core'
import { useWords, type Words } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { bytes } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './agents.module.css'

const SYSTEMS = {
  'gatepost-agent-linux-x64': 'linux',
  'gatepost-agent-windows-x64.exe': 'windows',
  'gatepost-agent.mjs': 'node',
} as const satisfies { readonly [Name in AgentProgram['name']]: string }

type Props = { readonly programs: readonly AgentProgram[]; readonly version: string }

export function AgentPrograms({ programs, version }: Props) {
  const t = useWords('directories')
  return (
    <Panel title={t('program.title')} side={t('program.version', { version })} flush>
      <ul className={stack.plain}>
        {programs.map((program) => (
          <Program key={program.name} program={program} />
        ))}
      </ul>
    </Panel>
  )
}

function Program({ program }: { readonly program: AgentProgram }) {
  const t = useWords('directories')
  const { name, state, sha256 } = program
  const title = t(`program.${SYSTEMS[name]}.title`)
  return (
    <li className={classes.program}>
      <div>
        <span className="strong">{title}</span>
        <p className="small tx2">
          {state === 'unavailable' ? program.why : t(`program.${SYSTEMS[name]}.line`)}
        </p>
        {sha256 !== null && (
          <p className={classes.digest}>
            <span className="small tx3">SHA-256</span> <span className="mono">{sha256}</span>
            <CopyButton value={sha256} label={t('program.copy', { name })} />
          </p>
        )}
      </div>
      <Button
        component="a"
        className={classes.take ?? ''}
        href={`/v1/agent/programs/${name}`}
        download={name}
        variant="default"
        size="compact-sm"
      >
        {buttonWord(program, t)}
        <span className="hidden-visually"> {title}</span>
      </Button>
    </li>
  )
}

/** What is built when somebody takes it says so: the first download begins some seconds later. */
function buttonWord({ state, bytes: size }: AgentProgram, t: Words): string {
  if (state === 'unavailable') return t('program.again')
  return size === null ? t('program.build') : t('program.download', { size: bytes(size) })
}
