// The rows of the message centre: dense table, cards on a phone; new rows have a green edge until seen.
import type { MessageRow } from '@gatepost/contract/message.ts'
import { IconArrowDownLeft, IconArrowUpRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useReason } from '#i18n/reason.ts'
import { count } from '#shared/format.ts'
import { usePhone } from '#shared/screen.ts'
import { StatusWord } from '#shared/status-word.tsx'
import table from '#shared/table.module.css'
import { ClockTime } from '#shared/time.tsx'
import classes from './messages.module.css'
import { noSubject, personOf, recipientOf, senderOf } from './people.ts'
import { useSteadyRows } from './use-steady-rows.ts'

type Props = {
  readonly rows: readonly MessageRow[]
  readonly isNew: (id: string) => boolean
  /** Local people show without it. */
  readonly ownDomain: string
}

export function MessageList({ rows, isNew, ownDomain }: Props) {
  const phone = usePhone()
  const words = useWords('messages')
  const { shown, held, release, box } = useSteadyRows(rows)
  return (
    <>
      {held > 0 && (
        <button type="button" className={classes.more} onClick={release}>
          {words('list.new', { count: held, number: count(held) })}
        </button>
      )}
      {phone ? (
        <ul className={table.cards} aria-label={words('title')} ref={box}>
          {shown.map((row) => (
            <li key={row.id} className={classes.card} data-new={isNew(row.id) || undefined}>
              <Card row={row} ownDomain={ownDomain} />
            </li>
          ))}
        </ul>
      ) : (
        <table className={`${table.table} ${classes.table}`} data-dense data-hover ref={box}>
          <caption className="hidden-visually">{words('list.label')}</caption>
          <thead>
            <tr>
              <th scope="col">{words('list.time')}</th>
              <th scope="col">
                <span className="hidden-visually">{words('filter.direction')}</span>
              </th>
              <th scope="col">{words('filter.sender')}</th>
              <th scope="col">{words('filter.recipient')}</th>
              <th scope="col">{words('list.subject')}</th>
              <th scope="col">{words('filter.status')}</th>
              <th scope="col">{words('filter.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <TableRow key={row.id} row={row} isNew={isNew(row.id)} ownDomain={ownDomain} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

type RowProps = { readonly row: MessageRow; readonly isNew: boolean; readonly ownDomain: string }

function TableRow({ row, isNew, ownDomain }: RowProps) {
  const words = useWords('messages')
  const say = useReason()
  const from = senderOf(row, words)
  const to = recipientOf(row, words)
  return (
    <tr className={classes.row} data-new={isNew || undefined}>
      <td>
        <ClockTime at={row.at} />
      </td>
      <td>
        <Direction direction={row.direction} />
      </td>
      <td className={table.cut} title={from}>
        {personOf(from, ownDomain)}
      </td>
      <td className={table.cut} title={to}>
        {personOf(to, ownDomain)}
      </td>
      <td className={table.cut} title={row.subject ?? undefined}>
        <MessageLink row={row} />
      </td>
      <td>
        <StatusWord of="message" state={row.status} />
      </td>
      <td className={`${table.cut} tx2`} title={say(row.reason)}>
        {say(row.reason)}
        {row.count > 1 && ` ${words('list.times', { number: count(row.count) })}`}
      </td>
    </tr>
  )
}

function Card({ row, ownDomain }: { readonly row: MessageRow; readonly ownDomain: string }) {
  const words = useWords('messages')
  const say = useReason()
  return (
    <>
      <span className={classes.cardHead}>
        <StatusWord of="message" state={row.status} />
        <span className="tx2">
          <ClockTime at={row.at} />
        </span>
      </span>
      <MessageLink row={row} />
      <span className="tx2">
        {personOf(senderOf(row, words), ownDomain)} → {personOf(recipientOf(row, words), ownDomain)}
      </span>
      {row.reason && <span className="small tx3">{say(row.reason)}</span>}
    </>
  )
}

function MessageLink({ row }: { readonly row: MessageRow }) {
  const words = useWords('messages')
  const slug = useSlug()
  return (
    <Link to="/t/$slug/messages/$message" params={{ slug, message: row.id }} className={classes.subject}>
      {row.subject || <span className="tx3">{noSubject(row, words)}</span>}
    </Link>
  )
}

function Direction({ direction }: { readonly direction: MessageRow['direction'] }) {
  const words = useWords('messages')
  if (direction === null) return <span className="hidden-visually">{words('filter.notTaken')}</span>
  const Icon = direction === 'inbound' ? IconArrowDownLeft : IconArrowUpRight
  return (
    <>
      <Icon size={15} stroke={1.6} className="tx3" aria-hidden />
      <span className="hidden-visually">{words(`filter.${direction}`)}</span>
    </>
  )
}
