// Addresses that tried to send with our domain and were refused: one click authorises them.

import { getConnect } from '@gatepost/contract/connect.ts'
import { authorizeOutbound, getOutbound, type Outbound } from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button } from '@mantine/core'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './outbound.module.css'

type Props = { readonly refused: Outbound['refused']; readonly may: boolean }

export function RefusedList({ refused, may }: Props) {
  const t = useWords('flow')
  const tenant = useSlug()
  const add = useAction(authorizeOutbound, { readAgain: [getOutbound, getConnect, getLiveness] })
  if (refused.length === 0) return null
  const authorize = (address: string) =>
    add.mutate({ params: { tenant }, body: { address, comment: t('refusedList.seenButRefused') } })
  return (
    <Panel title={t('refusedList.seenButRefused')} side={t('refusedList.withOneOfYourDomainsInThe')} flush>
      <ul className={classes.refused}>
        {refused.map(({ address, domain, lastSeenAt, count }) => (
          <li key={`${address} ${domain}`}>
            <span className={classes.words}>
              {rich(t, 'refusedList.as', {
                span: <span className="mono strong">{address}</span>,
                domain,
                span2: (
                  <span className="tx3">
                    {' · '}
                    {t('refusedList.attempts', { count })}, <RelativeTime at={lastSeenAt} />
                  </span>
                ),
              })}
            </span>
            {may && (
              <Button variant="default" loading={add.isPending} onClick={() => authorize(address)}>
                {t('refusedList.authorise', { address })}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {add.error && <ProblemNote error={add.error} />}
    </Panel>
  )
}
