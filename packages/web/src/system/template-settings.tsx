// The sections of a template, each with a switch: what is off stays each organisation's own.
import { retentionClasses } from '@gatepost/contract/retention.ts'
import type { TemplateSettings } from '@gatepost/contract/template.ts'
import { Button } from '@mantine/core'
import { environmentWords } from '#connect/step-words.ts'
import { Facts } from '#shared/facts.tsx'
import { plural } from '#shared/format.ts'
import stack from '#shared/stack.module.css'

type Props = {
  readonly value: TemplateSettings
  /** Absent where it is only shown. */
  readonly onChange: ((value: TemplateSettings) => void) | undefined
  readonly name: string
}

type Key = keyof TemplateSettings

const factorWords = { always: 'always asked for', outside: 'asked for from outside', never: 'not asked for' }

export function TemplateSettingsForm({ value, onChange, name }: Props) {
  const rows = rowsOf(value)
  const without = (key: Key) => {
    const { [key]: _gone, ...rest } = value
    onChange?.(rest)
  }
  if (rows.length === 0) return <p className="tx2">It names nothing yet.</p>
  return (
    <Facts
      wide
      rows={rows.map(([key, title, words]) => [
        title,
        <span key={key} className={stack.row}>
          {words}
          {onChange && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Leave ${title.toLowerCase()} out of ${name}`}
              onClick={() => without(key)}
            >
              Leave out
            </Button>
          )}
        </span>,
      ])}
    />
  )
}

function rowsOf(settings: TemplateSettings): readonly (readonly [Key, string, string])[] {
  const rows: [Key, string, string][] = []
  const { environment, emergencyContact, retention, passwordRules, secondFactor } = settings
  const { greylisting, autoAllow, policies } = settings
  if (environment) rows.push(['environment', 'Environment', environmentWords[environment]])
  if (emergencyContact) rows.push(['emergencyContact', 'Emergency contact', emergencyContact.email || 'none'])
  if (retention) rows.push(['retention', 'Retention', retentionWords(retention)])
  if (passwordRules)
    rows.push(['passwordRules', 'Password rules', `at least ${passwordRules.minLength} characters`])
  if (secondFactor) rows.push(['secondFactor', 'Second factor', factorWords[secondFactor]])
  if (greylisting !== undefined) rows.push(['greylisting', 'Greylisting', greylisting ? 'on' : 'off'])
  if (autoAllow)
    rows.push(['autoAllow', 'Auto allow', autoAllow.enabled ? plural(autoAllow.days, 'day') : 'off'])
  if (policies) rows.push(['policies', 'Policies', policies.map(({ name }) => name).join(', ') || 'none'])
  return rows
}

function retentionWords(retention: NonNullable<TemplateSettings['retention']>): string {
  return retention
    .map((item) => {
      const { name } = retentionClasses[item.class]
      return `${name} ${item.days === null ? 'for ever' : plural(item.days, 'day')}`
    })
    .join(', ')
}
