// What an import of senders did, by user, with undo for an hour.

import type { SenderImport } from '@gatepost/contract/sender.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { count } from '#shared/format.ts'
import { ImportEnd } from '#shared/import-end.tsx'
import classes from './senders.module.css'

type Props = {
  readonly shown: SenderImport
  readonly busy: boolean
  readonly error: unknown
  readonly onUndo: () => void
  readonly onAgain?: () => void
}

export function ImportOutcome({ shown, ...rest }: Props) {
  const t = useWords('senders')
  return (
    <ImportEnd
      {...rest}
      shown={shown}
      sentence={sentenceOf(t, shown)}
      note={<p>{t('importOutcome.fromEdgesKnowThemWithinA', { fileName: shown.fileName })}</p>}
      undoneNote={<p>{t('importOutcome.whatItHadReplacedIsBack')}</p>}
    >
      {shown.state === 'committed' && shown.byUser.length > 0 && <ByUser shown={shown} />}
    </ImportEnd>
  )
}

function ByUser({ shown }: { readonly shown: SenderImport }) {
  const t = useWords('senders')
  const more = shown.users - shown.byUser.length
  return (
    <details>
      <summary>{t('importOutcome.byUser')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard. */}
      <ul className={classes.users} aria-label={t('importOutcome.whatTheImportDidByUser')} tabIndex={0}>
        {shown.byUser.map(({ user, added, replaced, unchanged }) => (
          <li key={user}>
            {rich(t, 'importOutcome.addedReplacedAlreadyThere', {
              span: <span className="strong">{user}</span>,
              added: count(added),
              replaced: count(replaced),
              unchanged: count(unchanged),
            })}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="small">{t('importOutcome.andUsersMore', { count: more })}</p>}
    </details>
  )
}

/** `1,180 entries added for 40 users, 3 replaced, 14 already there`. */
export function sentenceOf(t: Words, { added, replaced, unchanged, users }: SenderImport): string {
  const parts = [
    t('importOutcome.entriesAddedFor', { count: added, users: t('importOutcome.users', { count: users }) }),
  ]
  if (replaced > 0) parts.push(t('importOutcome.replaced', { replaced: count(replaced) }))
  if (unchanged > 0) parts.push(t('importOutcome.alreadyThere', { unchanged: count(unchanged) }))
  return parts.join(', ')
}
