// Where one is signed in, and the end of what is not wanted.

import { endOtherSessions, endSession, listSessions, type Session } from '@gatepost/contract/account.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './account.module.css'

export function SessionsPanel() {
  const words = useWords('account')
  const { data, error } = useEndpoint(listSessions, {})
  const end = useAction(endSession, {
    readAgain: [listSessions],
    said: () => ({ text: words('ended') }),
  })
  const endOthers = useAction(endOtherSessions, {
    readAgain: [listSessions],
    said: () => ({ text: words('allEnded') }),
  })
  const confirm = useConfirm()
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const others = data.items.filter(({ current }) => !current).length
  const askOthers = async () => {
    const agreed = await confirm({
      title: words('endTitle'),
      body: words('endBody'),
      act: words('endAct'),
    })
    if (agreed) endOthers.mutate({})
  }
  return (
    <Panel title={words('where')} flush>
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
            {words('endAll')}
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
  const words = useWords('account')
  const { from, createdAt, seenAt, current } = session
  const device = deviceWords(words, session.device)
  return (
    <div className={classes.line}>
      <div className={classes.words}>
        <p className="strong">
          {device}
          {current && <span className="tx2"> · {words('thisSession')}</span>}
        </p>
        <p className="small tx2">
          {rich(words, 'sessionLine', {
            from: <span className="mono">{from}</span>,
            method: methodWords(words, session.method),
            since: <RelativeTime at={createdAt} />,
            seen: <RelativeTime at={seenAt} />,
          })}
        </p>
      </div>
      {onEnd && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onEnd}>
          {words('end')} <span className="hidden-visually">{words('endOf', { device, from })}</span>
        </Button>
      )}
    </div>
  )
}

/** "Firefox on Windows": names of products around one word. */
export function deviceWords(words: Words, device: string): string {
  const [browser = '', system] = device.split(' on ')
  if (system !== undefined) return words('deviceOn', { browser, system })
  return device === 'Unknown device' ? words('unknownDevice') : device
}

/** "Password and code"; an identity provider keeps its name. */
export function methodWords(words: Words, method: string): string {
  const [, first = method, factor] = /^(.*) and (code|passkey|recovery code)$/.exec(method) ?? []
  const said = (one: string): string => words(`methods.${one.toLowerCase().replaceAll(' ', '-')}`, one)
  if (factor === undefined) return said(first)
  return words('methodAnd', { method: said(first), factor: said(factor) })
}
