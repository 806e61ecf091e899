// Every change of a policy: who, when, why, and each field before and after.
import { getPolicyHistory } from '@gatepost/contract/policy.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from './policies.module.css'

export function HistoryPanel({ policy }: { readonly policy: string }) {
  const tenant = useSlug()
  const words = useWords('policies')
  const { data, error } = useEndpoint(getPolicyHistory, { params: { tenant, policy }, query: { limit: 20 } })
  if (error) return <ProblemNote error={error} />
  if (!data) return null
  return (
    <Panel title={words('history.title')} side={String(data.items.length)} flush>
      <ol className={classes.history}>
        {data.items.map((revision) => (
          <li key={revision.id}>
            <p>
              <span className="strong">{words(`history.${revision.action}`)}</span>{' '}
              {words('history.by', { actor: revision.actor })} <FullTime at={revision.at} />
            </p>
            {revision.reason && <p className="tx2">{revision.reason}</p>}
            {revision.action === 'changed' && (
              <dl className={classes.changes}>
                {revision.changes.map(({ field, before, after }) => (
                  <div key={field}>
                    <dt>{field}</dt>
                    <dd>
                      <del>{shown(before, words)}</del> <ins>{shown(after, words)}</ins>
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function shown(value: unknown, words: Words): string {
  if (value === null || value === undefined || value === '') return words('history.none')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
