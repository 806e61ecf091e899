// The answer to a question: the verdict, every policy in order, what would change it, and the facts.
import type { askMessage } from '@gatepost/contract/message.ts'
import type * as z from 'zod'
import { gathered } from '#console/messages/message-aside.tsx'
import { PolicyList } from '#console/messages/policy-list.tsx'
import { SmallestChange } from '#console/messages/remedies.tsx'
import why from '#console/messages/why.module.css'
import { useWords } from '#i18n/i18n.ts'
import { Facts } from '#shared/facts.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { StateName, StatusIcon } from '#shared/status-word.tsx'
import { wordOf } from '#shared/vocabulary.ts'

type Asked = z.output<(typeof askMessage)['output']>

const states = { accept: 'accepted', hold: 'held', defer: 'deferred', reject: 'refused' } as const

export function Answer({ answer }: { readonly answer: Asked }) {
  const words = useWords('messages')
  const state = states[answer.outcome]
  const { tone } = wordOf('message', state)
  return (
    <div className={stack.stack}>
      <section className={why.verdict} data-tone={tone} aria-label={words('why.verdict')}>
        <StatusIcon of="message" state={state} size={20} />
        <p className={why.sentence} role="status">
          <strong>
            <StateName of="message" state={state} />.
          </strong>{' '}
          {answer.verdict}
        </p>
      </section>
      <SmallestChange text={null} remedies={answer.remedies} because={words('answer.because')} />
      <Panel
        title={words('answer.every')}
        side={
          answer.settingsRevision === null
            ? undefined
            : words(answer.withDraft ? 'answer.revisionDraft' : 'answer.revision', {
                number: answer.settingsRevision,
              })
        }
      >
        <PolicyList steps={answer.explanation} brief={false} label={words('answer.asked')} />
        {!answer.contentAsked && <p className="small tx2">{words('answer.envelope')}</p>}
      </Panel>
      <Panel title={words('why.facts')}>
        <Facts rows={answer.facts.map((fact) => gathered(fact, words))} />
      </Panel>
    </div>
  )
}
