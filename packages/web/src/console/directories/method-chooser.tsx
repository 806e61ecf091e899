// How people get here: the methods that fit the environment, the usual one first, with what each needs (C2).
import type { Environment } from '@gatepost/contract/common.ts'
import type { ConnectorKind } from '@gatepost/contract/directory.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { kindForms } from './kinds.ts'

type Props = {
  readonly environment: Environment | null
  readonly value: ConnectorKind | null
  readonly onChange: (kind: ConnectorKind) => void
}

export function MethodChooser({ environment, value, onChange }: Props) {
  const slug = useSlug()
  const fitting = kindForms
    .filter(({ notIn }) => environment === null || !notIn.includes(environment))
    .toSorted((a, b) => rank(b.usualIn, environment) - rank(a.usualIn, environment))
  return (
    <div className={stack.stack}>
      <ChoiceCards
        label="Method"
        labelHidden
        choices={fitting.map(({ kind, label, means, usualIn }) => ({
          value: kind,
          label,
          means,
          mark:
            environment !== null && usualIn.includes(environment) ? (
              <ToneText tone="ok">Usual here</ToneText>
            ) : undefined,
        }))}
        value={value}
        onChange={onChange}
      />
      <p className="small tx2">
        No directory, or no access to it?{' '}
        <Link to="/t/$slug/connect/$step" params={{ slug, step: 'add-users' }}>
          Add users by spreadsheet
        </Link>{' '}
        instead; a list that is not kept up refuses mail of newcomers.
      </p>
    </div>
  )
}

function rank(usualIn: readonly Environment[], environment: Environment | null): number {
  return environment !== null && usualIn.includes(environment) ? 1 : 0
}
