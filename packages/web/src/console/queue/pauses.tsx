// Pauses of delivery: a switch for all of it and for each route, and a note at the top while one is on.
import { getQueuePause, listQueue, type QueuePause, setQueuePause } from '@gatepost/contract/queue.ts'
import { Button, Switch } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { keyOf, useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { locale } from '#i18n/language.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

const READ_MS = 10_000

/** What is paused, and how to change it; shared by the note and the switches. */
export function usePauses() {
  const tenant = useSlug()
  const client = useQueryClient()
  const params = { tenant }
  const { data } = useEndpoint(getQueuePause, { params }, { refetchInterval: READ_MS })
  const change = useAction(setQueuePause, {
    readAgain: [listQueue],
    onDone: (pause) => client.setQueryData(keyOf(getQueuePause, { params }), pause),
  })
  return {
    pause: data,
    error: change.error,
    changing: change.isPending ? change.variables.body : null,
    set: (routeId: string | null, paused: boolean) => change.mutate({ params, body: { routeId, paused } }),
  }
}

type Pauses = ReturnType<typeof usePauses>

export function PauseNote({ pause, set }: Pick<Pauses, 'pause' | 'set'>) {
  const words = useWords('queue')
  const may = useMay('queue:write')
  if (!pause) return null
  const routes = pause.routes.filter(({ paused }) => paused)
  if (!pause.delivery && routes.length === 0) return null
  const resume = (label: string, routeId: string | null) =>
    may && (
      <Button key={label} variant="default" size="compact-sm" onClick={() => set(routeId, false)}>
        {label}
      </Button>
    )
  return (
    <Note tone="hold" title={pausedWords(pause, words)} role="status">
      <div className={stack.tight}>
        <p>{words('pause.text')}</p>
        <div className={stack.row}>
          {pause.delivery && resume(words('pause.resumeAll'), null)}
          {routes.map(({ id, name }) => resume(words('pause.resume', { name }), id))}
        </div>
      </div>
    </Note>
  )
}

/** `Delivery by Exchange and Backup is paused`. */
export function pausedWords({ delivery, routes }: QueuePause, words: Words): string {
  if (delivery) return words('pause.allPaused')
  const names = routes.filter(({ paused }) => paused).map(({ name }) => name)
  return words('pause.byPaused', { names: new Intl.ListFormat(locale()).format(names) })
}

export function PausePanel({ pause, error, changing, set }: Pauses) {
  const words = useWords('queue')
  const may = useMay('queue:write')
  if (!pause) return null
  return (
    <Panel title={words('pause.title')} side={words('pause.side')}>
      <div className={stack.stack}>
        {error && <ProblemNote error={error} />}
        <Switch
          label={words('pause.all')}
          description={words(may ? 'pause.allText' : 'bar.noRight')}
          checked={pause.delivery}
          disabled={!may || changing?.routeId === null}
          onChange={(event) => set(null, event.currentTarget.checked)}
        />
        {pause.routes.map(({ id, name, paused }) => (
          <Switch
            key={id}
            label={words('pause.route', { name })}
            checked={paused}
            disabled={!may || changing?.routeId === id}
            onChange={(event) => set(id, event.currentTarget.checked)}
          />
        ))}
      </div>
    </Panel>
  )
}
