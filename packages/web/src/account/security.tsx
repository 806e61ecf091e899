// What secures the own account, in one column: password, second factor, sessions. The same in console and
// portal.

import { getSecurity, type Security as SecurityState } from '@gatepost/contract/account.ts'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './account.module.css'
import { ChangePassword } from './change-password.tsx'
import { FactorsPanel } from './factors-panel.tsx'
import { SessionsPanel } from './sessions-panel.tsx'

export function Security() {
  const { data, error } = useEndpoint(getSecurity, {})
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <div className={classes.stack}>
      <PasswordPanel security={data} />
      <FactorsPanel security={data} />
      <SessionsPanel />
    </div>
  )
}

function PasswordPanel({ security }: { readonly security: SecurityState }) {
  const words = useWords('account')
  const [changed, setChanged] = useState(false)
  const { isSet, setAt, expiresAt, isAllowed, rules } = security.password
  if (!isAllowed && !isSet) {
    return (
      <Panel title={words('password')}>
        <p>{words('byOrganisation')}</p>
      </Panel>
    )
  }
  return (
    <Panel title={words('password')}>
      <div className={classes.stack}>
        {changed && (
          <Note tone="ok" title={words('changed')} role="status">
            <p>{words('othersEnded')}</p>
          </Note>
        )}
        <p>
          {setAt === null && words('notSet')}
          {setAt !== null && expiresAt === null && rich(words, 'set', { time: <RelativeTime at={setAt} /> })}
          {setAt !== null &&
            expiresAt !== null &&
            rich(words, 'setUntil', {
              time: <RelativeTime at={setAt} />,
              end: <FullTime at={expiresAt} />,
            })}
        </p>
        <ChangePassword
          withCurrent={isSet}
          rules={rules}
          act={words(isSet ? 'change' : 'setPassword')}
          onDone={() => setChanged(true)}
        />
      </div>
    </Panel>
  )
}
