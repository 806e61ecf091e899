// The stages of the cut-over across the top: gates, record at the name servers, first message, caches empty.
import type { MxView } from '@gatepost/contract/domain.ts'
import { useWords } from '#i18n/i18n.ts'
import { serversOf } from '#shared/servers.ts'
import { StatusIcon } from '#shared/status-word.tsx'
import classes from './mx.module.css'

/** A key below `mx.line` with its values. */
type Line = readonly [key: string, values?: Readonly<Record<string, number>>]
type Stage = { readonly key: string; readonly name: string; readonly line: Line; readonly done: boolean }

export function Stages({ mx }: { readonly mx: MxView }) {
  const words = useWords('connect')
  const stages = stagesOf(mx)
  const current = stages.findIndex(({ done }) => !done)
  return (
    <ol className={classes.stages} aria-label={words('mx.stages')}>
      {stages.map(({ key, name, line, done }, index) => (
        <li key={key} data-current={index === current || undefined}>
          {done ? (
            <StatusIcon of="step" state="done" size={20} />
          ) : (
            <span className={classes.number}>{index + 1}</span>
          )}
          <span>
            <span className={classes.stageName}>{words(`mx.stage.${key}`, name)}</span>
            <span className="small tx2">{words(`mx.line.${line[0]}`, { ...line[1] })}</span>
          </span>
        </li>
      ))}
    </ol>
  )
}

/** Which stages are done, from what the servers say now. */
export function stagesOf(mx: MxView): readonly Stage[] {
  const open = mx.gates.filter(({ passed }) => !passed).length
  const servers = serversOf(mx.expected)
  const own = servers.filter(({ view }) => view === 'authoritative')
  const found = own.filter(({ state }) => state === 'found').length
  const stale = servers.filter(({ view, state }) => view === 'public' && state !== 'found').length
  const published = own.length > 0 ? found === own.length : mx.complete
  return [
    {
      key: 'gates',
      name: 'Gates',
      line: open === 0 ? ['gatesPassed', { count: mx.gates.length }] : ['gatesLeft', { count: open }],
      done: open === 0,
    },
    {
      key: 'published',
      name: 'Record published',
      line: own.length > 0 ? ['servers', { found, count: own.length }] : [published ? 'seen' : 'notAsked'],
      done: published,
    },
    {
      key: 'first',
      name: 'First message',
      line: [mx.firstInboundSeenAt === null ? 'notSeen' : 'seen'],
      done: mx.firstInboundSeenAt !== null,
    },
    {
      key: 'gone',
      name: 'Old record gone',
      line: stale === 0 ? ['noCache'] : ['caches', { count: stale }],
      done: published && stale === 0 && mx.leftovers.length === 0,
    },
  ]
}
