// Which template the organisation follows, and where its settings are its own.
import { getInheritance } from '@gatepost/contract/template.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { date } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'

const words = {
  inherited: { tone: 'ok', word: 'as the template' },
  differs: { tone: 'warn', word: 'differs' },
  own: { tone: 'mute', word: 'its own' },
} as const

export function InheritancePanel() {
  const tenant = useSlug()
  const { data } = useEndpoint(getInheritance, { params: { tenant } })
  // Who follows no template has nothing to compare.
  if (!data?.template) return null
  const { template, sections, outdated } = data
  return (
    <Panel title="Template" side={template.name}>
      <div className={stack.tight}>
        <p className="tx2">
          Applied by {template.appliedBy} on {date(template.appliedAt)}.
          {outdated && ' It was changed since; the operator may apply it again.'}
        </p>
        <ul className="plain">
          {sections.map(({ section, title, state, here, template: wanted }) => (
            <li key={section}>
              {title}: <ToneText tone={words[state].tone}>{words[state].word}</ToneText>
              {state === 'differs' && (
                <span className="small tx2">
                  {' '}
                  ({here}; the template says {wanted})
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  )
}
