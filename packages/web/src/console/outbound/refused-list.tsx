// Addresses that tried to send with our domain and were refused: one click authorises them.
import { getConnect } from '@gatepost/contract/connect.ts'
import { authorizeOutbound, getOutbound, type Outbound } from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button } from '@mantine/core'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './outbound.module.css'

type Props = { readonly refused: Outbound['refused']; readonly may: boolean }

export function RefusedList({ refused, may }: Props) {
  const tenant = useSlug()
  const add = useAction(authorizeOutbound, { readAgain: [getOutbound, getConnect, getLiveness] })
  if (refused.length === 0) return null
  const authorize = (address: string) =>
    add.mutate({ params: { tenant }, body: { address, comment: 'Seen but refused' } })
  return (
    <Panel title="Seen but refused" side="with one of your domains in the reverse-path" flush>
      <ul className={classes.refused}>
        {refused.map(({ address, domain, lastSeenAt, count }) => (
          <li key={`${address} ${domain}`}>
            <span className={classes.words}>
              <span className="mono strong">{address}</span> as {domain}
              <span className="tx3">
                {' · '}
                {plural(count, 'attempt')}, <RelativeTime at={lastSeenAt} />
              </span>
            </span>
            {may && (
              <Button variant="default" loading={add.isPending} onClick={() => authorize(address)}>
                Authorise {address}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {add.error && <ProblemNote error={add.error} />}
    </Panel>
  )
}
