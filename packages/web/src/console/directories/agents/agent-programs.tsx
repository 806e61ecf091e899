// The agent's programs: what can be downloaded, how large it is and its digest, or why it cannot be had.
import type { AgentProgram } from '@gatepost/contract/agent.ts'
import { Button } from '@mantine/core'
import { CopyButton } from '#shared/copy-button.tsx'
import { bytes } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './agents.module.css'

const words: { readonly [Name in AgentProgram['name']]: { readonly title: string; readonly line: string } } =
  {
    'gatepost-agent-linux-x64': {
      title: 'Linux, one file',
      line: 'Nothing else is needed. Make it executable: chmod +x gatepost-agent-linux-x64',
    },
    'gatepost-agent-windows-x64.exe': {
      title: 'Windows, one file',
      line: 'Nothing else is needed. It is not signed, so SmartScreen asks once.',
    },
    'gatepost-agent.mjs': {
      title: 'Script for Node 26',
      line: 'Any system with Node 26: node gatepost-agent.mjs',
    },
  }

type Props = { readonly programs: readonly AgentProgram[]; readonly version: string }

export function AgentPrograms({ programs, version }: Props) {
  return (
    <Panel title="Download the agent" side={`version ${version}`} flush>
      <ul className={stack.plain}>
        {programs.map((program) => (
          <Program key={program.name} program={program} />
        ))}
      </ul>
    </Panel>
  )
}

function Program({ program }: { readonly program: AgentProgram }) {
  const { name, state, sha256 } = program
  const { title, line } = words[name]
  return (
    <li className={classes.program}>
      <div>
        <span className="strong">{title}</span>
        <p className="small tx2">{state === 'unavailable' ? program.why : line}</p>
        {sha256 !== null && (
          <p className={classes.digest}>
            <span className="small tx3">SHA-256</span> <span className="mono">{sha256}</span>
            <CopyButton value={sha256} label={`Copy SHA-256 of ${name}`} />
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
        {buttonWord(program)}
        <span className="hidden-visually"> {title}</span>
      </Button>
    </li>
  )
}

/** What is built when somebody takes it says so: the first download begins some seconds later. */
function buttonWord({ state, bytes: size }: AgentProgram): string {
  if (state === 'unavailable') return 'Try again'
  return size === null ? 'Build and download' : `Download, ${bytes(size)}`
}
