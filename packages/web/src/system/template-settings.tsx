// The sections of a template, each with a switch: what is off stays each organisation's own.
import type { Environment } from '@gatepost/contract/common.ts'
import type { TemplateSettings } from '@gatepost/contract/template.ts'
import { Button } from '@mantine/core'
import { useEnvironmentWord } from '#connect/step-words.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { Facts } from '#shared/facts.tsx'
import stack from '#shared/stack.module.css'

type Props = {
  readonly value: TemplateSettings
  /** Absent where it is only shown. */
  readonly onChange: ((value: TemplateSettings) => void) | undefined
  readonly name: string
}

type Key = keyof TemplateSettings

const factorWordsOf = (t: Words) => ({
  always: t('templateSettings.alwaysAskedFor'),
  outside: t('templateSettings.askedForFromOutside'),
  never: t('templateSettings.notAskedFor'),
})

export function TemplateSettingsForm({ value, onChange, name }: Props) {
  const t = useWords('system')
  const rows = rowsOf(
    { t, retentionClass: useWords('retention'), environmentWord: useEnvironmentWord() },
    value,
  )
  const without = (key: Key) => {
    const { [key]: _gone, ...rest } = value
    onChange?.(rest)
  }
  if (rows.length === 0) return <p className="tx2">{t('templateSettings.itNamesNothingYet')}</p>
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
              aria-label={t('templateSettings.leaveOutOf', { title, name })}
              onClick={() => without(key)}
            >
              {t('templateSettings.leaveOut')}
            </Button>
          )}
        </span>,
      ])}
    />
  )
}

type RowWords = {
  readonly t: Words
  readonly retentionClass: Words
  readonly environmentWord: (environment: Environment) => string
}

function rowsOf(words: RowWords, settings: TemplateSettings): readonly (readonly [Key, string, string])[] {
  const { t, environmentWord } = words
  const rows: [Key, string, string][] = []
  const { environment, emergencyContact, retention, passwordRules, secondFactor } = settings
  const { greylisting, autoAllow, policies } = settings
  if (environment) rows.push(['environment', t('system.environment'), environmentWord(environment)])
  if (emergencyContact)
    rows.push([
      'emergencyContact',
      t('templateSettings.emergencyContact'),
      emergencyContact.email || t('templateSettings.none'),
    ])
  if (retention) rows.push(['retention', t('templateSettings.retention'), retentionWords(words, retention)])
  if (passwordRules)
    rows.push([
      'passwordRules',
      t('templateSettings.passwordRules'),
      t('templateSettings.atLeastCharacters', { minLength: passwordRules.minLength }),
    ])
  if (secondFactor)
    rows.push(['secondFactor', t('templateSettings.secondFactor'), factorWordsOf(t)[secondFactor]])
  if (greylisting !== undefined)
    rows.push([
      'greylisting',
      t('templateSettings.greylisting'),
      greylisting ? t('templateSettings.on') : t('templateSettings.off'),
    ])
  if (autoAllow)
    rows.push([
      'autoAllow',
      t('templateSettings.autoAllow'),
      autoAllow.enabled ? t('templateSettings.days', { count: autoAllow.days }) : t('templateSettings.off'),
    ])
  if (policies)
    rows.push([
      'policies',
      t('templateSettings.policies'),
      policies.map(({ name }) => name).join(', ') || t('templateSettings.none'),
    ])
  return rows
}

function retentionWords(
  { t, retentionClass }: RowWords,
  retention: NonNullable<TemplateSettings['retention']>,
): string {
  return retention
    .map((item) => {
      const name = retentionClass(`class.${item.class}.name`)
      const days =
        item.days === null ? t('templateSettings.forEver') : t('templateSettings.days', { count: item.days })
      return `${name} ${days}`
    })
    .join(', ')
}
