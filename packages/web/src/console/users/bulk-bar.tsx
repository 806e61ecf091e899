// What can be done to the selected users, or to all that the filters find; each is taken back within the
// hour.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { listGroups } from '@gatepost/contract/group.ts'
import {
  type BulkAction,
  changeUsers,
  getUser,
  listUsers,
  type UserBulk,
  undoUsersChange,
} from '@gatepost/contract/user.ts'
import { Button, Modal, Select } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import stack from '#shared/stack.module.css'
import classes from './users.module.css'
import { actionWords, doneWords, type UsersSearch } from './users-words.ts'

const READ_AGAIN = [listUsers, getUser, listDomains, listGroups, getConnect]
const ACTIONS: readonly BulkAction[] = ['add-to-group', 'take-from-group', 'enable', 'disable', 'remove']

const REMOVAL =
  'Domains with known recipients answer 550 5.1.1. Their accounts end; who comes back by Undo within the hour ' +
  'needs a new password. Users of a directory and administrators stay.'

export type Selected =
  | { readonly kind: 'some'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'all'; readonly where: UsersSearch; readonly total: number }

type Props = {
  readonly selected: Selected
  /** How many the filters find. */
  readonly total: number
  readonly onAll: () => void
  readonly onClear: () => void
  readonly onDone: (done: UserBulk) => void
}

export function BulkBar({ selected, total, onAll, onClear, onDone }: Props) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const [grouping, setGrouping] = useState<BulkAction | null>(null)
  const change = useAction(changeUsers, {
    readAgain: READ_AGAIN,
    onDone: (done) => {
      setGrouping(null)
      onClear()
      onDone(done)
    },
  })
  const number = selected.kind === 'some' ? selected.ids.size : selected.total
  const send = (action: BulkAction, group?: string) => {
    const whom =
      selected.kind === 'some'
        ? { users: [...selected.ids] }
        : { where: selected.where, expected: selected.total }
    change.mutate({ params: { tenant }, body: { action, ...whom, ...(group ? { group } : {}) } })
  }
  const act = async (action: BulkAction) => {
    if (action === 'add-to-group' || action === 'take-from-group') return setGrouping(action)
    if (action === 'remove') {
      const agreed = await confirm({
        title: `Mail to ${plural(number, 'user')} is then refused`,
        body: REMOVAL,
        act: `Remove ${plural(number, 'user')}`,
        keep: 'Keep them',
      })
      if (!agreed) return
    }
    send(action)
  }
  return (
    <section className={classes.bar} aria-label="Selected users">
      <span role="status" className="strong">
        {plural(number, 'user')} selected
      </span>
      {selected.kind === 'some' && total > number && (
        <Button variant="subtle" size="compact-sm" onClick={onAll}>
          Select all {total.toLocaleString('en-GB')} found
        </Button>
      )}
      {ACTIONS.map((action) => (
        <Button
          key={action}
          variant="default"
          size="compact-sm"
          disabled={change.isPending}
          onClick={() => void act(action)}
        >
          {actionWords[action]}
        </Button>
      ))}
      <Button variant="subtle" color="gray" size="compact-sm" onClick={onClear}>
        Clear selection
      </Button>
      {change.error && !grouping && <ProblemNote error={change.error} />}
      {grouping && (
        <GroupDialog
          action={grouping}
          number={number}
          busy={change.isPending}
          error={change.error}
          onClose={() => setGrouping(null)}
          onPick={(group) => send(grouping, group)}
        />
      )}
    </section>
  )
}

type DialogProps = {
  readonly action: BulkAction
  readonly number: number
  readonly busy: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onPick: (group: string) => void
}

function GroupDialog({ action, number, busy, error, onClose, onPick }: DialogProps) {
  const tenant = useSlug()
  const [group, setGroup] = useState<string | null>(null)
  const { data } = useEndpoint(listGroups, { params: { tenant }, query: { limit: 500, origin: 'local' } })
  const groups = data?.items ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${actionWords[action]}: ${plural(number, 'user')}`}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={stack.stack}>
        <Select
          label="Group"
          description="Groups of directories are changed in the directory."
          placeholder={groups.length === 0 ? 'There is no local group yet' : 'Choose a group'}
          data={groups.map(({ id, name }) => ({ value: id, label: name }))}
          value={group}
          onChange={setGroup}
          searchable
          data-autofocus
        />
        {error ? <ProblemNote error={error} /> : null}
        <div>
          <Button disabled={group === null} loading={busy} onClick={() => group && onPick(group)}>
            {actionWords[action]}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

/** What a change did, and the way back. */
export function BulkDone({ done, onClose }: { readonly done: UserBulk; readonly onClose: () => void }) {
  const tenant = useSlug()
  const now = useNow()
  const undo = useAction(undoUsersChange, { readAgain: READ_AGAIN, onDone: onClose })
  const undoable = done.undoUntil !== null && done.undoUntil > now
  return (
    <Note
      tone={done.changed > 0 ? 'ok' : 'info'}
      role="status"
      title={`${plural(done.changed, 'user')} ${doneWords[done.action]}`}
    >
      {done.leftCount > 0 && (
        <details>
          <summary>{plural(done.leftCount, 'user')} left alone</summary>
          <ul>
            {done.left.map(({ email, why }) => (
              <li key={email}>{why}</li>
            ))}
          </ul>
        </details>
      )}
      {undo.error && <ProblemNote error={undo.error} />}
      <div className={stack.row}>
        {undoable && (
          <Button
            variant="default"
            loading={undo.isPending}
            onClick={() => undo.mutate({ params: { tenant, bulk: done.id } })}
          >
            Undo
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={onClose}>
          Close
        </Button>
      </div>
    </Note>
  )
}
