// Rows of held mail: what holds each, who sent it, for whom, and until when; cards on a phone.

import type { HeldMessage } from '@gatepost/contract/held.ts'
import { Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { score } from '#shared/format.ts'
import { usePhone } from '#shared/screen.ts'
import table from '#shared/table.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './held.module.css'
import { becameWord, classWord, recipientsOf, senderOf } from './held-words.ts'

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
  const t = useWords('held')
  const chosen = items.filter(({ id }) => selected.has(id)).length
  return (
    <table className={`${table.table} ${classes.table}`} data-dense data-hover>
      <caption className="hidden-visually">{t('held.heldNewestFirst')}</caption>
      <thead>
        <tr>
          <th scope="col">
            {onToggle && (
              <Checkbox
                size="xs"
                aria-label={t('heldList.selectAllOnThisPage')}
                checked={chosen === items.length}
                indeterminate={chosen > 0 && chosen < items.length}
                onChange={onToggleAll}
              />
            )}
          </th>
          <th scope="col">{t('heldList.held')}</th>
          <th scope="col">{t('heldList.by')}</th>
          <th scope="col">{t('held.from')}</th>
          <th scope="col">{t('held.to')}</th>
          <th scope="col">{t('heldList.subject')}</th>
          <th scope="col">{onToggle ? t('heldList.ends') : t('heldList.whatBecameOfIt')}</th>
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
            <td className={table.cut} title={senderOf(t, item)}>
              <Subject item={item}>{senderOf(t, item)}</Subject>
            </td>
            <td className={table.cut} title={item.recipients.map(({ address }) => address).join(', ')}>
              {recipientsOf(t, item)}
            </td>
            <td className={table.cut} title={item.subject ?? undefined}>
              {item.subject || <span className="tx3">{t('held.noSubject')}</span>}
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
  const t = useWords('held')
  return (
    <ul className={table.cards} aria-label={t('held.heldNewestFirst')}>
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
            <Subject item={item}>{item.subject || t('held.noSubject')}</Subject>
            <span className="tx2">
              {t('heldList.to', { from: senderOf(t, item), to: recipientsOf(t, item) })}
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
  const t = useWords('held')
  const name = t('heldList.selectTheMessageFromTo', { from: senderOf(t, item), to: recipientsOf(t, item) })
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
  const t = useWords('held')
  const asked = item.recipients.find(({ requestedAt }) => requestedAt !== null)
  return (
    <span className={classes.words}>
      <span className={classes.class} data-class={item.class}>
        {classWord(t, item.class, item.className)}
        {item.score !== null && <span className="num"> {score(item.score)}</span>}
      </span>
      {asked && <span className="small tx2">{t('held.askedFor')}</span>}
      {item.secondedBy !== null && (
        <span className="small tx2">{t('heldList.1Of2By', { secondedBy: item.secondedBy })}</span>
      )}
    </span>
  )
}

function End({ item }: { readonly item: HeldMessage }) {
  const t = useWords('held')
  const state = item.recipients[0]?.state ?? 'held'
  if (state === 'held') return <FullTime at={item.endsAt} />
  const by = item.recipients[0]?.decidedBy
  return (
    <>
      {becameWord(t, state)}
      {by ? t('held.by', { by }) : ''}
    </>
  )
}
