// For people outside who follow the link in one of our replies: what happened to their mail and what they can
// do.

import { getRefusal, type Refusal } from '@gatepost/contract/refusal.ts'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Mark } from '#app/shell/mark.tsx'
import { useWords } from '#i18n/i18n.ts'
import { Block, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import classes from './entry.module.css'

export function SenderPage() {
  const words = useWords('entry')
  const { code = '' } = useParams({ strict: false })
  const { data, error } = useEndpoint(getRefusal, { params: { code } })
  useEffect(() => {
    document.title = `${words('sender.title')} · Gatepost`
  }, [words])
  return (
    <main id="main" className={`${classes.ground} ${classes.centre}`}>
      <div className={classes.brand}>
        <Mark size={30} />
        Gatepost
      </div>
      <div className={`${classes.card} ${stack.stack}`}>
        <h1>{words(data ? `sender.states.${data.state}` : 'sender.title')}</h1>
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows rows={3} />}
        {data && <Told refusal={data} />}
      </div>
    </main>
  )
}

function Told({ refusal }: { readonly refusal: Refusal }) {
  const words = useWords('entry')
  const { state, at, clientIp, reply, what, advice } = refusal
  if (state === 'expired') return <p>{words('sender.expired')}</p>
  if (state === 'unknown') return <p>{words('sender.unknown')}</p>
  return (
    <>
      <p>{what}</p>
      <div>
        <h2>{words('sender.can')}</h2>
        <ul>
          {advice.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </div>
      {reply && (
        <div className={stack.tight}>
          <h2>{words('sender.told')}</h2>
          <Block>{reply}</Block>
          <p className="small tx2">
            {at !== null && <FullTime at={at} />}
            {clientIp && words('sender.toServer', { server: clientIp })}
          </p>
        </div>
      )}
    </>
  )
}
