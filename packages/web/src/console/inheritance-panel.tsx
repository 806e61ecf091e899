// Which template the organisation follows, and where its settings are its own.

import { getInheritance } from '@gatepost/contract/template.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { date } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'

const wordsOf = (t: Words) =>
  ({
    inherited: { tone: 'ok', word: t('inheritancePanel.asTheTemplate') },
    differs: { tone: 'warn', word: t('inheritancePanel.differs') },
    own: { tone: 'mute', word: t('inheritancePanel.itsOwn') },
  }) as const

export function InheritancePanel() {
  const t = useWords('settings')
  const tenant = useSlug()
  const { data } = useEndpoint(getInheritance, { params: { tenant } })
  // Who follows no template has nothing to compare.
  if (!data?.template) return null
  const { template, sections, outdated } = data
  return (
    <Panel title={t('inheritancePanel.template')} side={template.name}>
      <div className={stack.tight}>
        <p className="tx2">
          {t('inheritancePanel.appliedByOn', {
            appliedBy: template.appliedBy,
            appliedAt: date(template.appliedAt),
          })}
          {outdated && t('inheritancePanel.itWasChangedSinceThe')}
        </p>
        <ul className="plain">
          {sections.map(({ section, title, state, here, template: wanted }) => (
            <li key={section}>
              {title}: <ToneText tone={wordsOf(t)[state].tone}>{wordsOf(t)[state].word}</ToneText>
              {state === 'differs' && (
                <span className="small tx2">{t('inheritancePanel.theTemplateSays', { here, wanted })}</span>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  )
}
