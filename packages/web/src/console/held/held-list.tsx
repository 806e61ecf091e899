// Rows of held mail: what holds each, who sent it, for whom, and until when; cards on a phone.
import type { HeldMessage } from '@gatepost/contract/held.ts'
import { Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { usePhone } from '#shared/screen.ts'
import table from '#shared/table.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './held.module.css'
import { recipientsOf, STATES, senderOf } from './held-words.ts'

type Props = {
  readonly items: readonly HeldMessage[]
  readonly selected: ReadonlySet<string>
  /** Null where nothing can be decided any more. */
  readonly onToggle: ((id: string) => void) | null
  readonly onToggleAll: () => void
}

export function HeldList(props: Props) {
  const phone = usePhone()
  return phone ? <Cards {...props} /> : <Table {...props} />
}

function Table({ items, selected, onToggle, onToggleAll }: Props) {
  const chosen = items.filter(({ id }) => selected.has(id)).length
  return (
    <table className={`${table.table} ${classes.table}`} data-dense data-hover>
      <caption className="hidden-visually">Held messages, newest first</caption>
      <thead>
        <tr>
          <th scope="col">
            {onToggle && (
              <Checkbox
                size="xs"
                aria-label="Select all on this page"
                checked={chosen === items.length}
                indeterminate={chosen > 0 && chosen < items.length}
                onChange={onToggleAll}
              />
            )}
          </th>
          <th scope="col">Held</th>
          <th scope="col">By</th>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">Subject</th>
          <th scope="col">{onToggle ? 'Ends' : 'What became of it'}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id} data-selected={selected.has(item.id) || undefined} className={classes.row}>
            <td>{onToggle && <Box item={item} isSelected={selected.has(item.id)} onToggle={onToggle} />}</td>
            <td className={table.once}>
              <RelativeTime at={item.heldAt} />
            </td>
            <td>
              <ClassWord item={item} />
            </td>
            <td className={table.cut} title={senderOf(item)}>
              <Subject item={item}>{senderOf(item)}</Subject>
            </td>
            <td className={table.cut} title={item.recipients.map(({ address }) => address).join(', ')}>
              {recipientsOf(item)}
            </td>
            <td className={table.cut} title={item.subject ?? undefined}>
              {item.subject || <span className="tx3">No subject</span>}
            </td>
            <td className={`${table.once} tx2`}>
              <End item={item} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cards({ items, selected, onToggle }: Props) {
  return (
    <ul className={table.cards} aria-label="Held messages, newest first">
      {items.map((item) => (
        <li key={item.id} className={classes.card} data-selected={selected.has(item.id) || undefined}>
          {onToggle && (
            <span className={classes.tap}>
              <Box item={item} isSelected={selected.has(item.id)} onToggle={onToggle} size="md" />
            </span>
          )}
          <div className={classes.cardText}>
            <span className={classes.cardHead}>
              <ClassWord item={item} />
              <span className="tx2">
                <RelativeTime at={item.heldAt} />
              </span>
            </span>
            <Subject item={item}>{item.subject || 'No subject'}</Subject>
            <span className="tx2">
              {senderOf(item)} to {recipientsOf(item)}
            </span>
            <span className="small tx3">
              <End item={item} />
            </span>
          </div>
        </li>
      ))}
    </ul>
  )
}

type BoxProps = {
  readonly item: HeldMessage
  readonly isSelected: boolean
  readonly onToggle: (id: string) => void
  readonly size?: 'xs' | 'md'
}

function Box({ item, isSelected, onToggle, size = 'xs' }: BoxProps) {
  const name = `Select the message from ${senderOf(item)} to ${recipientsOf(item)}`
  return <Checkbox size={size} aria-label={name} checked={isSelected} onChange={() => onToggle(item.id)} />
}

function Subject({ item, children }: { readonly item: HeldMessage; readonly children: string }) {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/held/$message" params={{ slug, message: item.id }} className={classes.link}>
      {children}
    </Link>
  )
}

function ClassWord({ item }: { readonly item: HeldMessage }) {
  const asked = item.recipients.find(({ requestedAt }) => requestedAt !== null)
  return (
    <span className={classes.words}>
      <span className={classes.class} data-class={item.class}>
        {item.className}
        {item.score !== null && <span className="num"> {item.score.toFixed(1)}</span>}
      </span>
      {asked && <span className="small tx2">Asked for</span>}
      {item.secondedBy !== null && <span className="small tx2">1 of 2 by {item.secondedBy}</span>}
    </span>
  )
}

function End({ item }: { readonly item: HeldMessage }) {
  const state = item.recipients[0]?.state ?? 'held'
  if (state === 'held') return <FullTime at={item.endsAt} />
  const by = item.recipients[0]?.decidedBy
  return (
    <>
      {STATES[state]}
      {by ? ` by ${by}` : ''}
    </>
  )
}
