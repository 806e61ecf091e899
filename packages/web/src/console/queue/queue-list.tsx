// The rows of the queue: dense table with a box to select each, cards on a phone.
import { Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count, span } from '#shared/format.ts'
import { useNow } from '#shared/now.ts'
import { usePhone } from '#shared/screen.ts'
import { StatusWord } from '#shared/status-word.tsx'
import table from '#shared/table.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { personOf } from '../messages/people.ts'
import classes from './queue.module.css'
import { type Next, type Row, recipientsOf, type Summary, summaryOf } from './queue-rows.ts'
import { isSelected, type Selection } from './selection.ts'

export type ListProps = {
  readonly rows: readonly Row[]
  readonly selection: Selection
  readonly onToggle: (id: string) => void
  readonly onToggleAll: () => void
  /** Local people show without it. */
  readonly ownDomain: string
  readonly routeName: (id: string) => string
}

export function QueueList(props: ListProps) {
  const phone = usePhone()
  return phone ? <Cards {...props} /> : <Table {...props} />
}

function Table(props: ListProps) {
  const words = useWords('queue')
  const { rows, selection, onToggleAll } = props
  const chosen = rows.filter(({ message }) => isSelected(selection, message.id)).length
  const isFull = chosen === rows.length
  return (
    <table className={`${table.table} ${classes.table}`} data-dense data-hover>
      <caption className="hidden-visually">{words('list.label')}</caption>
      <thead>
        <tr>
          <th scope="col">
            <Checkbox
              size="xs"
              aria-label={words('list.selectAll')}
              checked={isFull}
              indeterminate={chosen > 0 && !isFull}
              onChange={onToggleAll}
            />
          </th>
          <th scope="col">{words('list.received')}</th>
          <th scope="col">{words('list.from')}</th>
          <th scope="col">{words('list.to')}</th>
          <th scope="col">{words('list.state')}</th>
          <th scope="col" data-align="right">
            {words('list.attempts')}
          </th>
          <th scope="col">{words('list.next')}</th>
          <th scope="col">{words('list.reply')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <TableRow key={row.message.id} row={row} {...props} />
        ))}
      </tbody>
    </table>
  )
}

type RowProps = ListProps & { readonly row: Row }

function TableRow({ row, selection, onToggle, ownDomain, routeName }: RowProps) {
  const words = useWords('queue')
  const { message, gone } = row
  const summary = summaryOf(message)
  const to = recipientsOf(message, words)
  const selected = isSelected(selection, message.id)
  return (
    <tr data-selected={selected || undefined} data-gone={gone || undefined} className={classes.row}>
      <td>
        <RowBox row={row} selected={selected} onToggle={onToggle} />
      </td>
      <td className={table.once}>
        <RelativeTime at={message.receivedAt} />
      </td>
      <td className={table.cut} title={message.reversePath ?? undefined}>
        <WhyLink row={row} ownDomain={ownDomain} />
      </td>
      <td className={table.cut} title={message.recipients.map(({ forwardPath }) => forwardPath).join(', ')}>
        {personOf(to, ownDomain)}
      </td>
      <td className={table.once}>
        <State gone={gone} summary={summary} />
      </td>
      <td data-align="right">{count(summary.attempts)}</td>
      <td className={`${table.cut} tx2`}>
        <NextCell gone={gone} summary={summary} routeName={routeName} />
      </td>
      <td className={`${table.cut} tx2`} title={summary.lastReply}>
        {summary.lastReply}
      </td>
    </tr>
  )
}

function Cards(props: ListProps) {
  const words = useWords('queue')
  const { rows, selection, onToggle, ownDomain, routeName } = props
  return (
    <ul className={table.cards} aria-label={words('list.label')}>
      {rows.map((row) => {
        const { message, gone } = row
        const summary = summaryOf(message)
        const selected = isSelected(selection, message.id)
        return (
          <li key={message.id} className={classes.card} data-selected={selected || undefined}>
            <span className={classes.tap}>
              <RowBox row={row} selected={selected} onToggle={onToggle} size="md" />
            </span>
            <div className={classes.cardText}>
              <span className={classes.cardHead}>
                <State gone={gone} summary={summary} />
                <span className="tx2">
                  <RelativeTime at={message.receivedAt} />
                </span>
              </span>
              <WhyLink row={row} ownDomain={ownDomain} />
              <span className="tx2">
                {words('list.toWhom', { people: personOf(recipientsOf(message, words), ownDomain) })}
              </span>
              <span className="tx2">
                <NextCell gone={gone} summary={summary} routeName={routeName} />
                {summary.attempts > 0 && words('list.attemptCount', { number: count(summary.attempts) })}
              </span>
              {summary.lastReply && <span className="small tx3">{summary.lastReply}</span>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

type BoxProps = {
  readonly row: Row
  readonly selected: boolean
  readonly onToggle: (id: string) => void
  readonly size?: 'xs' | 'md'
}

function RowBox({ row, selected, onToggle, size = 'xs' }: BoxProps) {
  const words = useWords('queue')
  const { message } = row
  const name = words('list.select', {
    from: message.reversePath ?? words('list.theNullSender'),
    to: recipientsOf(message, words),
  })
  return <Checkbox size={size} aria-label={name} checked={selected} onChange={() => onToggle(message.id)} />
}

function WhyLink({ row, ownDomain }: { readonly row: Row; readonly ownDomain: string }) {
  const slug = useSlug()
  const words = useWords('queue')
  const { id, reversePath } = row.message
  return (
    <Link to="/t/$slug/messages/$message" params={{ slug, message: id }} className={classes.link}>
      {reversePath === null || reversePath === ''
        ? words('list.nullSender')
        : personOf(reversePath, ownDomain)}
    </Link>
  )
}

function State({ gone, summary }: { readonly gone: boolean; readonly summary: Summary }) {
  const words = useWords('queue')
  if (gone) return <span className="tx3">{words('list.gone')}</span>
  const { heldOf } = summary
  const word = heldOf && words('list.heldOf', { held: count(heldOf.held), total: count(heldOf.total) })
  return <StatusWord of="message" state={summary.state} {...(word ? { word } : {})} />
}

type NextProps = {
  readonly gone: boolean
  readonly summary: Summary
  readonly routeName: (id: string) => string
}

function NextCell({ gone, summary, routeName }: NextProps): ReactNode {
  const words = useWords('queue')
  if (gone) return words('list.seeWhat')
  return (
    <>
      <NextTime next={summary.next} />
      {summary.routeId && words('list.by', { route: routeName(summary.routeId) })}
    </>
  )
}

function NextTime({ next }: { readonly next: Next }) {
  const words = useWords('queue')
  const now = useNow()
  if (next.kind === 'held') return words('list.person')
  if (next.kind === 'paused') return words('list.paused')
  if (next.kind === 'due' || next.at <= now) return words('list.due')
  return (
    <span className="num">
      {words('list.in', { time: span(Math.ceil((next.at - now) / 1_000) * 1_000) })}
    </span>
  )
}
