// How people get here: the methods that fit the environment, the usual one first, with what each needs (C2).

import type { Environment } from '@gatepost/contract/common.ts'
import type { ConnectorKind } from '@gatepost/contract/directory.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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
  const t = useWords('directories')
  const slug = useSlug()
  const fitting = kindForms
    .filter(({ notIn }) => environment === null || !notIn.includes(environment))
    .toSorted((a, b) => rank(b.usualIn, environment) - rank(a.usualIn, environment))
  return (
    <div className={stack.stack}>
      <ChoiceCards
        label={t('method')}
        labelHidden
        choices={fitting.map(({ kind, usualIn }) => ({
          value: kind,
          label: t(`kind.${kind}.label`),
          means: t(`kind.${kind}.means`),
          mark:
            environment !== null && usualIn.includes(environment) ? (
              <ToneText tone="ok">{t('usual')}</ToneText>
            ) : undefined,
        }))}
        value={value}
        onChange={onChange}
      />
      <p className="small tx2">
        {rich(t, 'noAccess', {
          link: (
            <Link to="/t/$slug/connect/$step" params={{ slug, step: 'add-users' }}>
              {t('bySpreadsheet')}
            </Link>
          ),
        })}
      </p>
    </div>
  )
}

function rank(usualIn: readonly Environment[], environment: Environment | null): number {
  return environment !== null && usualIn.includes(environment) ? 1 : 0
}
