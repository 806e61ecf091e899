// Recipients that were taken without being listed: look through them, add those that exist, set others aside.

import { getConnect } from '@gatepost/contract/connect.ts'
import { type Domain, listDomains } from '@gatepost/contract/domain.ts'
import {
  addUnlistedRecipients,
  dismissUnlistedRecipients,
  getRecipientPreview,
  listUnlistedRecipients,
  type UnlistedRecipient,
} from '@gatepost/contract/recipient.ts'
import { Button, Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { count } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import classes from './domains.module.css'

const LIMIT = 25
const READ_AGAIN = [listUnlistedRecipients, getRecipientPreview, listDomains, getConnect] as const

export function UnlistedRecipients({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const tenant = useSlug()
  const may = useMay('users:write')
  const mayRead = useMay('users:read')
  const pages = usePages()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const query = { limit: LIMIT, ...(pages.after === undefined ? {} : { after: pages.after }) }
  const { data } = useEndpoint(
    listUnlistedRecipients,
    { params: { tenant, domain: domain.id }, query },
    { enabled: mayRead, keepPrevious: true },
  )
  const onDone = () => setChosen(new Set())
  const add = useAction(addUnlistedRecipients, { readAgain: READ_AGAIN, onDone })
  const dismiss = useAction(dismissUnlistedRecipients, { readAgain: READ_AGAIN, onDone })
  if (!data || (data.items.length === 0 && pages.index === 0)) return null
  const toggle = (address: string) =>
    setChosen(
      (before) =>
        new Set(before.has(address) ? [...before].filter((one) => one !== address) : [...before, address]),
    )
  const all = data.items.map(({ address }) => address)
  const isAll = all.every((address) => chosen.has(address))
  const input = { params: { tenant, domain: domain.id }, body: { addresses: [...chosen] } }
  return (
    <div>
      <h3 className={classes.unlistedHead}>
        {t('unlisted.title')}
        {data.total === null ? '' : `: ${count(data.total)}`}
      </h3>
      {may && (
        <div className={stack.row}>
          <Checkbox
            label={t('unlisted.page')}
            checked={isAll}
            indeterminate={!isAll && chosen.size > 0}
            onChange={() => setChosen(isAll ? new Set() : new Set(all))}
          />
          <Button
            size="compact-sm"
            disabled={chosen.size === 0}
            loading={add.isPending}
            onClick={() => add.mutate(input)}
          >
            {chosen.size === 0 ? t('unlisted.addNone') : t('unlisted.add', { count: chosen.size })}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={chosen.size === 0}
            loading={dismiss.isPending}
            onClick={() => dismiss.mutate(input)}
          >
            {t('unlisted.aside')}
          </Button>
        </div>
      )}
      <ul className={classes.unlisted}>
        {data.items.map((row) => (
          <Row
            key={row.address}
            row={row}
            isChosen={chosen.has(row.address)}
            toggle={may ? () => toggle(row.address) : null}
          />
        ))}
      </ul>
      {add.error && <ProblemNote error={add.error} />}
      {dismiss.error && <ProblemNote error={dismiss.error} />}
      <PageFoot
        pages={pages}
        next={data.next}
        shown={data.items.length}
        limit={LIMIT}
        total={data.total}
        words={[t('back'), t('more')]}
      />
    </div>
  )
}

function Row(props: {
  readonly row: UnlistedRecipient
  readonly isChosen: boolean
  readonly toggle: (() => void) | null
}) {
  const t = useWords('domains')
  const { row, isChosen, toggle } = props
  const words = (
    <>
      <span className="mono">
        <HostText>{row.address}</HostText>
      </span>{' '}
      <span className="tx2">
        {rich(t, row.messages === 1 ? 'unlisted.once' : 'unlisted.times', {
          number: count(row.messages),
          time: <RelativeTime at={row.lastSeenAt} />,
        })}{' '}
        {hostSaid(row, t)}
      </span>
    </>
  )
  return <li>{toggle === null ? words : <Checkbox checked={isChosen} onChange={toggle} label={words} />}</li>
}

/** The mail host is the best witness of who exists. */
function hostSaid({ delivered, refused }: UnlistedRecipient, t: Words): string {
  if (delivered > 0) return `· ${t('unlisted.took')}`
  return refused > 0 ? `· ${t('unlisted.refused')}` : ''
}
