// Where one is signed in, and the end of what is not wanted.
import { endOtherSessions, endSession, listSessions, type Session } from '@gatepost/contract/account.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './account.module.css'

export function SessionsPanel() {
  const { data, error } = useEndpoint(listSessions, {})
  const end = useAction(endSession, {
    readAgain: [listSessions],
    said: () => ({ text: 'The session is ended.' }),
  })
  const endOthers = useAction(endOtherSessions, {
    readAgain: [listSessions],
    said: () => ({ text: 'All other sessions are ended.' }),
  })
  const confirm = useConfirm()
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const others = data.items.filter(({ current }) => !current).length
  const askOthers = async () => {
    const agreed = await confirm({
      title: 'Everywhere else you are signed out',
      body: 'This session goes on. Whoever is signed in elsewhere has to sign in again.',
      act: 'End the others',
    })
    if (agreed) endOthers.mutate({})
  }
  return (
    <Panel title="Where you are signed in" flush>
      {data.items.map((session) => (
        <SessionLine
          key={session.id}
          session={session}
          onEnd={session.current ? null : () => end.mutate({ params: { session: session.id } })}
        />
      ))}
      {(end.error || endOthers.error) && <ProblemNote error={end.error ?? endOthers.error} />}
      {others > 0 && (
        <PanelFoot>
          <Button variant="default" onClick={askOthers} loading={endOthers.isPending}>
            End all others
          </Button>
        </PanelFoot>
      )}
    </Panel>
  )
}

export function SessionLine({
  session,
  onEnd,
}: {
  readonly session: Session
  readonly onEnd: (() => void) | null
}) {
  const { device, from, method, createdAt, seenAt, current } = session
  return (
    <div className={classes.line}>
      <div className={classes.words}>
        <p className="strong">
          {device}
          {current && <span className="tx2"> · this session</span>}
        </p>
        <p className="small tx2">
          From <span className="mono">{from}</span>, by {method.charAt(0).toLowerCase() + method.slice(1)},
          since <RelativeTime at={createdAt} />, seen <RelativeTime at={seenAt} />
        </p>
      </div>
      {onEnd && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onEnd}>
          End
          <span className="hidden-visually">
            {' '}
            the session on {device} from {from}
          </span>
        </Button>
      )}
    </div>
  )
}
