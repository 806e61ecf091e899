// For people outside who follow the link in one of our replies: what happened to their mail and what they can
// do.
import { getRefusal, type Refusal } from '@gatepost/contract/refusal.ts'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Mark } from '#app/shell/mark.tsx'
import { Block, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import classes from './entry.module.css'

const titles: { readonly [State in Refusal['state']]: string } = {
  refused: 'Your message was refused',
  deferred: 'Your message was asked to come again',
  expired: 'This link has expired',
  unknown: 'Nothing is known under this link',
}

export function SenderPage() {
  const { code = '' } = useParams({ strict: false })
  const { data, error } = useEndpoint(getRefusal, { params: { code } })
  useEffect(() => {
    document.title = 'About your message · Gatepost'
  }, [])
  return (
    <main id="main" className={`${classes.ground} ${classes.centre}`}>
      <div className={classes.brand}>
        <Mark size={30} />
        Gatepost
      </div>
      <div className={`${classes.card} ${stack.stack}`}>
        <h1>{data ? titles[data.state] : 'About your message'}</h1>
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows rows={3} />}
        {data && <Told refusal={data} />}
      </div>
    </main>
  )
}

function Told({ refusal }: { readonly refusal: Refusal }) {
  const { state, at, clientIp, reply, what, advice } = refusal
  if (state === 'expired')
    return <p>What happened is kept for 30 days. Send the message again to see a newer answer.</p>
  if (state === 'unknown') {
    return (
      <p>
        Check that the link was copied whole. Where many messages were refused at once, not each has a page.
      </p>
    )
  }
  return (
    <>
      <p>{what}</p>
      <div>
        <h2>What you can do</h2>
        <ul>
          {advice.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </div>
      {reply && (
        <div className={stack.tight}>
          <h2>What your mail server was told</h2>
          <Block>{reply}</Block>
          <p className="small tx2">
            {at !== null && <FullTime at={at} />}
            {clientIp && `, to the server ${clientIp}`}
          </p>
        </div>
      )}
    </>
  )
}
