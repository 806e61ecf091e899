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
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { useFocusBack } from '#shared/focus-back.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import stack from '#shared/stack.module.css'
import classes from './users.module.css'
import type { UsersSearch } from './users-words.ts'

const READ_AGAIN = [listUsers, getUser, listDomains, listGroups, getConnect]
const ACTIONS: readonly BulkAction[] = ['add-to-group', 'take-from-group', 'enable', 'disable', 'remove']

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
  const t = useWords('users')
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
        title: t('bulk.refused', { count: number }),
        body: t('bulk.removal'),
        act: t('bulk.removeUsers', { count: number }),
        keep: t('bulk.keep'),
      })
      if (!agreed) return
    }
    send(action)
  }
  return (
    <section className={classes.bar} aria-label={t('bulk.label')}>
      <span role="status" className="strong">
        {t('bulk.selected', { count: number })}
      </span>
      {selected.kind === 'some' && total > number && (
        <Button variant="subtle" size="compact-sm" onClick={onAll}>
          {t('bulk.all', { count: total })}
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
          {t(`action.${action}`)}
        </Button>
      ))}
      <Button variant="subtle" color="gray" size="compact-sm" onClick={onClear}>
        {t('bulk.clear')}
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
  useFocusBack()
  const t = useWords('users')
  const tenant = useSlug()
  const [group, setGroup] = useState<string | null>(null)
  const { data } = useEndpoint(listGroups, { params: { tenant }, query: { limit: 500, origin: 'local' } })
  const groups = data?.items ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t(`action.${action}`)}: ${t('users', { count: number })}`}
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className={stack.stack}>
        <Select
          label={t('group')}
          description={t('bulk.groupHint')}
          placeholder={groups.length === 0 ? t('bulk.noGroup') : t('bulk.pickGroup')}
          data={groups.map(({ id, name }) => ({ value: id, label: name }))}
          value={group}
          onChange={setGroup}
          searchable
          data-autofocus
        />
        {error ? <ProblemNote error={error} /> : null}
        <div>
          <Button disabled={group === null} loading={busy} onClick={() => group && onPick(group)}>
            {t(`action.${action}`)}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

/** What a change did, and the way back. */
export function BulkDone({ done, onClose }: { readonly done: UserBulk; readonly onClose: () => void }) {
  const t = useWords('users')
  const tenant = useSlug()
  const now = useNow()
  const undo = useAction(undoUsersChange, { readAgain: READ_AGAIN, onDone: onClose })
  const undoable = done.undoUntil !== null && done.undoUntil > now
  return (
    <Note
      tone={done.changed > 0 ? 'ok' : 'info'}
      role="status"
      title={t(`done.${done.action}`, { count: done.changed })}
    >
      {done.leftCount > 0 && (
        <details>
          <summary>{t('bulk.left', { count: done.leftCount })}</summary>
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
            {t('undo')}
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </Note>
  )
}
