// Why this environment: the DNS records we read, what each means, and those that are not there.

import type { EnvironmentProposal } from '@gatepost/contract/setup.ts'
import type { UseQueryResult } from '@tanstack/react-query'
import type * as z from 'zod'
import { environmentWords } from '#connect/step-words.ts'
import { useWords } from '#i18n/i18n.ts'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusIcon } from '#shared/status-word.tsx'
import classes from './entry.module.css'

type Proposal = z.infer<typeof EnvironmentProposal>
type Props = { readonly proposal: UseQueryResult<Proposal, Error>; readonly domain: string }

const icons = { found: 'passed', none: 'not-required', failed: 'warning' } as const

export function Evidence({ proposal, domain }: Props) {
  const words = useWords('entry')
  return (
    <div className={stack.stack} role="status">
      {proposal.data ? (
        <Found proposal={proposal.data} />
      ) : (
        <Panel title={words('evidence.which')} flush={proposal.isFetching}>
          {proposal.isFetching ? (
            <SkeletonRows rows={3} label={words('evidence.reading', { domain })} />
          ) : (
            <p className="tx2">{words('evidence.write')}</p>
          )}
        </Panel>
      )}
      {proposal.error && <ProblemNote error={proposal.error} />}
    </div>
  )
}

function Found({ proposal }: { readonly proposal: Proposal }) {
  const words = useWords('entry')
  const connectWords = useWords('connect')
  const { environment, evidence } = proposal
  const title =
    environment === null
      ? words('evidence.untold')
      : words('evidence.why', {
          name: connectWords(`environments.${environment}`, environmentWords[environment]),
        })
  return (
    <Panel title={title} side={words('evidence.justNow')} flush>
      <ul className={classes.evidence} aria-label={words('evidence.of')}>
        {evidence.map(({ record, value, means, state }) => (
          <li key={`${record} ${value}`}>
            <StatusIcon of="check" state={icons[state]} />
            <div>
              <p className="strong">{record}</p>
              {value && (
                <p className="tx2">
                  <HostText>{value}</HostText>
                </p>
              )}
              <p className="small tx3">{means}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
